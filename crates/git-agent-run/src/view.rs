//! A run as machines see it.

use checkpoint_model::{
    event::{Percent, TaskState},
    id::{CheckpointId, RunId},
    run::{Run, RunFailure, RunStatus, Step},
    words::Actor,
};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// One run. Fields that do not apply are null.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RunView {
    /// Names it.
    id: RunId,
    /// What is to be done.
    task: String,
    /// What the task is called elsewhere.
    task_id: Option<String>,
    /// Which run of the task it is.
    number: u32,
    /// When it was started.
    at: DateTime<Utc>,
    /// Who started it, with agent and session.
    by: Actor,
    /// The model of the agent.
    model: Option<String>,
    /// Its branch, without refs/heads/.
    branch: String,
    /// What the branch begins at.
    base: Option<String>,
    /// The commit that the branch begins at.
    base_commit: Option<String>,
    /// The machine with the clone it belongs to.
    host: String,
    /// The git directory of that clone.
    repository: String,
    /// Its working tree.
    worktree: String,
    /// Whether that was made for the run, and not removed since.
    is_linked: bool,
    /// The checkpoint of what was there before.
    checkpoint: Option<CheckpointId>,
    /// How far it has come.
    status: RunStatus,
    /// Where the task stands.
    state: TaskState,
    /// How much is done.
    percent: Option<Percent>,
    /// What was told of its steps, oldest first.
    steps: Vec<Step>,
    /// Its commits, oldest first.
    commits: Vec<String>,
    /// The commit that was last pushed.
    pushed: Option<String>,
    /// The page of its pull request.
    pr_url: Option<String>,
    /// Whether that was merged by us.
    is_merged: bool,
    /// Whether it was given up.
    is_abandoned: bool,
    /// The checkpoint that has its work, when it was given up.
    abandoned_checkpoint: Option<CheckpointId>,
    /// How often something failed.
    errors: u64,
    /// What failed last.
    last_error: Option<RunFailure>,
    /// When something was last told of it.
    updated_at: DateTime<Utc>,
}

impl From<&Run> for RunView {
    fn from(run: &Run) -> Self {
        let started = run.started.clone();
        Self {
            id: run.id,
            task: started.task,
            task_id: started.task_id,
            number: started.number,
            at: run.at,
            by: run.by.clone(),
            model: started.model,
            branch: started.branch,
            base: started.base,
            base_commit: started.commit,
            host: run.host.clone(),
            repository: run.repository.clone(),
            worktree: run.worktree.clone(),
            is_linked: run.is_linked,
            checkpoint: started.checkpoint,
            status: run.status,
            state: run.state,
            percent: run.percent,
            steps: run.steps.clone(),
            commits: run.commits.clone(),
            pushed: run.push.as_ref().map(|push| push.commit.clone()),
            pr_url: run.pull_request.as_ref().map(|opened| opened.url.clone()),
            is_merged: run.is_merged,
            is_abandoned: run.abandoned.is_some(),
            abandoned_checkpoint: run.abandoned.as_ref().and_then(|given| given.checkpoint),
            errors: run.errors,
            last_error: run.last_error.clone(),
            updated_at: run.updated_at,
        }
    }
}
