//! The work of a run that is given up, as a checkpoint.

use checkpoint_cli::Session;
use checkpoint_model::{
    id::CheckpointId, name::CheckpointName, policy::Policy, run::Run, words::CheckpointKind,
};
use checkpoint_store::Stored;
use checkpoint_work::{Created, Wish};
use gix::ObjectId;

use super::COMMAND;
use crate::RunError;

/// The checkpoint of an attempt that was interrupted when the working tree was gone.
pub(super) fn kept_before(
    session: &Session<'_>,
    run: &Run,
    tip: Option<ObjectId>,
) -> Result<Option<Stored>, RunError> {
    let Some(id) = run.abandoned.as_ref().and_then(|given| given.checkpoint) else {
        return Ok(None);
    };
    let stored = session.choose_state(&id.to_string())?;
    // Whoever has committed since has more than it holds.
    let tip = tip.map(|tip| tip.to_string());
    Ok(Some(stored).filter(|stored| stored.checkpoint.created.head == tip))
}

/// The checkpoint of a run that is given up already, if nothing has changed since: it has all that another would have.
pub(super) fn kept_again(
    session: &Session<'_>,
    policy: &Policy,
    run: &Run,
) -> Result<Option<Stored>, RunError> {
    let Some(id) = run.abandoned.as_ref().and_then(|given| given.checkpoint) else {
        return Ok(None);
    };
    if has_changed_since(session, policy, id)? {
        return Ok(None);
    }
    // Without its name, retention would take it one day.
    let stored = session.choose_state(&id.to_string())?;
    Ok(Some(stored).filter(|stored| stored.checkpoint.name.is_some()))
}

/// The work of the run as a checkpoint with a name; HEAD is in it, and with it every commit of the branch.
pub(super) fn keep(session: &Session<'_>, policy: &Policy, run: &Run) -> Result<Stored, RunError> {
    let plain: Option<CheckpointName> = format!("abandoned/{}", run.short_branch()).parse().ok();
    let is_taken = |name: &CheckpointName| {
        checkpoint_store::tag::find(&session.repo, name).is_ok_and(|tag| tag.is_some())
    };
    // Two prefixes may have a run of the same name, and one run may be given up twice.
    let name = plain.filter(|name| !is_taken(name));
    let again = || {
        format!(
            "abandoned/{}-{}",
            run.short_branch(),
            session.now().timestamp_millis()
        )
    };
    let wish = Wish {
        name: name.or_else(|| again().parse().ok()),
        kind: CheckpointKind::ErrorRecovery,
        if_changed: false,
        agent: run.by.agent.clone(),
        session: run.by.session.clone(),
        task: run
            .started
            .task_id
            .clone()
            .or_else(|| Some(run.started.task.clone())),
        ..Wish::automatic(
            COMMAND,
            None,
            &format!("the run of '{}', given up", run.started.task),
        )
    };
    match checkpoint_work::create(session, policy, &wish)? {
        Created::Made { stored, .. } => Ok(stored),
        Created::Unchanged { latest } => Ok(latest),
    }
}

/// Whether the working tree is no longer as it was a moment ago.
pub(super) fn has_changed_since(
    session: &Session<'_>,
    policy: &Policy,
    checkpoint: CheckpointId,
) -> Result<bool, RunError> {
    let wish = Wish::automatic(COMMAND, None, "while its run was given up");
    Ok(match checkpoint_work::create(session, policy, &wish)? {
        Created::Unchanged { latest } => latest.checkpoint.id != checkpoint,
        Created::Made { .. } => true,
    })
}
