//! What a restore will do, decided from values alone.

mod rollback;

use std::collections::BTreeMap;

use bstr::BStr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::rollback::{CommitLine, Leaving, Published, Rollback};
use crate::event::{CheckpointRestored, EventBody, RolledBack, Upstream};
use crate::id::CheckpointId;
use crate::path::TreePath;
use crate::verdict::{SkipReason, Skipped};
use crate::words::{OperationKind, words};

words! {
    /// How much is put back.
    pub enum Scope is "scope" {
        /// Everything as it was: branch, HEAD, index, operation in progress, files.
        Exact = "exact",
        /// Files only.
        Files = "files",
        /// The branch goes to the checkpoint's HEAD; index and files stay.
        Soft = "soft",
        /// The branch goes to the checkpoint's HEAD and the index with it; files stay.
        Mixed = "mixed",
        /// HEAD goes to a commit, and with it the index and the files that git tracks; only where one goes back by
        /// commits.
        Hard = "hard",
        /// Some paths only; nothing else moves.
        Paths = "paths",
    }
}

words! {
    /// What a restore counts as in the stack of undos.
    #[derive(Default)]
    pub enum Action is "action" {
        /// Somebody chose a checkpoint.
        #[default] Restore = "restore",
        /// The last restore was taken back.
        Undo = "undo",
        /// An undo was taken back.
        Redo = "redo",
        /// A restore that was stopped halfway was given up.
        Abort = "abort",
    }
}

impl Scope {
    /// Whether files are written.
    #[must_use]
    pub fn has_files(self) -> bool {
        matches!(self, Self::Exact | Self::Files | Self::Hard | Self::Paths)
    }

    /// Whether HEAD and the branch move.
    #[must_use]
    pub fn has_head(self) -> bool {
        matches!(self, Self::Exact | Self::Soft | Self::Mixed | Self::Hard)
    }
}

words! {
    /// What a tree holds at a path.
    pub enum FileKind is "kind of file" {
        /// A regular file.
        File = "file",
        /// A regular file that may be executed.
        Executable = "executable",
        /// A symbolic link.
        Link = "link",
        /// A commit of another repository.
        Submodule = "submodule",
    }
}

impl FileKind {
    /// Whether it is a regular file, executable or not.
    #[must_use]
    pub const fn is_regular(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }
}

/// A file, as a state has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leaf {
    /// What it is.
    pub kind: FileKind,
    /// What git stores for it, in hex.
    pub id: String,
    /// Its very bytes, where git would give back others; in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// Its permission bits, where they are not the usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<u16>,
}

/// One path at which two states differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// The path.
    pub path: TreePath,
    /// What is there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Leaf>,
    /// What shall be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Leaf>,
}

/// A path that keeps a restore from being done, until it is given up by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Blocked {
    /// What would be lost.
    pub path: TreePath,
    /// Why no backup can hold it.
    pub reason: SkipReason,
    /// What the restore wants to do with it.
    pub wanted: TreePath,
}

/// Where HEAD points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeadPosition {
    /// The full name of the branch; none when HEAD is detached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The commit, in hex; none on an unborn branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// HEAD, now and then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeadMove {
    /// Where it points now.
    pub now: HeadPosition,
    /// Where it shall point.
    pub then: HeadPosition,
    /// What the branch of `then` is at now, in hex, if it exists; it moves when that is another commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_now: Option<String>,
    /// What that branch shall follow; none where it is not to be made, or the configuration says already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Upstream>,
}

/// A branch that a restore moved though it was not the one that was checked out: undo moves it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BranchMove {
    /// The full name.
    pub name: String,
    /// Where it was, in hex; none when it did not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where it went, in hex; none when it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What it follows by that restore; undo takes that away again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Upstream>,
}

/// A file that a restore made where git ignores it: no capture tells of it, so undo has to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unseen {
    /// The path.
    pub path: TreePath,
    /// The blob of the bytes that it was given, or of the target of a link, in hex.
    pub id: String,
    /// The topmost directory that was made for it; none when its own was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<TreePath>,
}

