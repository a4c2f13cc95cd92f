//! Going back by commits: HEAD's branch to one of its own ancestors.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::path::TreePath;

/// From where to where HEAD goes, by first parents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rollback {
    /// How many commits back; at least 1.
    pub commits: u32,
    /// The commit of HEAD before, in hex.
    pub from: String,
    /// The commit that HEAD goes back to, in hex.
    pub to: String,
    /// The full name of the branch; none when HEAD is detached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A commit, as a list tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommitLine {
    /// Its id, in hex.
    pub id: String,
    /// The first line of its message.
    pub subject: String,
}

/// Commits that others may have already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Published {
    /// The upstream branch that holds them, as git shows it.
    pub upstream: String,
    /// How many of those that leave the branch.
    pub commits: u64,
}

/// What going back by commits means for those commits, and for files that no commit knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leaving {
    /// From where to where.
    pub rollback: Rollback,
    /// The first line of the message of the commit that HEAD goes back to.
    pub subject: String,
    /// The commits that leave the branch, by first parents, newest first.
    pub leaving: Vec<CommitLine>,
    /// Those of them that the upstream has; what else they brought along by merges counts as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Published>,
    /// Untracked files that make way for files of that commit; the backup holds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untracked: Vec<TreePath>,
}
