//! `git checkpoint uninstall`: gives back what was there before `init`, byte for byte.

mod outcome;
mod plan;

use checkpoint_cli::{Schema, Session};
use checkpoint_store::notes;

pub(crate) use self::outcome::UninstallOutcome;
use self::plan::Plan;
use crate::{
    CheckpointError,
    args::UninstallArgs,
    setup::change::{self, Turn},
};

/// Takes out what was installed, or only shows it. Fails, with everything as it was, where something would be lost.
pub(crate) fn run(
    session: &Session<'_>,
    args: UninstallArgs,
) -> Result<UninstallOutcome, CheckpointError> {
    let _turn = Turn::take(session.repo.common_dir())?;
    let plan = Plan::make(session)?;
    if !args.dry_run {
        change::apply(&plan.changes)?;
        if let Some(reference) = plan.notes {
            notes::end(&session.repo, reference, session.now())?;
        }
    }
    Ok(UninstallOutcome {
        plan,
        is_dry_run: args.dry_run,
    })
}

/// The schema of `uninstall --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
