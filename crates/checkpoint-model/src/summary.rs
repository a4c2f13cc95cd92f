//! The view of `git checkpoint summary`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    brief::Brief, id::CheckpointId, name::CheckpointName, verdict::Verdict, words::CheckpointKind,
};

/// All checkpoints in a few numbers. Those that were deleted are only counted as such.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Checkpoints that are there.
    pub total: u64,
    /// Those with a name.
    pub named: u64,
    /// Those without one.
    pub automatic: u64,
    /// Those that do not hold everything.
    pub partial: u64,
    /// Checkpoints that were deleted or pruned and whose record is still there.
    pub deleted: u64,
    /// How many there are of each kind; kinds with none are left out.
    pub by_type: BTreeMap<CheckpointKind, u64>,
    /// Checkpoints that were put back at least once.
    pub used_for_rollback: u64,
    /// The newest one.
    pub latest: Option<Latest>,
    /// What checkpoints alone keep on disk, in bytes; none when nobody measured it.
    pub bytes: Option<u64>,
}

/// The newest checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Latest {
    /// Names it.
    pub id: CheckpointId,
    /// What it is called.
    pub name: Option<CheckpointName>,
    /// When it was made.
    pub at: DateTime<Utc>,
}

impl Summary {
    /// Counts checkpoints, in any order. `bytes` is what the caller measured, if it did.
    pub fn of<'a>(
        checkpoints: impl IntoIterator<Item: Into<Brief<'a>>>,
        bytes: Option<u64>,
    ) -> Self {
        let mut summary = Self {
            bytes,
            ..Self::default()
        };
        for checkpoint in checkpoints {
            summary.add(&checkpoint.into());
        }
        summary
    }

    fn add(&mut self, checkpoint: &Brief<'_>) {
        if !checkpoint.is_kept {
            self.deleted += 1;
            return;
        }
        self.total += 1;
        self.named += u64::from(checkpoint.name.is_some());
        self.automatic += u64::from(checkpoint.name.is_none());
        self.partial += u64::from(checkpoint.verdict == Verdict::Partial);
        *self.by_type.entry(checkpoint.kind).or_default() += 1;
        self.used_for_rollback += u64::from(checkpoint.is_restored);
        if self
            .latest
            .as_ref()
            .is_none_or(|latest| latest.id < checkpoint.id)
        {
            self.latest = Some(Latest {
                id: checkpoint.id,
                name: checkpoint.name.and_then(|name| name.parse().ok()),
                at: checkpoint.at,
            });
        }
    }
}

#[cfg(test)]
mod tests;
