//! `git checkpoint init`: puts the hooks in place, and what they need.
//!
//! Read in this order: [`plan`] looks and decides, writing nothing; [`run`] does it; `outcome` tells.

mod file;
mod hooks;
mod outcome;
pub(crate) mod plan;
mod policy_file;

use checkpoint_cli::{Schema, Session};
use checkpoint_store::notes;

use self::plan::{Plan, Wanted};
pub(crate) use self::{hooks::called, outcome::InitOutcome};
use crate::{
    CheckpointError,
    args::InitArgs,
    setup::change::{self, Turn},
};

/// Installs, or only shows what would be installed.
pub(crate) fn run(session: &Session<'_>, args: InitArgs) -> Result<InitOutcome, CheckpointError> {
    let wanted = Wanted {
        strict: args.strict,
        policy: !args.no_policy,
    };
    let plan = match args.dry_run {
        true => Plan::make(session, wanted)?,
        false => install(session, wanted)?,
    };
    Ok(InitOutcome {
        plan,
        is_dry_run: args.dry_run,
    })
}

/// Plans and does it, while no other one may.
pub(crate) fn install(session: &Session<'_>, wanted: Wanted) -> Result<Plan, CheckpointError> {
    let _turn = Turn::take(session.repo.common_dir())?;
    let plan = Plan::make(session, wanted)?;
    change::apply(&plan.changes)?;
    if let Some(reference) = plan.notes {
        notes::begin(&session.repo, reference, session.now())?;
    }
    Ok(plan)
}

/// The schema of `init --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
