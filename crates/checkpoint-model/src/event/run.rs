//! The events of runs: an agent at one task, on a branch of its own.

use std::{fmt, str::FromStr};

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;
use thiserror::Error;

use super::EventBody;
use crate::{
    failure::{Failure, Kind},
    id::{CheckpointId, RunId},
    shown::shown,
    words::words,
};

/// Events by their `type`: the enum, how one is read and written, and which run it tells of.
macro_rules! run_events {
    ($($(#[$meta:meta])* $body:ident = $type_name:literal),+ $(,)?) => {
        /// What happened to a run.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum RunEvent {
            $($(#[$meta])* $body($body)),+
        }

        impl RunEvent {
            const TYPES: &'static [&'static str] = &[$($type_name),+];

            pub(super) fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$body(_) => $type_name),+
                }
            }

            pub(super) fn read<'de, D: Deserializer<'de>>(type_: &str, fields: D) -> Result<Self, D::Error> {
                match type_ {
                    $($type_name => Deserialize::deserialize(fields).map(Self::$body),)+
                    _ => Err(D::Error::custom("a type of another version")),
                }
            }

            pub(super) fn fields(&self) -> Result<Value, serde_json::Error> {
                match self {
                    $(Self::$body(body) => serde_json::to_value(body)),+
                }
            }

            /// The run that it tells of; none where a person did it, beside every run.
            #[must_use]
            pub fn run(&self) -> Option<RunId> {
                match self {
                    $(Self::$body(body) => body.run.into_option()),+
                }
            }
        }

        $(
            impl $body {
                /// The `type` of such an event.
                pub const TYPE: &'static str = $type_name;
            }

            impl From<$body> for EventBody {
                fn from(body: $body) -> Self {
                    Self::Run(Box::new(RunEvent::$body(body)))
                }
            }
        )+
    };
}

/// Both ways to name a run, for the macro.
trait IntoOption {
    fn into_option(self) -> Option<RunId>;
}

impl IntoOption for RunId {
    fn into_option(self) -> Option<RunId> {
        Some(self)
    }
}

impl IntoOption for Option<RunId> {
    fn into_option(self) -> Option<RunId> {
        self
    }
}

run_events! {
    /// `task_started`
    TaskStarted = "task_started",
    /// `git_branch_created`
    GitBranchCreated = "git_branch_created",
    /// `task_progress`
    TaskProgress = "task_progress",
    /// `task_completed`
    TaskCompleted = "task_completed",
    /// `task_failed`
    TaskFailed = "task_failed",
    /// `git_push_success`
    GitPushSuccess = "git_push_success",
    /// `git_push_failed`
    GitPushFailed = "git_push_failed",
    /// `pull_request_opened`
    PullRequestOpened = "pull_request_opened",
    /// `pull_request_merged`
    PullRequestMerged = "pull_request_merged",
    /// `run_resumed`
    RunResumed = "run_resumed",
    /// `run_abandoned`
    RunAbandoned = "run_abandoned",
    /// `run_cleaned_up`
    RunCleanedUp = "run_cleaned_up",
    /// `git_operation_failed`
    GitOperationFailed = "git_operation_failed",
}

impl RunEvent {
    /// Whether events of this `type` are among these.
    pub(super) fn is_known(type_: &str) -> bool {
        Self::TYPES.contains(&type_)
    }

    /// What of it is worth a few more words in a list; may be more than a line.
    #[must_use]
    pub fn details(&self) -> Option<String> {
        match self {
            Self::TaskStarted(started) => Some(started.task.clone()),
            Self::GitBranchCreated(made) => Some(made.branch.clone()),
            Self::TaskProgress(told) => {
                let step = told.step.clone();
                let percent = told.percent.map(|percent| percent.to_string());
                let state = told.state.map(|state| state.to_string());
                let told: Vec<_> = [state, percent, step].into_iter().flatten().collect();
                Some(told.join(", "))
            }
            Self::TaskFailed(failed) => Some(failed.reason.clone()),
            Self::GitPushSuccess(push) => Some(format!("{} to {}", push.branch, push.remote)),
            Self::GitPushFailed(push) => Some(format!("{}: {}", push.reason, push.message)),
            Self::PullRequestOpened(opened) => Some(opened.url.clone()),
            Self::PullRequestMerged(merged) => Some(merged.url.clone()),
            Self::RunResumed(resumed) => Some(resumed.worktree.clone()),
            Self::RunAbandoned(abandoned) => abandoned.reason.clone(),
            Self::GitOperationFailed(failed) => {
                Some(format!("{}: {}", failed.operation, failed.message))
            }
            Self::TaskCompleted(_) | Self::RunCleanedUp(_) => None,
        }
    }
}

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

/// A share of the work, in hundredths: 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(transparent)]
pub struct Percent(#[schemars(range(max = 100))] u8);

/// What is no share of the work.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error(
    "'{}' is not a percentage: expected a whole number from 0 to 100",
    shown(text)
)]
#[diagnostic(code(run::percent_invalid), help("--percent 100"))]
pub struct PercentError {
    /// What was given.
    pub text: String,
}

impl Failure for PercentError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl Percent {
    /// Everything.
    pub const ALL: Self = Self(100);

    /// The number.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        // `u8::from_str` would take a plus sign, too.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|n| is_plain && *n <= 100);
        number.map(Self).ok_or_else(|| PercentError {
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u8::deserialize(deserializer)?;
        match number {
            0..=100 => Ok(Self(number)),
            _ => Err(D::Error::custom("a percentage over 100")),
        }
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
