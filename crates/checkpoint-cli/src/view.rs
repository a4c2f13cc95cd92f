//! A checkpoint as machines see it.

use checkpoint_model::{
    checkpoint::Deletion,
    event::FileCounts,
    id::CheckpointId,
    name::CheckpointName,
    verdict::{Skipped, Verdict},
    words::{Actor, CheckpointKind, OperationKind, Phase, StateCounts},
};
use checkpoint_store::{Place, Stored};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// One checkpoint. Fields that do not apply are null.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckpointView {
    /// Names it.
    id: CheckpointId,
    /// What it is called now.
    name: Option<CheckpointName>,
    /// When it was made.
    at: DateTime<Utc>,
    /// Who made it.
    by: Actor,
    /// What its maker said about it; may be empty.
    description: String,
    /// Why it was made.
    kind: CheckpointKind,
    /// The phase of the work.
    phase: Option<Phase>,
    /// The agent's session.
    session: Option<String>,
    /// The agent.
    agent: Option<String>,
    /// The agent's task.
    task: Option<String>,
    /// What the agent counted.
    state: Option<StateCounts>,
    /// The branch, without refs/heads/; null when HEAD was detached.
    branch: Option<String>,
    /// The commit of HEAD; null on an unborn branch.
    head: Option<String>,
    /// The working tree, as its maker saw it.
    worktree: String,
    /// The operations that were in progress.
    operations: Vec<OperationKind>,
    /// The snapshot commit.
    snapshot: String,
    /// How much it holds.
    files: FileCounts,
    /// Whether that is everything.
    verdict: Verdict,
    /// What it does not hold, and why.
    skipped: Vec<Skipped>,
    /// The fingerprint of its tree.
    manifest: String,
    /// The version of the program that made it.
    tool: String,
    /// Where its state is.
    place: PlaceView,
    /// That it is no longer wanted.
    deleted: Option<Deletion>,
    /// How often it was put back.
    restored_count: u64,
    /// When it was last put back.
    last_restored_at: Option<DateTime<Utc>>,
    /// Whether its record is lost, and what stands here comes from its tag or snapshot.
    record_missing: bool,
}

/// Where the state of a checkpoint is.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PlaceView {
    /// In this repository.
    Here,
    /// Nowhere: it was deleted, and its days of grace are over.
    Pruned,
    /// Not here: only its record is.
    Elsewhere,
}

impl From<&Stored> for CheckpointView {
    fn from(stored: &Stored) -> Self {
        let checkpoint = &stored.checkpoint;
        let created = checkpoint.created.clone();
        Self {
            id: checkpoint.id,
            name: checkpoint.name.clone(),
            at: checkpoint.at,
            by: checkpoint.by.clone(),
            description: created.description,
            kind: created.kind,
            phase: created.phase,
            session: created.session,
            agent: created.agent,
            task: created.task,
            state: created.state,
            branch: created.branch,
            head: created.head,
            worktree: created.worktree,
            operations: match created.operations.is_empty() {
                true => created.operation.into_iter().collect(),
                false => created.operations,
            },
            snapshot: created.snapshot,
            files: created.files,
            verdict: created.verdict,
            skipped: created.skipped,
            manifest: created.manifest,
            tool: created.tool,
            place: match stored.place {
                Place::Here => PlaceView::Here,
                Place::Pruned => PlaceView::Pruned,
                Place::Elsewhere => PlaceView::Elsewhere,
            },
            deleted: checkpoint.deleted.clone(),
            restored_count: checkpoint.restored_count,
            last_restored_at: checkpoint.last_restored_at,
            record_missing: stored.record_missing,
        }
    }
}
