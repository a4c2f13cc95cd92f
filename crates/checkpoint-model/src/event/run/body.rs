//! The fields of each type of event of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Percent;
use crate::{
    id::{CheckpointId, RunId},
    words::words,
};

/// `task_started`: a run began. `by` names the agent and its session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskStarted {
    /// The run.
    pub run: RunId,
    /// What is to be done, in the words of who started it.
    pub task: String,
    /// Names the task elsewhere, and in every repository that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    /// Which run of the task it is, from 1 on.
    pub number: u32,
    /// Its branch, without `refs/heads/`.
    pub branch: String,
    /// What the branch begins at: a branch without `refs/heads/`, or what was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The commit that the branch begins at, in hex; none where there was none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The git directory that all worktrees of the repository share, on the host that `by` names.
    pub repository: String,
    /// The working tree.
    pub worktree: String,
    /// Whether the working tree was made for the run.
    #[serde(default, skip_serializing_if = "is_false")]
    pub linked: bool,
    /// The model of the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The checkpoint of what was there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<CheckpointId>,
    /// The template of the subjects of its commits, where it is not the policy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

/// `git_branch_created`: the branch of a run is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GitBranchCreated {
    /// The run.
    pub run: RunId,
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// Where it was made, in hex; none where it is unborn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// `task_progress`: what the agent is at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskProgress {
    /// The run.
    pub run: RunId,
    /// The step that was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// How much is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
    /// The state of the task from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TaskState>,
}

words! {
    /// Where a task stands.
    pub enum TaskState is "task state" {
        /// Not begun.
        Pending = "pending",
        /// Being worked at.
        Running = "running",
        /// Put aside, to be gone on with.
        Paused = "paused",
        /// Done.
        Completed = "completed",
        /// Given up, or gone wrong.
        Failed = "failed",
    }
}

/// `task_completed`: everything that was asked of the run is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskCompleted {
    /// The run.
    pub run: RunId,
}

/// `task_failed`: the task could not be begun, or was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskFailed {
    /// The run.
    pub run: RunId,
    /// Why.
    pub reason: String,
}

/// `git_push_success`: a branch is at a remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GitPushSuccess {
    /// The run whose branch it is; none of a push beside every run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The remote, as it is called here.
    pub remote: String,
    /// Where it is, without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// The commit that it has there now, in hex.
    pub commit: String,
}

/// `git_push_failed`: a branch is not at a remote. What is here is as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GitPushFailed {
    /// The run whose branch it is; none of a push beside every run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The remote, as it is called here.
    pub remote: String,
    /// Where it is, without credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// What kind of failure it was.
    pub reason: PushFailure,
    /// The exit status of git; none when a signal ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// What git said, in short, without credentials.
    pub message: String,
}

words! {
    /// Why a push failed, as far as git tells.
    pub enum PushFailure is "reason of a failed push" {
        /// A hook or a rule of the remote said no.
        Rejected = "rejected",
        /// The branch at the remote has commits that are not here.
        NonFastForward = "non_fast_forward",
        /// The remote did not accept who we are.
        Authentication = "authentication",
        /// The remote did not answer, or is not there.
        Unreachable = "unreachable",
        /// The repository's own pre-push hook said no.
        Hook = "hook",
        /// Anything else.
        Other = "other",
    }
}

/// `pull_request_opened`: a forge is asked to take a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PullRequestOpened {
    /// The run whose branch it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Its page.
    pub url: String,
    /// Its number at the forge, where that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// The kind of forge, such as `github`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forge: Option<String>,
    /// How it was opened, such as `gh` or `api`.
    pub via: String,
    /// The branch that is to take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The branch that is to be taken.
    pub head: String,
    /// Whether it is a draft.
    #[serde(default, skip_serializing_if = "is_false")]
    pub draft: bool,
    /// Whether it was there before, and only found.
    #[serde(default, skip_serializing_if = "is_false")]
    pub existed: bool,
}

/// `pull_request_merged`: the forge took the branch because we asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PullRequestMerged {
    /// The run whose branch it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Its page.
    pub url: String,
}

/// `run_resumed`: a run goes on, perhaps in another working tree or from a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunResumed {
    /// The run.
    pub run: RunId,
    /// The checkpoint that was put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<CheckpointId>,
    /// The working tree from now on.
    pub worktree: String,
    /// Whether that working tree was made for the run.
    #[serde(default, skip_serializing_if = "is_false")]
    pub linked: bool,
    /// The git directory of the clone that the run belongs to from now on, on the machine of this event's `by`; none
    /// where it stays where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

/// `run_abandoned`: a run is given up; its work can be had back from the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunAbandoned {
    /// The run.
    pub run: RunId,
    /// Why, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The checkpoint that has the work, commits included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<CheckpointId>,
    /// The last commit of the branch, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// `run_cleaned_up`: what a run that is finished or given up no longer needs is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunCleanedUp {
    /// The run.
    pub run: RunId,
    /// Whether its branch was removed.
    #[serde(default)]
    pub branch_removed: bool,
    /// Whether its working tree was removed.
    #[serde(default)]
    pub worktree_removed: bool,
}

/// `git_operation_failed`: something was to be done with git and was not. Nothing of the work is lost by that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GitOperationFailed {
    /// The run that it was done for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// What was to be done, such as `commit`, `worktree` or `pull-request`.
    pub operation: String,
    /// The exit status of the program that failed, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// What was said about it, in short, without credentials.
    pub message: String,
    /// The checkpoint that has the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<CheckpointId>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands out a reference"
)]
fn is_false(claim: &bool) -> bool {
    !claim
}
