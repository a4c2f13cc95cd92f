//! `progress`: what the agent is at.

use checkpoint_cli::Session;
use checkpoint_model::{
    event::{Percent, TaskProgress, TaskState},
    id::RunId,
    run::Run,
};

use crate::{
    Log, Place, RunError, choose::told_around, choose_here, config, current_branch, place,
};

/// What is told of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The step that was begun.
    pub step: Option<String>,
    /// How much is done.
    pub percent: Option<Percent>,
    /// The state of the task from now on.
    pub state: Option<TaskState>,
}

/// Adds it to the record, and gives the run as it is then; its commits are not looked for where its id was given.
pub fn progress(session: &Session<'_>, typed: Option<&str>, told: &Told) -> Result<Run, RunError> {
    let run = find(session, typed)?;
    if run.abandoned.is_some() {
        return Err(RunError::Abandoned {
            run: run.short_branch().to_owned(),
        });
    }
    let by = place::actor(session, &run);
    let log = Log::new(session, by, "git agent-run progress");
    let body = TaskProgress {
        run: run.id,
        step: told.step.clone(),
        percent: told.percent,
        state: told.state,
    };
    log.tell(run.id, body)?;
    checkpoint_store::run_by_id(&session.repo, run.id)?.ok_or(RunError::Unrecorded)
}

/// An agent tells of its progress often, and has the id at hand, or is on the branch: then one note is read, not all of
/// them.
fn find(session: &Session<'_>, typed: Option<&str>) -> Result<Run, RunError> {
    let known = match typed {
        Some(typed) => known(session, typed)?,
        None => around(session)?,
    };
    match known {
        Some(run) => Place::here(session).must_have(&run).map(|()| run),
        None => choose_here(session, typed),
    }
}

fn known(session: &Session<'_>, typed: &str) -> Result<Option<Run>, RunError> {
    match typed.parse::<RunId>() {
        Ok(id) => Ok(checkpoint_store::run_by_id(&session.repo, id)?),
        Err(_) => config::remembered(session, typed),
    }
}

/// The run of the branch, or that of the environment on a branch that is of none; nothing where they may differ.
fn around(session: &Session<'_>) -> Result<Option<Run>, RunError> {
    let told = told_around(session);
    let branch = current_branch(session)?.unwrap_or_default();
    match (config::remembered(session, &branch)?, told) {
        (Some(run), None) => Ok(Some(run)),
        (Some(run), Some(told)) => Ok(Some(run).filter(|run| run.id.to_string() == told)),
        (None, Some(told)) if !branch.contains("/run-") => known(session, &told),
        (None, _) => Ok(None),
    }
}
