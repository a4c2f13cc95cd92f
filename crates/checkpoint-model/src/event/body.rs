//! The fields of each type of event.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    id::{CheckpointId, RunId},
    name::CheckpointName,
    path::TreePath,
    policy::Rule,
    restore::{Action, BranchMove, Scope, Unseen},
    verdict::{Skipped, Verdict},
    words::{CheckpointKind, OperationKind, Phase, StateCounts, words},
};

/// `checkpoint_created`: what was kept, and the circumstances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckpointCreated {
    /// The checkpoint.
    pub checkpoint: CheckpointId,
    /// The name it was made with. What it is called now is for [`crate::checkpoint::Checkpoint`] to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<CheckpointName>,
    /// What its maker said about it; may be empty, may have several lines.
    pub description: String,
    /// Why it was made.
    pub kind: CheckpointKind,
    /// The phase of the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The snapshot commit, in hex. Empty only before that commit exists.
    pub snapshot: String,
    /// The commit that HEAD named, in hex; none on an unborn branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// The branch that HEAD named, without `refs/heads/`; none when detached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// What that branch follows; none when it follows nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Upstream>,
    /// The working tree, as its maker saw it.
    pub worktree: String,
    /// The agent's session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The agent's task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// What the agent counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateCounts>,
    /// The operation that was in progress; the first, when there were several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationKind>,
    /// All operations that were in progress, when there were several; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<OperationKind>,
    /// How much was kept.
    pub files: FileCounts,
    /// Whether that is everything.
    pub verdict: Verdict,
    /// What is not in the snapshot.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
    /// `sha256:<hex>` over path, mode and object name of every entry of the snapshot's tree.
    pub manifest: String,
    /// The version of the program that made it.
    pub tool: String,
}

/// What a branch follows, as the configuration says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Upstream {
    /// `branch.<name>.remote`: a remote, or `.` for this repository.
    pub remote: String,
    /// `branch.<name>.merge`: the full name of the reference over there.
    pub merge: String,
}

/// How much a checkpoint keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct FileCounts {
    /// Files in the index.
    pub tracked: u64,
    /// Tracked files whose content, mode or presence is not as in the index.
    pub changed: u64,
    /// Files that are in the snapshot but not in the index.
    pub untracked: u64,
    /// Bytes read to make the checkpoint: the size of the changed and untracked files.
    pub bytes: u64,
}

/// `checkpoint_restored`: a checkpoint was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckpointRestored {
    /// The checkpoint.
    pub checkpoint: CheckpointId,
    /// The checkpoint of what was there before; none only when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<CheckpointId>,
    /// How much was put back.
    pub scope: Scope,
    /// With [`Scope::Paths`], which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<TreePath>,
    /// What it counts as in the stack of undos.
    #[serde(default)]
    pub action: Action,
    /// The working tree in which it was done; undo is a matter of one working tree.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub worktree: String,
    /// A branch that was moved though it was not checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchMove>,
    /// Files that were made and that git ignores; undo removes those that are still so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unseen>,
}

/// `rolled_back`: HEAD went back by commits. It stands in the record of the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RolledBack {
    /// The checkpoint of what was there before.
    pub backup: CheckpointId,
    /// How many commits back, by first parents.
    pub commits: u32,
    /// The commit of HEAD before, in hex.
    pub from: String,
    /// The commit that HEAD went back to, in hex.
    pub to: String,
    /// The full name of the branch; none when HEAD was detached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// [`Scope::Soft`], [`Scope::Mixed`] or [`Scope::Hard`].
    pub scope: Scope,
    /// The working tree in which it was done.
    pub worktree: String,
}

/// `checkpoint_deleted`: a checkpoint is no longer wanted, or lost its name to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckpointDeleted {
    /// The checkpoint.
    pub checkpoint: CheckpointId,
    /// The name it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<CheckpointName>,
    /// Why.
    pub reason: DeletionReason,
    /// The snapshot commit, in hex: from it, the state can be had back until git prunes it.
    pub snapshot: String,
}

words! {
    /// Why a checkpoint was deleted.
    pub enum DeletionReason is "reason of deletion" {
        /// Somebody asked for it.
        Deleted = "deleted",
        /// The policy's retention.
        Pruned = "pruned",
        /// Another checkpoint took its name. The checkpoint itself stays.
        Replaced = "replaced",
    }
}

/// `checkpoint_named`: a checkpoint got a tag after it was made, or lost it to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckpointNamed {
    /// The checkpoint.
    pub checkpoint: CheckpointId,
    /// Its name from now on; none: it has no name any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<CheckpointName>,
}

/// `checkpoint_shared`: something of a checkpoint was given to another repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckpointShared {
    /// The checkpoint.
    pub checkpoint: CheckpointId,
    /// The name of the remote, or its URL without a password.
    pub remote: String,
    /// The full name of the tag that went there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Whether the state went there.
    #[serde(default)]
    pub state: bool,
    /// The rules for secrets that somebody passed for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
}

/// `policy_override`: a person passed a rule of the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyOverride {
    /// The rule.
    pub rule: Rule,
    /// The full name of the reference that it protects.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The hook that let it pass.
    pub hook: String,
}

/// `git_commit_created`: an agent made a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GitCommitCreated {
    /// The commit, in hex.
    pub commit: String,
    /// The branch that it was made on, without `refs/heads/`; none when detached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The run that it belongs to; none of a commit beside every run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// What the agent works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The model that it works with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The checkpoint that has the state before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<CheckpointId>,
}

macro_rules! type_names {
    ($($body:ident = $type_name:literal),+) => {
        $(impl $body {
            /// The `type` of such an event.
            pub const TYPE: &'static str = $type_name;
        })+
    };
}

type_names! {
    CheckpointCreated = "checkpoint_created",
    CheckpointRestored = "checkpoint_restored",
    CheckpointDeleted = "checkpoint_deleted",
    CheckpointNamed = "checkpoint_named",
    CheckpointShared = "checkpoint_shared",
    RolledBack = "rolled_back",
    PolicyOverride = "policy_override",
    GitCommitCreated = "git_commit_created"
}
