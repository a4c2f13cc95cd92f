//! What lists and counts ask of a checkpoint.

use chrono::{DateTime, Utc};

use crate::{
    checkpoint::Checkpoint,
    id::CheckpointId,
    verdict::Verdict,
    words::{CheckpointKind, Phase},
};

/// A checkpoint in one line: of ten thousand of them, none needs memory of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief<'a> {
    /// Names it.
    pub id: CheckpointId,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// What it is called now.
    pub name: Option<&'a str>,
    /// The first line of what its maker said about it; may be empty.
    pub title: &'a str,
    /// Why it was made.
    pub kind: CheckpointKind,
    /// The phase of the work.
    pub phase: Option<Phase>,
    /// The branch, without `refs/heads/`; none when HEAD was detached.
    pub branch: Option<&'a str>,
    /// The agent's session.
    pub session: Option<&'a str>,
    /// The agent.
    pub agent: Option<&'a str>,
    /// The agent's task.
    pub task: Option<&'a str>,
    /// Files that differed from HEAD.
    pub n_changed: u64,
    /// Files that were not in the index.
    pub n_untracked: u64,
    /// Whether it holds everything.
    pub verdict: Verdict,
    /// How many paths it does not hold.
    pub n_skipped: u64,
    /// Whether it was neither deleted nor pruned.
    pub is_kept: bool,
    /// Whether it was put back at least once.
    pub is_restored: bool,
}

impl<'a> From<&'a Checkpoint> for Brief<'a> {
    fn from(checkpoint: &'a Checkpoint) -> Self {
        let created = &checkpoint.created;
        Self {
            id: checkpoint.id,
            at: checkpoint.at,
            name: checkpoint.name.as_ref().map(|name| name.as_str()),
            title: created.description.lines().next().unwrap_or_default(),
            kind: created.kind,
            phase: created.phase,
            branch: created.branch.as_deref(),
            session: created.session.as_deref(),
            agent: created.agent.as_deref(),
            task: created.task.as_deref(),
            n_changed: created.files.changed,
            n_untracked: created.files.untracked,
            verdict: created.verdict,
            n_skipped: created.skipped.len() as u64,
            is_kept: checkpoint.is_kept(),
            is_restored: checkpoint.restored_count > 0,
        }
    }
}
