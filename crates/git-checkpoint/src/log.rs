//! `git checkpoint log`: what happened to checkpoints, and who passed a rule or had an agent commit.

mod entry;
mod outcome;

use std::collections::BTreeSet;

use checkpoint_cli::{Follow, Schema, Session, SessionError};
use chrono::{DateTime, Utc};
use gix::ObjectId;

use self::entry::Entry;
pub(crate) use self::outcome::LogOutcome;
use crate::{CheckpointError, args::LogArgs, since};

/// With `--follow`, so many events are shown before the new ones, as tail(1) does.
const BEFORE_NEW: usize = 10;

/// Reads the events of all records, newest first; with `--follow` they are told oldest first, and go on.
pub(crate) fn run(session: &Session<'_>, args: LogArgs) -> Result<LogOutcome, CheckpointError> {
    let wanted = Wanted::resolve(session, &args)?;
    if args.follow {
        let mut news = News {
            follow: Follow::start(session)?,
            wanted,
        };
        let mut entries = news.take()?;
        let n_shown = args.max_count.unwrap_or(BEFORE_NEW);
        entries.drain(..entries.len().saturating_sub(n_shown));
        return Ok(LogOutcome::following(entries, news));
    }
    let entries = checkpoint_store::all_events(&session.repo)?
        .into_iter()
        .map(Entry::from)
        .filter(|entry| wanted.takes(entry))
        .take(args.max_count.unwrap_or(usize::MAX))
        .collect();
    Ok(LogOutcome::of(entries))
}

/// The schema of each line of `log --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// What is asked for, as it comes.
struct News {
    follow: Follow,
    wanted: Wanted,
}

impl News {
    /// What has not been told yet, oldest first.
    fn take(&mut self) -> Result<Vec<Entry>, SessionError> {
        let news = self.follow.news()?.into_iter().map(Entry::from);
        Ok(news.filter(|entry| self.wanted.takes(entry)).collect())
    }
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
