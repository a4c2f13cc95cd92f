//! `--continue` and `--abort`: after a restore that was stopped halfway.

use std::sync::{Arc, atomic::AtomicU64};

use checkpoint_capture::Request;
use checkpoint_cli::Session;
use checkpoint_git::Repository;
use checkpoint_model::{id::CheckpointId, policy::Policy, restore::Action};
use checkpoint_restore::{Journal, RestoreError, Restored};
use checkpoint_store::Doing;

use crate::{
    COMMAND, SafeRestoreError, outcome::RestoreOutcome, restore::request, target::Subject,
};

/// Finishes the restore.
pub(crate) fn proceed(session: &Session<'_>) -> Result<RestoreOutcome, SafeRestoreError> {
    let journal = journal(session)?;
    let subject = match &journal.rollback {
        Some(_) => Subject::Commits,
        None => subject(session, journal.target, journal.action)?,
    };
    let restored = go_on(session, checkpoint_restore::proceed)?;
    Ok(RestoreOutcome::done(&subject, restored))
}

/// Goes back to what was there before the restore.
pub(crate) fn abort(session: &Session<'_>) -> Result<RestoreOutcome, SafeRestoreError> {
    let journal = journal(session)?;
    let subject = subject(session, journal.backup, Action::Abort)?;
    let restored = go_on(session, checkpoint_restore::abort)?;
    Ok(RestoreOutcome::done(&subject, restored))
}

fn journal(session: &Session<'_>) -> Result<Journal, SafeRestoreError> {
    let left = checkpoint_restore::unfinished(&session.repo)?;
    Ok(left.ok_or(RestoreError::NothingUnderWay)?)
}

/// What the journal says is to be there in the end, for the answer.
fn subject(
    session: &Session<'_>,
    id: CheckpointId,
    action: Action,
) -> Result<Subject, SafeRestoreError> {
    let stored = session.choose_state(&id.to_string())?;
    Ok(Subject::Checkpoint(Box::new(stored), action))
}

type Step = fn(
    &Repository,
    &Request,
    &Policy,
    &Doing,
    &str,
    &str,
    &AtomicU64,
) -> Result<Restored, RestoreError>;

fn go_on(session: &Session<'_>, step: Step) -> Result<Restored, SafeRestoreError> {
    let policy = session.policy_of_moves()?;
    let request = request(session, &policy)?;
    let progress = session.console.progress("Reading files");
    let seen = Arc::clone(progress.counter());
    let restored = step(
        &session.repo,
        &request,
        &policy,
        &session.doing(COMMAND),
        env!("CARGO_PKG_VERSION"),
        &session.worktree(),
        &seen,
    )?;
    Ok(restored)
}
