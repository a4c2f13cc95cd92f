//! What the record of a run comes to: the run as it is now.

mod text;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

pub use self::text::{Line, LineError};
use crate::{
    event::{
        Event, EventBody, GitPushSuccess, Percent, PullRequestOpened, RunAbandoned, RunEvent,
        TaskStarted, TaskState,
    },
    id::RunId,
    words::{Actor, words},
};

words! {
    /// How far the work of a run has come, as git sees it.
    pub enum RunStatus is "status of a run" {
        /// There is no branch yet.
        Pending = "pending",
        /// Its branch is there.
        BranchCreated = "branch_created",
        /// There are commits on it.
        Committed = "committed",
        /// They are at the remote.
        Pushed = "pushed",
        /// The forge is asked to take them.
        PrOpened = "pr_opened",
        /// The last try to get further failed; what was there before still is.
        Failed = "failed",
    }
}

/// One run, seen through all that its record tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Run {
    /// Names it.
    pub id: RunId,
    /// When it was started.
    pub at: DateTime<Utc>,
    /// Who started it, with agent and session.
    pub by: Actor,
    /// How it was started.
    pub started: TaskStarted,
    /// How far it has come.
    pub status: RunStatus,
    /// Where the task stands.
    pub state: TaskState,
    /// How much is done, as last told.
    pub percent: Option<Percent>,
    /// The steps that were told, oldest first.
    pub steps: Vec<Step>,
    /// Its commits, in hex, in the order in which they were made.
    pub commits: Vec<String>,
    /// The last push that came through.
    pub push: Option<GitPushSuccess>,
    /// The pull request, as last opened or found.
    pub pull_request: Option<PullRequestOpened>,
    /// Whether that was merged because we asked.
    pub is_merged: bool,
    /// The machine that its clone is on.
    pub host: String,
    /// The git directory of the clone that it belongs to: the one it was started in, or that has taken it over.
    pub repository: String,
    /// The working tree, as last told.
    pub worktree: String,
    /// Whether that was made for the run, and is still there.
    pub is_linked: bool,
    /// Whether the branch was removed when the run was cleaned up or abandoned.
    pub is_branch_removed: bool,
    /// That it was given up, unless it was resumed since.
    pub abandoned: Option<RunAbandoned>,
    /// How often something failed.
    pub errors: u64,
    /// What failed last.
    pub last_error: Option<RunFailure>,
    /// When something was last told of it.
    pub updated_at: DateTime<Utc>,
}

/// A step of the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// When it was begun.
    pub at: DateTime<Utc>,
    /// What it is.
    pub step: String,
    /// How much was done by then, if that was told.
    pub percent: Option<Percent>,
}

/// Something that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunFailure {
    /// When.
    pub at: DateTime<Utc>,
    /// What was to be done: `push`, `commit`, `pull-request`, `task`.
    pub operation: String,
    /// What was said about it.
    pub message: String,
}

/// How far a failure keeps the run from getting.
fn stage_of(operation: &str) -> Option<RunStatus> {
    match operation {
        "branch" | "worktree" | "start" => Some(RunStatus::BranchCreated),
        "commit" => Some(RunStatus::Committed),
        "push" => Some(RunStatus::Pushed),
        // The work is at the remote; that nobody was asked to take it is told by the errors.
        _ => None,
    }
}

