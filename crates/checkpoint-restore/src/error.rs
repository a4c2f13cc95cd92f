//! Why a restore was not done, or not to the end.

use std::path::PathBuf;

use checkpoint_capture::CaptureError;
use checkpoint_git::objects::ObjectError;
use checkpoint_git::refs::RefError;
use checkpoint_git::{OpenError, ProgramError};
use checkpoint_model::failure::{Failure, Kind};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::Blocked;
use checkpoint_store::StoreError;
use gix::ObjectId;
use miette::Diagnostic;
use thiserror::Error;

use crate::files::FilesError;
use crate::rollback::RollbackError;

/// Why a restore was not done, or not to the end.
#[derive(Debug, Error, Diagnostic)]
pub enum RestoreError {
    /// An object of the target is not there: nothing was touched.
    #[error("missing object {id}: the checkpoint is damaged")]
    #[diagnostic(code(restore::missing_object), help("git fsck"))]
    MissingObject {
        /// The object.
        id: ObjectId,
    },
    /// What the record names is no snapshot, or not the one it tells of.
    #[error("{id} is not the snapshot that its record tells of")]
    #[diagnostic(code(restore::not_a_snapshot), help("git checkpoint show {id}"))]
    NotASnapshot {
        /// The commit.
        id: ObjectId,
    },
    /// Its state is not in this repository.
    #[error("the state of checkpoint {id} is not here")]
    #[diagnostic(code(restore::state_missing))]
    StateMissing {
        /// The checkpoint.
        id: CheckpointId,
    },
    /// HEAD or the branch are not where they were, and nothing was said about it.
    #[error("HEAD has moved since checkpoint '{checkpoint}' was made: it was {then}, it is {now}")]
    #[diagnostic(
        code(restore::head_moved),
        help(
            "git safe-restore {checkpoint} --files    (the files only; the branch stays)\ngit safe-restore {checkpoint} --exact    (everything as it was; the branch moves)"
        )
    )]
    HeadMoved {
        /// The checkpoint, as one types it.
        checkpoint: String,
        /// Where HEAD was.
        then: String,
        /// Where it is.
        now: String,
    },
    /// The policy protects the branch that would move.
    #[error("branch '{branch}' is protected and would move from {from} to {to}")]
    #[diagnostic(code(restore::protected), help("{instead}"))]
    Protected {
        /// The branch.
        branch: String,
        /// Where it is.
        from: String,
        /// Where it would go.
        to: String,
        /// What to type so that it stays.
        instead: String,
    },
    /// The branch that would move is checked out in another worktree.
    #[error("branch '{branch}' is checked out at '{}'", path.display())]
    #[diagnostic(code(restore::checked_out_elsewhere), help("{instead}"))]
    CheckedOutElsewhere {
        /// The branch.
        branch: String,
        /// The other worktree.
        path: PathBuf,
        /// What to type so that it stays.
        instead: String,
    },
    /// Something would be lost for good.
    #[error("{} would be lost: no backup can hold {}", list(blocked), if blocked.len() == 1 { "it" } else { "them" })]
    #[diagnostic(code(restore::would_lose), help("move it away, or give it up: --discard {}", blocked[0].path))]
    WouldLose {
        /// What, and why.
        blocked: Vec<Blocked>,
    },
    /// Another git process works on the index.
    #[error("cannot lock the index: '{}' exists", path.display())]
    #[diagnostic(
        code(restore::index_locked),
        help("wait for the other git process; if there is none: rm '{}'", path.display())
    )]
    IndexLocked {
        /// The lock file.
        path: PathBuf,
    },
    /// Something was staged since the present was looked at. Nothing was changed.
    #[error("the index has changed since the restore was planned")]
    #[diagnostic(code(restore::index_changed), help("run it once more"))]
    IndexChanged,
    /// Another restore is at work in this working tree.
    #[error("another restore is at work in this working tree")]
    #[diagnostic(code(restore::running))]
    Running,
    /// A restore was stopped halfway.
    #[error("{what} was stopped halfway")]
    #[diagnostic(
        code(restore::unfinished),
        help(
            "git safe-restore --continue    (finish it)\ngit safe-restore --abort       (back to what was there before)"
        )
    )]
    Unfinished {
        /// What it was.
        what: String,
    },
    /// Something failed after the first change was made. Nothing is lost: the journal knows the way on and the way back.
    #[error("the restore was stopped halfway")]
    #[diagnostic(
        code(restore::stopped),
        help(
            "git safe-restore --continue    (finish it)\ngit safe-restore --abort       (back to what was there before)"
        )
    )]
    Stopped {
        /// What failed.
        #[source]
        source: Box<Self>,
    },
    /// There is nothing to continue or to abort.
    #[error("no restore is under way")]
    #[diagnostic(code(restore::nothing_under_way), help("git safe-restore --list"))]
    NothingUnderWay,
    /// The journal cannot be read.
    #[error("cannot read the journal '{}': {why}", path.display())]
    #[diagnostic(
        code(restore::journal_broken),
        help("rm '{}' && git safe-restore --latest-backup --exact", path.display())
    )]
    JournalBroken {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Somebody else changed files while they were being restored; those were left alone.
    #[error("changed meanwhile and left alone: {}", paths(changed))]
    #[diagnostic(code(restore::changed_meanwhile), help("git safe-restore --continue"))]
    ChangedMeanwhile {
        /// Which.
        changed: Vec<TreePath>,
    },
    /// The state is not what it should be, though every step was done.
    #[error("the restored state differs from {target}: {}", what.join(", "))]
    #[diagnostic(
        code(restore::differs),
        help("git safe-restore --abort    (back to what was there before)")
    )]
    Differs {
        /// What was to be brought back.
        target: String,
        /// In what it differs.
        what: Vec<String>,
    },
    /// There is no restore to undo, or no undo to redo.
    #[error("nothing to {what} in this working tree")]
    #[diagnostic(code(restore::nothing_to_undo), help("git safe-restore --list"))]
    NothingTo {
        /// `undo` or `redo`.
        what: &'static str,
    },
    /// A file of the git directory cannot be written.
    #[error("cannot write '{}'", path.display())]
    #[diagnostic(code(restore::git_dir))]
    GitDir {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A path kept beside the trees leads out of where it belongs.
    #[error("the snapshot holds an unsafe path: '{path}'")]
    #[diagnostic(code(restore::unsafe_path))]
    UnsafePath {
        /// The path.
        path: TreePath,
    },
    /// HEAD does not go back by commits.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Rollback(#[from] RollbackError),
    /// Files cannot be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Files(#[from] FilesError),
    /// The present cannot be captured.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Capture(#[from] CaptureError),
    /// The backup cannot be kept.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
    /// Objects cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Objects(#[from] ObjectError),
    /// References cannot be moved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refs(#[from] RefError),
    /// HEAD cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Repository(#[from] OpenError),
    /// The git program failed us.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
}

