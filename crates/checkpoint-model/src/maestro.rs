//! `export --format maestro`: the shape of a `checkpoints.json` that other tools read.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    checkpoint::Checkpoint,
    id::CheckpointId,
    name::CheckpointName,
    summary::Summary,
    words::{CheckpointKind, Phase},
};

/// The document. Its keys are those of another program; none of them is ours to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Maestro {
    /// The session whose checkpoints these are; null when they are those of the repository.
    pub session_id: Option<String>,
    /// When the document was made.
    pub generated_at: DateTime<Utc>,
    /// Oldest first; deleted ones are left out.
    pub checkpoints: Vec<MaestroCheckpoint>,
    /// The same in numbers.
    pub summary: MaestroSummary,
}

/// One checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MaestroCheckpoint {
    /// Names it.
    pub checkpoint_id: CheckpointId,
    /// The snapshot commit, which holds the state.
    pub commit_sha: String,
    /// When it was made.
    pub timestamp: DateTime<Utc>,
    /// What its maker said; its name when that was nothing.
    pub description: String,
    /// The phase of the work; null when none was told.
    pub phase: Option<Phase>,
    /// Why it was made.
    pub checkpoint_type: CheckpointKind,
    /// Its names: one, or none.
    pub tags: Vec<CheckpointName>,
    /// Whether it was ever put back.
    pub rollback_used: bool,
    /// How often it was put back.
    pub rollback_count: u64,
}

/// All of them in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MaestroSummary {
    /// How many there are.
    pub total_checkpoints: u64,
    /// How many of each type; types with none are left out.
    pub checkpoints_by_type: BTreeMap<CheckpointKind, u64>,
    /// How many were ever put back.
    pub checkpoints_used_for_rollback: u64,
    /// The newest one; null when there is none.
    pub latest_checkpoint: Option<CheckpointId>,
}

impl Maestro {
    /// Makes the document of checkpoints given in any order. Which ones belong to the session is for the caller to say.
    #[must_use]
    pub fn of(session: Option<String>, checkpoints: &[Checkpoint], now: DateTime<Utc>) -> Self {
        let mut kept: Vec<_> = checkpoints
            .iter()
            .filter(|checkpoint| checkpoint.is_kept())
            .collect();
        kept.sort_by_key(|checkpoint| checkpoint.id);
        let summary = Summary::of(kept.iter().copied(), None);
        Self {
            session_id: session,
            generated_at: now,
            checkpoints: kept.into_iter().map(MaestroCheckpoint::from).collect(),
            summary: MaestroSummary {
                total_checkpoints: summary.total,
                checkpoints_by_type: summary.by_type,
                checkpoints_used_for_rollback: summary.used_for_rollback,
                latest_checkpoint: summary.latest.map(|latest| latest.id),
            },
        }
    }
}

impl From<&Checkpoint> for MaestroCheckpoint {
    fn from(checkpoint: &Checkpoint) -> Self {
        let created = &checkpoint.created;
        let name = checkpoint.name.as_deref().unwrap_or_default();
        let description = if created.description.is_empty() {
            name
        } else {
            &created.description
        };
        Self {
            checkpoint_id: checkpoint.id,
            commit_sha: created.snapshot.clone(),
            timestamp: checkpoint.at,
            description: description.to_owned(),
            phase: created.phase,
            checkpoint_type: created.kind,
            tags: checkpoint.name.iter().cloned().collect(),
            rollback_used: checkpoint.restored_count > 0,
            rollback_count: checkpoint.restored_count,
        }
    }
}

#[cfg(test)]
mod tests;
