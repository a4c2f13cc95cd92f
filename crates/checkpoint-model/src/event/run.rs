//! The events of runs: an agent at one task, on a branch of its own.

mod body;
mod percent;

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

pub use self::{
    body::{
        GitBranchCreated, GitOperationFailed, GitPushFailed, GitPushSuccess, PullRequestMerged,
        PullRequestOpened, PushFailure, RunAbandoned, RunCleanedUp, RunResumed, TaskCompleted,
        TaskFailed, TaskProgress, TaskStarted, TaskState,
    },
    percent::{Percent, PercentError},
};
use super::EventBody;
use crate::id::RunId;

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
