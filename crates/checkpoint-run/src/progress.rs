//! `progress`: what the agent is at.

use checkpoint_cli::Session;
use checkpoint_model::{
    event::{Percent, TaskProgress, TaskState},
    id::RunId,
    run::Run,
};

use crate::{Log, Place, RunError, choose_here, config, current_branch, place};

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
    let around = session.surroundings.filled("GIT_AGENT_RUN");
    let around = around.map(|told| told.to_string_lossy().into_owned());
    let id = typed
        .or(around.as_deref())
        .and_then(|text| text.parse::<RunId>().ok());
    let branch = match typed {
        None if around.is_none() => current_branch(session)?,
        typed => typed.map(str::to_owned),
    };
    let known = match (id, branch) {
        (Some(id), _) => checkpoint_store::run_by_id(&session.repo, id)?,
        (None, Some(branch)) => config::remembered(session, &branch)?,
        (None, None) => None,
    };
    match known {
        Some(run) => Place::here(session).must_have(&run).map(|()| run),
        None => choose_here(session, typed),
    }
}