impl Run {
    /// Folds the events of one run; those of other runs and of other things change nothing. `None` without a
    /// `task_started`. The same whatever the order in which they are given.
    #[must_use]
    pub fn fold<'a>(id: RunId, events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let is_of_it = |event: &&Event| event.body.run() == Some(id);
        let mut events: Vec<_> = events.into_iter().filter(is_of_it).collect();
        // One event may stand in two records; of different events with one id, the same one counts everywhere.
        events.sort_by_cached_key(|event| (event.id, event.to_line()));
        events.dedup_by_key(|event| event.id);
        let mut run = events.iter().find_map(|event| Self::born(event))?;
        let mut reached = RunStatus::Pending;
        let mut stuck = None;
        for event in events {
            run.updated_at = run.updated_at.max(event.at);
            run.apply(event, &mut reached, &mut stuck);
        }
        run.status = match stuck {
            Some(_) => RunStatus::Failed,
            None => reached,
        };
        Some(run)
    }

    /// The name that is short and tells most: `fix-the-api/run-1`.
    #[must_use]
    pub fn short_branch(&self) -> &str {
        let mut slashes = self.started.branch.rmatch_indices('/');
        let before_slug = slashes.nth(1).map_or(0, |(at, _)| at + 1);
        &self.started.branch[before_slug..]
    }

    /// Whether nothing more is expected of it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.abandoned.is_some() || self.state == TaskState::Completed
    }

    fn born(event: &Event) -> Option<Self> {
        let EventBody::Run(body) = &event.body else {
            return None;
        };
        let RunEvent::TaskStarted(started) = body.as_ref() else {
            return None;
        };
        Some(Self {
            id: started.run,
            at: event.at,
            by: event.by.clone(),
            host: event.by.host.clone(),
            repository: started.repository.clone(),
            worktree: started.worktree.clone(),
            is_linked: started.linked,
            started: started.clone(),
            status: RunStatus::Pending,
            state: TaskState::Pending,
            percent: None,
            steps: Vec::new(),
            commits: Vec::new(),
            push: None,
            pull_request: None,
            is_merged: false,
            is_branch_removed: false,
            abandoned: None,
            errors: 0,
            last_error: None,
            updated_at: event.at,
        })
    }

    /// `reached` is the furthest success, `stuck` the stage that a later failure kept it from.
    fn apply(&mut self, event: &Event, reached: &mut RunStatus, stuck: &mut Option<RunStatus>) {
        let mut reach = |status: RunStatus| {
            *reached = status.max(*reached);
            *stuck = stuck.filter(|stage| *stage > status);
        };
        match &event.body {
            EventBody::GitCommitCreated(created) => {
                if !self.commits.contains(&created.commit) {
                    self.commits.push(created.commit.clone());
                }
                reach(RunStatus::Committed);
            }
            EventBody::Run(body) => match body.as_ref() {
                RunEvent::GitBranchCreated(_) => {
                    reach(RunStatus::BranchCreated);
                    if self.state == TaskState::Pending {
                        self.state = TaskState::Running;
                    }
                }
                RunEvent::GitPushSuccess(push) => {
                    reach(RunStatus::Pushed);
                    self.push = Some(push.clone());
                }
                RunEvent::PullRequestOpened(opened) => {
                    reach(RunStatus::PrOpened);
                    let known = self.pull_request.as_ref();
                    self.is_merged &= known.is_some_and(|known| known.url == opened.url);
                    self.pull_request = Some(opened.clone());
                }
                other => {
                    if let Some(failure) = self.apply_other(event, other) {
                        *stuck = stage_of(&failure.operation).or(*stuck);
                        self.errors += 1;
                        self.last_error = Some(failure);
                    }
                }
            },
            _ => {}
        }
    }

    /// What moves the run no further; gives what failed, where something did.
    fn apply_other(&mut self, event: &Event, body: &RunEvent) -> Option<RunFailure> {
        let failure = |operation: &str, message: &str| {
            Some(RunFailure {
                at: event.at,
                operation: operation.to_owned(),
                message: message.to_owned(),
            })
        };
        match body {
            RunEvent::TaskProgress(told) => {
                self.state = match (told.state, self.state) {
                    (Some(state), _) => state,
                    (None, TaskState::Pending) => TaskState::Running,
                    (None, state) => state,
                };
                self.percent = told.percent.or(self.percent);
                self.steps.extend(told.step.as_ref().map(|step| Step {
                    at: event.at,
                    step: step.clone(),
                    percent: told.percent,
                }));
            }
            RunEvent::TaskCompleted(_) => {
                self.state = TaskState::Completed;
                self.percent = Some(Percent::ALL);
            }
            RunEvent::TaskFailed(failed) => {
                self.state = TaskState::Failed;
                return failure("task", &failed.reason);
            }
            RunEvent::GitPushFailed(failed) => return failure("push", &failed.message),
            RunEvent::GitOperationFailed(failed) => {
                return failure(&failed.operation, &failed.message);
            }
            RunEvent::PullRequestMerged(_) => self.is_merged = true,
            RunEvent::RunResumed(resumed) => {
                self.state = TaskState::Running;
                self.abandoned = None;
                self.is_branch_removed = false;
                self.worktree.clone_from(&resumed.worktree);
                self.is_linked = resumed.linked;
                if let Some(repository) = &resumed.repository {
                    self.host.clone_from(&event.by.host);
                    self.repository.clone_from(repository);
                }
            }
            RunEvent::RunAbandoned(abandoned) => {
                self.state = TaskState::Failed;
                self.abandoned = Some(abandoned.clone());
            }
            RunEvent::RunCleanedUp(cleaned) => {
                self.is_branch_removed |= cleaned.branch_removed;
                self.is_linked &= !cleaned.worktree_removed;
            }
            // The rest was seen to by the caller.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests;
