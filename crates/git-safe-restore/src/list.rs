//! `--list`: everything one can go back to, the newest first.

mod outcome;

use bstr::ByteSlice as _;
use checkpoint_cli::{Schema, Session, shortened};
use checkpoint_model::{id::CheckpointId, words::CheckpointKind};
use checkpoint_store::{Place, Stored};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use self::outcome::ListOutcome;
use crate::SafeRestoreError;

/// How many commits, and how many entries of the reflog, are recent.
const RECENT: usize = 10;

/// Something to go back to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Entry {
    /// What it is.
    kind: EntryKind,
    /// What to type for it: an id of a checkpoint, or a commit.
    name: String,
    /// When it came to be.
    at: DateTime<Utc>,
    /// The commit: of a checkpoint, its HEAD; null where that had none.
    commit: Option<String>,
    /// The branch, where it is known.
    branch: Option<String>,
    /// Its name, description or subject.
    title: String,
    /// How many commits back it is on this branch, for 'git safe-restore --rollback'; null where it is not, 0 at HEAD.
    rollback: Option<u32>,
    /// Whether 'git safe-restore --undo' puts it back.
    is_next_undo: bool,
    /// Whether 'git safe-restore --redo' puts it back.
    is_next_redo: bool,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EntryKind {
    /// Somebody made it, or something on their behalf.
    Checkpoint,
    /// A restore made it.
    Backup,
    /// HEAD, or a commit before it.
    Commit,
    /// Where HEAD was.
    Reflog,
}

/// Reads it all; writes nothing.
pub(crate) fn run(session: &Session<'_>) -> Result<ListOutcome, SafeRestoreError> {
    let loaded = checkpoint_store::load(&session.repo)?;
    let mut entries = checkpoints(session, &loaded.checkpoints)?;
    if session.repo.head()?.id.is_some() {
        entries.extend(commits(session)?);
        entries.extend(reflog(session)?);
    }
    // Stable: what happened in one second stays in its order.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    Ok(ListOutcome {
        entries,
        problems: loaded.problems,
    })
}

/// The schema of `--list --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// Newest first, with ids as short as they can be typed.
fn checkpoints(session: &Session<'_>, stored: &[Stored]) -> Result<Vec<Entry>, SafeRestoreError> {
    let history = checkpoint_restore::history(&session.repo, &session.worktree())?;
    let undo = history.undo.last().map(|past| past.backup);
    let redo = history.redo.last().map(|past| past.backup);
    let short_ids = shortened(stored.iter().map(|stored| stored.checkpoint.id));
    let is_restorable =
        |stored: &Stored| stored.checkpoint.is_kept() && stored.place == Place::Here;
    let all = stored.iter().zip(short_ids).rev();
    let entry = |(stored, short_id)| checkpoint(stored, short_id, undo, redo);
    Ok(all
        .filter(|(stored, _)| is_restorable(stored))
        .map(entry)
        .collect())
}

fn checkpoint(
    stored: &Stored,
    name: String,
    undo: Option<CheckpointId>,
    redo: Option<CheckpointId>,
) -> Entry {
    let checkpoint = &stored.checkpoint;
    let created = &checkpoint.created;
    let first_line = created.description.lines().next().unwrap_or_default();
    Entry {
        kind: match created.kind {
            CheckpointKind::Backup => EntryKind::Backup,
            _ => EntryKind::Checkpoint,
        },
        name,
        at: checkpoint.at,
        commit: created.head.clone(),
        branch: created.branch.clone(),
        title: checkpoint
            .name
            .as_ref()
            .map_or_else(|| first_line.to_owned(), ToString::to_string),
        rollback: None,
        is_next_undo: undo == Some(checkpoint.id),
        is_next_redo: redo == Some(checkpoint.id),
    }
}

fn commits(session: &Session<'_>) -> Result<Vec<Entry>, SafeRestoreError> {
    let options = ["--first-parent", "--format=%H%n%h%n%ct%n%s"];
    let found = log(session, &options)?;
    let entry = |[commit, name, at, title]: [String; 4]| {
        Some(of_commit(
            EntryKind::Commit,
            commit,
            name,
            seconds(&at)?,
            title,
        ))
    };
    let counted = found.into_iter().filter_map(entry).zip(0..);
    let counted = counted.map(|(entry, n)| Entry {
        rollback: Some(n),
        ..entry
    });
    Ok(counted.collect())
}

/// Where HEAD was: with `--date=unix`, the selector holds the time of the entry instead of its number.
fn reflog(session: &Session<'_>) -> Result<Vec<Entry>, SafeRestoreError> {
    let options = ["--walk-reflogs", "--date=unix", "--format=%H%n%h%n%gd%n%gs"];
    let found = log(session, &options)?;
    let entry = |[commit, name, selector, title]: [String; 4]| {
        let (_, at) = selector.split_once("@{")?;
        Some(of_commit(
            EntryKind::Reflog,
            commit,
            name,
            seconds(at.strip_suffix('}')?)?,
            title,
        ))
    };
    Ok(found.into_iter().filter_map(entry).collect())
}

fn of_commit(
    kind: EntryKind,
    commit: String,
    name: String,
    at: DateTime<Utc>,
    title: String,
) -> Entry {
    Entry {
        kind,
        name,
        at,
        commit: Some(commit),
        branch: None,
        title,
        rollback: None,
        is_next_undo: false,
        is_next_redo: false,
    }
}

fn seconds(digits: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(digits.parse().ok()?, 0)
}

/// The most recent entries of git's log, each of four lines.
fn log(session: &Session<'_>, options: &[&str]) -> Result<Vec<[String; 4]>, SafeRestoreError> {
    let count = format!("--max-count={RECENT}");
    let fixed = ["log", "--no-show-signature", "--no-color", "-z", &count];
    let words = fixed.iter().chain(options).chain(&["HEAD", "--"]);
    let output = session.repo.git(words).output()?;
    let entry = |entry: &[u8]| {
        let lines: Vec<String> = entry
            .splitn_str(4, b"\n")
            .map(|line| line.to_str_lossy().into_owned())
            .collect();
        lines.try_into().ok()
    };
    Ok(output.split_str(b"\0").filter_map(entry).collect())
}