impl RestoreError {
    /// The same error, told to have come when something was changed already; those that say so themselves stay.
    pub(crate) fn stopped(self) -> Self {
        match self {
            Self::ChangedMeanwhile { .. } | Self::Differs { .. } => self,
            error => Self::Stopped {
                source: Box::new(error),
            },
        }
    }
}

impl Failure for RestoreError {
    fn kind(&self) -> Kind {
        match self {
            Self::HeadMoved { .. }
            | Self::Protected { .. }
            | Self::CheckedOutElsewhere { .. }
            | Self::WouldLose { .. }
            | Self::IndexLocked { .. }
            | Self::IndexChanged
            | Self::Running
            | Self::Unfinished { .. }
            | Self::NothingUnderWay
            | Self::NothingTo { .. } => Kind::Refused,
            Self::Capture(error) => error.kind(),
            Self::Rollback(error) => error.kind(),
            Self::Store(error) => error.kind(),
            Self::Files(error) => error.kind(),
            _ => Kind::Fatal,
        }
    }
}

fn list(blocked: &[Blocked]) -> String {
    let shown = blocked
        .iter()
        .take(5)
        .map(|blocked| format!("'{}' ({})", blocked.path, blocked.reason.explain()));
    shorten(shown.collect(), blocked.len())
}

fn paths(changed: &[TreePath]) -> String {
    shorten(
        changed
            .iter()
            .take(5)
            .map(|path| format!("'{path}'"))
            .collect(),
        changed.len(),
    )
}

fn shorten(shown: Vec<String>, n_all: usize) -> String {
    match n_all - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