impl HeadMove {
    /// The branch that moves beside the one that is checked out now.
    #[must_use]
    pub fn other_branch(&self) -> Option<BranchMove> {
        let name = self
            .then
            .reference
            .as_ref()
            .filter(|name| self.now.reference.as_ref() != Some(*name))?;
        let (from, to) = (self.branch_now.clone(), self.then.id.clone());
        (from != to).then(|| BranchMove {
            name: name.clone(),
            from,
            to,
            upstream: self.upstream.clone(),
        })
    }
}

/// The operations in progress, now and then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperationMove {
    /// What is in progress now.
    pub now: Vec<OperationKind>,
    /// What shall be in progress.
    pub then: Vec<OperationKind>,
}

/// What a restore will do. Nothing in it has been done yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// How much is put back.
    pub scope: Scope,
    /// The files that differ, sorted by path.
    pub files: Vec<Difference>,
    /// Directories to make, with nothing in them; sorted.
    pub directories: Vec<TreePath>,
    /// Directories to remove, since nothing is in them and they were not there; sorted.
    pub hollow: Vec<TreePath>,
    /// Whether the index is replaced.
    pub index: bool,
    /// Where HEAD goes; none when it stays.
    pub head: Option<HeadMove>,
    /// What becomes of the operation in progress; none when it stays.
    pub operation: Option<OperationMove>,
    /// Paths that differ, or may, and are left alone: one of the two states does not hold them.
    pub left_alone: Vec<Skipped>,
    /// What would be lost for good.
    pub blocked: Vec<Blocked>,
    /// What becomes of the commits; none when a checkpoint is put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Leaving>,
}

impl Plan {
    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
            && self.directories.is_empty()
            && self.hollow.is_empty()
            && !self.index
            && self.head.is_none()
            && self.operation.is_none()
    }

    /// The files that will be written.
    pub fn writes(&self) -> impl Iterator<Item = &Difference> {
        self.files.iter().filter(|file| file.then.is_some())
    }

    /// The files that will be deleted.
    pub fn deletes(&self) -> impl Iterator<Item = &Difference> {
        self.files.iter().filter(|file| file.then.is_none())
    }
}

/// The files of a plan: what of `differences` may be done, what is left alone, and what stands in the way.
///
/// `not_kept` is what the target does not hold: there, nothing is known of how it was, and nothing is touched.
/// `not_backed_up` is what the backup of the present cannot hold: what would overwrite or delete it is blocked,
/// unless `discard` names it.
#[must_use]
pub fn files(
    differences: Vec<Difference>,
    not_kept: &[Skipped],
    not_backed_up: &[Skipped],
    discard: &[TreePath],
) -> (Vec<Difference>, Vec<Skipped>, Vec<Blocked>) {
    let not_kept = Paths::of(not_kept);
    let given_up = |skip: &&Skipped| {
        let path = skip.path.as_bstr();
        discard
            .iter()
            .any(|given| is_same_or_below(path, given.as_bstr()))
    };
    let not_backed_up = Paths::of(not_backed_up.iter().filter(|skip| !given_up(skip)));
    let (mut wanted, mut left_alone, mut blocked) = (Vec::new(), Vec::new(), Vec::new());
    for difference in differences {
        let path = difference.path.as_bstr();
        if is_submodule(difference.now.as_ref()) || is_submodule(difference.then.as_ref()) {
            left_alone.push(skipped(&difference.path, SkipReason::NestedRepository));
        } else if let Some(skip) = not_kept.above(path) {
            left_alone.push(skipped(&difference.path, skip.reason));
        } else if let Some(skip) = not_backed_up
            .above(path)
            .or_else(|| not_backed_up.below(path))
        {
            let path = skip.path.clone();
            blocked.push(Blocked {
                path,
                reason: skip.reason,
                wanted: difference.path,
            });
        } else {
            wanted.push(difference);
        }
    }
    (wanted, left_alone, blocked)
}

