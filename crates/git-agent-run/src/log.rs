//! `git agent-run log`: what happened in runs, also as it happens.

mod entry;

use checkpoint_cli::{EventLog, Follow, Schema, Session, SessionError};

use self::entry::Entry;
use crate::{AgentRunError, args::LogArgs};

/// Reads the events of runs, newest first; with `--follow` they are told oldest first, and go on.
pub(crate) fn run(session: &Session<'_>, args: &LogArgs) -> Result<EventLog<Entry>, AgentRunError> {
    let wanted = match &args.run {
        Some(typed) => Some(checkpoint_run::choose(session, Some(typed))?.id),
        None => None,
    };
    let mut follow = Follow::start(session)?;
    let mut news = move || -> Result<Vec<Entry>, SessionError> {
        let entries = follow.news()?.into_iter();
        let entries = entries.filter_map(|(_, event)| Entry::of(event));
        Ok(entries
            .filter(|entry| wanted.is_none_or(|wanted| wanted == entry.run))
            .collect())
    };
    if args.follow {
        return Ok(EventLog::following(news, args.max_count)?);
    }
    let mut entries = news()?;
    entries.reverse();
    entries.truncate(args.max_count.unwrap_or(usize::MAX));
    Ok(EventLog::of(entries))
}

/// The schema of each line of `log --json`.
pub(crate) fn schema() -> Schema {
    entry::schema()
}
