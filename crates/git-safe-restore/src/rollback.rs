//! `--rollback`: so many commits back on this branch.

use std::sync::Arc;

use checkpoint_cli::Session;
use checkpoint_model::restore::Scope;
use checkpoint_restore::{Back, Restore};

use crate::{
    Args, SafeRestoreError,
    outcome::RestoreOutcome,
    restore::{begin, carry_out},
    target::{Subject, discard},
};

/// Goes back. Until the last step nothing is touched; that one backs up first.
pub(crate) fn run(
    session: &Session<'_>,
    commits: u32,
    args: &Args,
) -> Result<RestoreOutcome, SafeRestoreError> {
    let (policy, request) = begin(session, args)?;
    let back = Back {
        commits,
        scope: args.scope().unwrap_or(Scope::Soft),
        discard: discard(session, args)?,
    };
    let progress = session.console.progress("Reading files");
    let seen = Arc::clone(progress.counter());
    let restore = Restore::back(&session.repo, &back, &request, &policy, &seen)?;
    drop(progress);
    carry_out(session, &Subject::Commits, restore, args)
}
