//! `git checkpoint log`: what happened to checkpoints, and who passed a rule or had an agent commit.

mod entry;

use std::collections::BTreeSet;

use checkpoint_cli::{EventLog, Follow, Schema, Session};
use chrono::{DateTime, Utc};
use gix::ObjectId;

use self::entry::Entry;
use crate::{CheckpointError, args::LogArgs, since};

/// Reads the events of all records, newest first; with `--follow` they are told oldest first, and go on.
pub(crate) fn run(
    session: &Session<'_>,
    args: LogArgs,
) -> Result<EventLog<Entry>, CheckpointError> {
    let wanted = Wanted::resolve(session, &args)?;
    if args.follow {
        let mut follow = Follow::start(session)?;
        let news = move || {
            let news = follow.news()?.into_iter().map(Entry::from);
            Ok(news.filter(|entry| wanted.takes(entry)).collect())
        };
        return Ok(EventLog::following(news, args.max_count)?);
    }
    let entries = checkpoint_store::all_events(&session.repo)?
        .into_iter()
        .map(Entry::from)
        .filter(|entry| wanted.takes(entry))
        .take(args.max_count.unwrap_or(usize::MAX))
        .collect();
    Ok(EventLog::of(entries))
}

/// The schema of each line of `log --json`.
pub(crate) fn schema() -> Schema {
    entry::schema()
}

/// Which events are asked for.
struct Wanted {
    /// None: those of all checkpoints.
    snapshots: Option<BTreeSet<ObjectId>>,
    since: Option<DateTime<Utc>>,
}

impl Wanted {
    fn resolve(session: &Session<'_>, args: &LogArgs) -> Result<Self, CheckpointError> {
        let chosen = session.choose_all(&args.checkpoints)?;
        let snapshots = chosen.iter().map(|stored| stored.snapshot).collect();
        let since = |text| since::resolve(text, &session.repo, session.now());
        Ok(Self {
            snapshots: (!args.checkpoints.is_empty()).then_some(snapshots),
            since: args.since.as_deref().map(since).transpose()?,
        })
    }

    fn takes(&self, entry: &Entry) -> bool {
        let is_of = |snapshots: &BTreeSet<_>| snapshots.contains(&entry.snapshot);
        self.snapshots.as_ref().is_none_or(is_of)
            && self.since.is_none_or(|since| entry.event.at >= since)
    }
}
