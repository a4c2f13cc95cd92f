//! `git checkpoint prune`: removes what the policy's retention does not keep.

mod outcome;
mod pins;

use std::collections::BTreeMap;

use checkpoint_cli::{Schema, Session};
use checkpoint_model::{
    id::CheckpointId,
    retention::{self, PrunePlan},
};
use checkpoint_store::Stored;

pub(crate) use self::outcome::PruneOutcome;
use self::{outcome::Pruned, pins::Pins};
use crate::{CheckpointError, args::PruneArgs};

/// Plans what goes, and removes it, in one transaction; with `--dry-run`, only plans.
pub(crate) fn run(session: &Session<'_>, args: PruneArgs) -> Result<PruneOutcome, CheckpointError> {
    let retention = session.policy()?.retention;
    let loaded = checkpoint_store::load(&session.repo)?;
    let pins = Pins::read(session, &retention)?;
    let candidates = checkpoint_store::candidates(&loaded.checkpoints, |stored| pins.hold(stored));
    let plan = retention::plan(&candidates, &retention, session.now());
    let n_kept = plan.keep.len();
    let pruned = chosen(loaded.checkpoints, &plan);
    if !args.dry_run && !pruned.is_empty() {
        let doing = session.doing("git checkpoint prune");
        let all: Vec<_> = pruned.iter().map(|pruned| &pruned.stored).collect();
        checkpoint_store::prune(&session.repo, &all, &doing)?;
        checkpoint_store::maintain(&session.repo);
    }
    Ok(PruneOutcome {
        pruned,
        n_kept,
        is_dry_run: args.dry_run,
    })
}

/// The schema of `prune --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// What goes, oldest first.
fn chosen(checkpoints: Vec<Stored>, plan: &PrunePlan) -> Vec<Pruned> {
    let mut by_id: BTreeMap<CheckpointId, Stored> = checkpoints
        .into_iter()
        .map(|stored| (stored.checkpoint.id, stored))
        .collect();
    let pruned = |(id, why): &(CheckpointId, _)| {
        let stored = by_id.remove(id)?;
        Some(Pruned { stored, why: *why })
    };
    plan.remove.iter().filter_map(pruned).collect()
}