fn is_submodule(leaf: Option<&Leaf>) -> bool {
    leaf.is_some_and(|leaf| leaf.kind == FileKind::Submodule)
}

fn skipped(path: &TreePath, reason: SkipReason) -> Skipped {
    Skipped {
        path: path.clone(),
        reason,
        bytes: None,
    }
}

/// Paths to be found by what lies below them, and above.
struct Paths<'a>(BTreeMap<&'a [u8], &'a Skipped>);

impl<'a> Paths<'a> {
    fn of(skipped: impl IntoIterator<Item = &'a Skipped>) -> Self {
        Self(
            skipped
                .into_iter()
                .map(|skip| (bare(skip.path.as_bstr()), skip))
                .collect(),
        )
    }

    /// The one at `path` or above it.
    fn above(&self, path: &[u8]) -> Option<&'a Skipped> {
        let path = bare(path);
        let slashes = path
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'/')
            .map(|(at, _)| at);
        slashes
            .chain([path.len()])
            .find_map(|end| self.0.get(&path[..end]).copied())
    }

    /// The first one below `path`.
    fn below(&self, path: &[u8]) -> Option<&'a Skipped> {
        let directory = [bare(path), b"/"].concat();
        let (found, skip) = self.0.range(directory.as_slice()..).next()?;
        found.starts_with(&directory).then_some(*skip)
    }
}

fn bare(path: &[u8]) -> &[u8] {
    path.strip_suffix(b"/").unwrap_or(path)
}

/// Whether `path` is `other` or lies below it; a slash at the end of either does not count.
#[must_use]
pub fn is_same_or_below(path: &BStr, other: &BStr) -> bool {
    bare(path)
        .strip_prefix(bare(other))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// A restore that was done, as far as undoing it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// What was there before.
    pub backup: CheckpointId,
    /// How much was put back.
    pub scope: Scope,
    /// With [`Scope::Paths`], which.
    pub paths: Vec<TreePath>,
    /// The branch that was moved beside HEAD's own.
    pub branch: Option<BranchMove>,
    /// The files that were made and that git ignores.
    pub unseen: Vec<Unseen>,
}

/// What can be undone and redone in one working tree; the next is the last of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// For `--undo`.
    pub undo: Vec<Past>,
    /// For `--redo`.
    pub redo: Vec<Past>,
}

impl Past {
    /// A restore that has a backup to go back to.
    fn restored(restored: &CheckpointRestored) -> Option<Self> {
        Some(Self {
            backup: restored.backup?,
            scope: restored.scope,
            paths: restored.paths.clone(),
            branch: restored.branch.clone(),
            unseen: restored.unseen.clone(),
        })
    }

    fn rolled_back(rolled_back: &RolledBack) -> Self {
        Self {
            backup: rolled_back.backup,
            scope: rolled_back.scope,
            paths: Vec::new(),
            branch: None,
            unseen: Vec::new(),
        }
    }
}

impl History {
    /// Folds what was done in `worktree`, oldest first; events that are no restores change nothing.
    pub fn fold<'e>(events: impl IntoIterator<Item = &'e EventBody>, worktree: &str) -> Self {
        let mut history = Self::default();
        for event in events {
            let done = match event {
                EventBody::CheckpointRestored(restored) if restored.worktree == worktree => {
                    Past::restored(restored).map(|past| (restored.action, past))
                }
                EventBody::RolledBack(done) if done.worktree == worktree => {
                    Some((Action::Restore, Past::rolled_back(done)))
                }
                _ => None,
            };
            if let Some((action, past)) = done {
                history.push(action, past);
            }
        }
        history
    }

    fn push(&mut self, action: Action, past: Past) {
        match action {
            Action::Restore => {
                self.redo.clear();
                self.undo.push(past);
            }
            Action::Undo => {
                self.undo.pop();
                self.redo.push(past);
            }
            Action::Redo => {
                self.redo.pop();
                self.undo.push(past);
            }
            Action::Abort => {}
        }
    }
}

#[cfg(test)]
mod tests;
