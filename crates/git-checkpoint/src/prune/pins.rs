//! Checkpoints that something stands on.

use std::collections::BTreeSet;

use checkpoint_cli::Session;
use checkpoint_model::{event::EventBody, id::CheckpointId, policy::Retention};
use checkpoint_store::Stored;
use chrono::TimeDelta;

use crate::CheckpointError;

/// Checkpoints that retention must not take.
pub(super) struct Pins(BTreeSet<CheckpointId>);

impl Pins {
    /// What a restore of the days of grace put back, and the backups made by it: those are the way back, and forward
    /// again. And, however old, what a restore that was stopped halfway in any working tree needs to go either way.
    pub(super) fn read(
        session: &Session<'_>,
        retention: &Retention,
    ) -> Result<Self, CheckpointError> {
        let days = i64::try_from(retention.grace_days).ok();
        let span = days.and_then(TimeDelta::try_days);
        let since = span.and_then(|span| session.now().checked_sub_signed(span));
        let mut pinned = checkpoint_store::unfinished(&session.repo)?;
        for (_, event) in checkpoint_store::events(&session.repo)? {
            if since.is_some_and(|since| event.at < since) {
                continue;
            }
            match &event.body {
                EventBody::CheckpointRestored(restored) => {
                    pinned.insert(restored.checkpoint);
                    pinned.extend(restored.backup);
                }
                EventBody::RolledBack(done) => drop(pinned.insert(done.backup)),
                _ => {}
            }
        }
        Ok(Self(pinned))
    }

    /// Whether something stands on it.
    pub(super) fn hold(&self, stored: &Stored) -> bool {
        self.0.contains(&stored.checkpoint.id)
    }
}
