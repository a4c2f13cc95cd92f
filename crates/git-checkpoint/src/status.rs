//! `git checkpoint status`, and `git checkpoint` alone: where the work stands, and what is kept of it.

mod outcome;

use bstr::ByteSlice as _;
use checkpoint_cli::{Schema, Session};
use checkpoint_store::{Entered, Overview};
use chrono::DateTime;

pub(crate) use self::outcome::StatusOutcome;
use self::outcome::{Commit, Kept};
use crate::{CheckpointError, situation::Situation};

/// How many commits and checkpoints are recent.
const RECENT: usize = 5;

/// Reads it all; writes nothing but what is remembered of records.
pub(crate) fn run(session: &Session<'_>) -> Result<StatusOutcome, CheckpointError> {
    let policy = session.policy()?;
    let situation = Situation::read(session, &policy)?;
    let commits = match situation.head {
        Some(_) => recent_commits(session)?,
        None => Vec::new(),
    };
    let overview = checkpoint_store::overview(&session.repo)?;
    Ok(StatusOutcome {
        situation,
        commits,
        kept: kept(session, &overview)?,
    })
}

/// The schema of `status --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

fn kept(session: &Session<'_>, overview: &Overview) -> Result<Kept, CheckpointError> {
    let is_kept = |entered: &Entered<'_>| entered.brief.is_kept;
    let kept: Vec<Entered<'_>> = overview.iter().filter(is_kept).collect();
    let is_named = |entered: &&Entered<'_>| entered.brief.name.is_some();
    let recent = kept.iter().rev().take(RECENT).copied();
    Ok(Kept {
        total: kept.len() as u64,
        named: kept.iter().filter(is_named).count() as u64,
        // A git that cannot measure it leaves the rest worth telling.
        bytes: crate::summary::kept_by(session, &kept).ok(),
        recent: crate::list::one_by_one_or_all(session, recent)?,
    })
}

fn recent_commits(session: &Session<'_>) -> Result<Vec<Commit>, CheckpointError> {
    let count = format!("--max-count={RECENT}");
    let words = [
        "log",
        "--no-show-signature",
        "--no-color",
        "-z",
        "--format=%h%n%ct%n%s",
        &count,
    ];
    let output = session.repo.git(words).output()?;
    Ok(output.split_str(b"\0").filter_map(commit).collect())
}

fn commit(entry: &[u8]) -> Option<Commit> {
    let mut lines = entry.splitn_str(3, b"\n");
    let mut line = || lines.next().map(|line| line.to_str_lossy().into_owned());
    let (id, seconds, subject) = (line()?, line()?, line()?);
    Some(Commit {
        id,
        at: DateTime::from_timestamp(seconds.parse().ok()?, 0)?,
        subject,
    })
}
