//! What a record comes to: the checkpoint as it is now.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    event::{CheckpointCreated, DeletionReason, Event, EventBody},
    id::CheckpointId,
    name::CheckpointName,
    record::Record,
    words::Actor,
};

/// One kept state, seen through all that its record tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checkpoint {
    /// Names it.
    pub id: CheckpointId,
    /// What it is called now.
    pub name: Option<CheckpointName>,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Who made it.
    pub by: Actor,
    /// What was kept, as told when it was made.
    pub created: CheckpointCreated,
    /// That it is no longer wanted.
    pub deleted: Option<Deletion>,
    /// How often it was put back.
    pub restored_count: u64,
    /// When it was last put back.
    pub last_restored_at: Option<DateTime<Utc>>,
}

/// That a checkpoint was deleted or pruned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deletion {
    /// When; the last time, should several machines have done it.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: Actor,
    /// Why.
    pub reason: DeletionReason,
}

impl Checkpoint {
    /// Folds a record, the same whatever the order in which its events arrived; `None` without a
    /// `checkpoint_created`. Events of other checkpoints and of unknown types change nothing. A deletion is for
    /// good; [`DeletionReason::Replaced`] takes only the name.
    #[must_use]
    pub fn fold(record: &Record) -> Option<Self> {
        let events = record.events();
        let mut checkpoint = events.iter().find_map(|event| Self::born(event))?;
        let id = Some(checkpoint.id);
        for event in events
            .into_iter()
            .filter(|event| event.body.checkpoint() == id)
        {
            checkpoint.apply(event);
        }
        Some(checkpoint)
    }

    /// Whether it has no name: hooks, timers, agents and restores make such ones, and retention takes them away.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        self.name.is_none()
    }

    /// Whether it was neither deleted nor pruned.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.deleted.is_none()
    }

    fn born(event: &Event) -> Option<Self> {
        let EventBody::CheckpointCreated(created) = &event.body else {
            return None;
        };
        Some(Self {
            id: created.checkpoint,
            name: created.name.clone(),
            at: event.at,
            by: event.by.clone(),
            created: created.as_ref().clone(),
            deleted: None,
            restored_count: 0,
            last_restored_at: None,
        })
    }

    fn apply(&mut self, event: &Event) {
        match &event.body {
            EventBody::CheckpointNamed(named) => self.name.clone_from(&named.name),
            EventBody::CheckpointRestored(_) => {
                self.restored_count += 1;
                self.last_restored_at = self.last_restored_at.max(Some(event.at));
            }
            EventBody::CheckpointDeleted(deleted) => {
                // The name may have moved on since: only the one that was taken goes.
                if deleted.reason != DeletionReason::Replaced {
                    self.deleted = Some(Deletion {
                        at: event.at,
                        by: event.by.clone(),
                        reason: deleted.reason,
                    });
                } else if self.name == deleted.name {
                    self.name = None;
                }
            }
            EventBody::CheckpointCreated(_)
            | EventBody::CheckpointShared(_)
            | EventBody::RolledBack(_)
            | EventBody::PolicyOverride(_)
            | EventBody::GitCommitCreated(_)
            | EventBody::Run(_)
            | EventBody::Unknown { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests;
