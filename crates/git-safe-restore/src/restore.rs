//! A restore: plan it, ask, do it.

use std::sync::Arc;

use checkpoint_capture::Request;
use checkpoint_cli::{Additions, Session, tell_skipped};
use checkpoint_model::{
    policy::Policy,
    restore::{Action, Scope},
    verdict::{SkipReason, Skipped},
};
use checkpoint_restore::{Restore, RestoreError};

use crate::{
    Args, COMMAND, SafeRestoreError,
    args::From,
    outcome::{RestoreOutcome, Told},
    paths::require_known,
    question::{self, Answered},
    target::{Subject, Target},
};

/// Puts back what is meant. Until the last step nothing is touched; that one backs up first.
pub(crate) fn run(
    session: &Session<'_>,
    from: &From,
    args: &Args,
) -> Result<RestoreOutcome, SafeRestoreError> {
    let (policy, request) = begin(session, args)?;
    let mut target = Target::resolve(session, from, args)?;
    let Some(restore) = prepare(session, &mut target, &request, &policy)? else {
        return Ok(RestoreOutcome::declined_unplanned(target.into_subject()));
    };
    require_known(session, &target.stored, &target.asked.paths, restore.plan())?;
    carry_out(session, &target.into_subject(), restore, args)
}

/// What every restore asks of the repository first.
pub(crate) fn begin(
    session: &Session<'_>,
    args: &Args,
) -> Result<(Policy, Request), SafeRestoreError> {
    let policy = session.policy_of_moves()?;
    let request = request(session, &policy)?;
    if !args.dry_run {
        refuse_unfinished(session)?;
    }
    Ok((policy, request))
}

/// Shows the plan, asks, and does it.
pub(crate) fn carry_out(
    session: &Session<'_>,
    subject: &Subject,
    restore: Restore<'_>,
    args: &Args,
) -> Result<RestoreOutcome, SafeRestoreError> {
    let plan = restore.plan().clone();
    let told = |became| RestoreOutcome::new(subject, plan.clone(), became);
    // An undo is one also where it changes nothing: the next one goes further back.
    let is_move = matches!(restore.action(), Action::Undo | Action::Redo);
    if plan.is_empty() && plan.blocked.is_empty() && !(is_move && args.force) {
        let changed = plan.left_alone.iter();
        let changed = changed.filter(|skip| skip.reason == SkipReason::ChangedSince);
        let changed: Vec<Skipped> = changed.cloned().collect();
        tell_skipped(&changed, &session.console.talk());
        return Ok(told(Told::Unchanged));
    }
    let refused = restore.guard();
    if args.dry_run {
        return Ok(told(Told::Planned).but(refused.err()));
    }
    // Nobody is asked for nothing.
    refused?;
    let answered = match args.force {
        true => Answered::Yes,
        false => question::ask(session, subject, &plan)?,
    };
    match answered {
        Answered::Yes => {}
        Answered::No => return Ok(told(Told::Declined)),
        Answered::Nobody => return Ok(told(Told::Refused)),
    }
    if args.force {
        tell_skipped(&plan.left_alone, &session.console.talk());
    }
    let doing = session.doing(COMMAND);
    let restored = restore.run(&doing, env!("CARGO_PKG_VERSION"), &session.worktree())?;
    Ok(RestoreOutcome::done(subject, restored))
}

/// What a capture of the present reads: what a checkpoint made now would.
pub(crate) fn request(session: &Session<'_>, policy: &Policy) -> Result<Request, SafeRestoreError> {
    Ok(session.request(&policy.capture, &Additions::default())?)
}

/// Nobody is to answer a question for nothing.
fn refuse_unfinished(session: &Session<'_>) -> Result<(), SafeRestoreError> {
    match checkpoint_restore::unfinished(&session.repo)? {
        None => Ok(()),
        Some(journal) => Err(journal.unfinished().into()),
    }
}

/// Plans. Where HEAD has moved and nothing was said about it, whoever is there is asked; none when the answer was
/// neither.
fn prepare<'s>(
    session: &'s Session<'_>,
    target: &mut Target,
    request: &Request,
    policy: &Policy,
) -> Result<Option<Restore<'s>>, SafeRestoreError> {
    let plan = |target: &Target| {
        let progress = session.console.progress("Reading files");
        let seen = Arc::clone(progress.counter());
        Restore::prepare(
            &session.repo,
            &target.stored,
            &target.asked,
            request,
            policy,
            &seen,
        )
    };
    let moved = match plan(target) {
        Err(error @ RestoreError::HeadMoved { .. }) => error,
        planned => return Ok(Some(planned?)),
    };
    let question =
        format!("{moved}\nPut back the [f]iles only, or [e]verything, moving the branch?");
    let letter = session.console.choose(&question, &['f', 'e', 'n']);
    target.asked.scope = match letter.map_err(|source| SafeRestoreError::CannotAsk { source })? {
        Some('f') => Some(Scope::Files),
        Some('e') => Some(Scope::Exact),
        Some(_) => return Ok(None),
        None => return Err(moved.into()),
    };
    Ok(Some(plan(target)?))
}
