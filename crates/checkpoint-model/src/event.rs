//! Events: what happened, each one line of JSON. A record is a set of them.
//!
//! Read in this order: [`Event`] and [`EventBody`] are what is said, `body` holds the fields of each type (`run`
//! those of runs), `line` reads and writes, `residue` carries what we do not know through a round trip.

mod body;
mod line;
mod residue;
mod run;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

pub use self::{
    body::{
        CheckpointCreated, CheckpointDeleted, CheckpointNamed, CheckpointRestored,
        CheckpointShared, DeletionReason, FileCounts, GitCommitCreated, PolicyOverride, RolledBack,
        Upstream,
    },
    line::EventError,
    run::{
        GitBranchCreated, GitOperationFailed, GitPushFailed, GitPushSuccess, Percent, PercentError,
        PullRequestMerged, PullRequestOpened, PushFailure, RunAbandoned, RunCleanedUp, RunEvent,
        RunResumed, TaskCompleted, TaskFailed, TaskProgress, TaskStarted, TaskState,
    },
};
use crate::{
    id::{CheckpointId, EventId, RunId},
    words::Actor,
};

/// Something that happened, as it stands in a record.
///
/// As a line: one JSON object with `id` first, so that sorted lines are in the order of time, then `at`, `by`,
/// `type`, then the fields of that type. Unknown types and fields, also those inside known fields, are written
/// again as they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Names the event; the same event always has the same id, wherever its line was copied to.
    pub id: EventId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: Actor,
    /// What happened.
    pub body: EventBody,
    /// What the line holds beyond what we know. An object under a known key holds only the unknown part of it.
    /// Empty in an event of our own making.
    pub extra: Map<String, Value>,
}

/// What happened, by the event's `type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventBody {
    /// `checkpoint_created`
    CheckpointCreated(Box<CheckpointCreated>),
    /// `checkpoint_restored`
    CheckpointRestored(CheckpointRestored),
    /// `checkpoint_deleted`
    CheckpointDeleted(CheckpointDeleted),
    /// `checkpoint_named`
    CheckpointNamed(CheckpointNamed),
    /// `checkpoint_shared`
    CheckpointShared(CheckpointShared),
    /// `rolled_back`
    RolledBack(RolledBack),
    /// `policy_override`
    PolicyOverride(PolicyOverride),
    /// `git_commit_created`
    GitCommitCreated(GitCommitCreated),
    /// One of the types that tell of a run.
    Run(Box<RunEvent>),
    /// A type that this version does not know; it passes through untouched.
    Unknown {
        /// The `type` of the event.
        type_: String,
        /// Every field but `id`, `at`, `by` and `type`.
        fields: Map<String, Value>,
    },
}

impl Event {
    /// An event of our own making: nothing in it that we do not know.
    #[must_use]
    pub fn new(id: EventId, at: DateTime<Utc>, by: Actor, body: EventBody) -> Self {
        Self {
            id,
            at,
            by,
            body,
            extra: Map::new(),
        }
    }
}

impl EventBody {
    /// The `type` of the event.
    #[must_use]
    pub fn type_name(&self) -> &str {
        match self {
            Self::CheckpointCreated(_) => CheckpointCreated::TYPE,
            Self::CheckpointRestored(_) => CheckpointRestored::TYPE,
            Self::CheckpointDeleted(_) => CheckpointDeleted::TYPE,
            Self::CheckpointNamed(_) => CheckpointNamed::TYPE,
            Self::CheckpointShared(_) => CheckpointShared::TYPE,
            Self::RolledBack(_) => RolledBack::TYPE,
            Self::PolicyOverride(_) => PolicyOverride::TYPE,
            Self::GitCommitCreated(_) => GitCommitCreated::TYPE,
            Self::Run(event) => event.type_name(),
            Self::Unknown { type_, .. } => type_,
        }
    }

    /// The checkpoint that the event tells of; `None` where it tells of something else.
    #[must_use]
    pub fn checkpoint(&self) -> Option<CheckpointId> {
        match self {
            Self::CheckpointCreated(created) => Some(created.checkpoint),
            Self::CheckpointRestored(restored) => Some(restored.checkpoint),
            Self::CheckpointDeleted(deleted) => Some(deleted.checkpoint),
            Self::CheckpointNamed(named) => Some(named.checkpoint),
            Self::CheckpointShared(shared) => Some(shared.checkpoint),
            Self::RolledBack(done) => Some(done.backup),
            Self::PolicyOverride(_)
            | Self::GitCommitCreated(_)
            | Self::Run(_)
            | Self::Unknown { .. } => None,
        }
    }

    /// The run that the event tells of; `None` where it tells of something else.
    #[must_use]
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Run(event) => event.run(),
            Self::GitCommitCreated(created) => created.run,
            _ => None,
        }
    }
}

impl From<CheckpointCreated> for EventBody {
    fn from(created: CheckpointCreated) -> Self {
        Self::CheckpointCreated(Box::new(created))
    }
}

impl From<CheckpointRestored> for EventBody {
    fn from(restored: CheckpointRestored) -> Self {
        Self::CheckpointRestored(restored)
    }
}

impl From<CheckpointDeleted> for EventBody {
    fn from(deleted: CheckpointDeleted) -> Self {
        Self::CheckpointDeleted(deleted)
    }
}

impl From<CheckpointNamed> for EventBody {
    fn from(named: CheckpointNamed) -> Self {
        Self::CheckpointNamed(named)
    }
}

impl From<CheckpointShared> for EventBody {
    fn from(shared: CheckpointShared) -> Self {
        Self::CheckpointShared(shared)
    }
}

impl From<RolledBack> for EventBody {
    fn from(done: RolledBack) -> Self {
        Self::RolledBack(done)
    }
}

impl From<PolicyOverride> for EventBody {
    fn from(passed: PolicyOverride) -> Self {
        Self::PolicyOverride(passed)
    }
}

impl From<GitCommitCreated> for EventBody {
    fn from(created: GitCommitCreated) -> Self {
        Self::GitCommitCreated(created)
    }
}

#[cfg(test)]
mod tests;
