//! What `git safe-restore` can fail with: the errors of the layers below, and a few of its own.

use checkpoint_cli::{Failure, Kind, PresentError, SessionError};
use checkpoint_git::{OpenError, ProgramError};
use checkpoint_model::id::CheckpointId;
use checkpoint_restore::RestoreError;
use checkpoint_store::StoreError;
use miette::Diagnostic;
use thiserror::Error;

/// Why a restore was not done, or not to the end.
#[derive(Debug, Error, Diagnostic)]
pub enum SafeRestoreError {
    /// A path leads out of the working tree. Nothing was changed.
    #[error("'{path}' is outside the working tree '{top}'")]
    #[diagnostic(code(restore::path_outside))]
    PathOutside {
        /// What was typed.
        path: String,
        /// The top of the working tree.
        top: String,
    },
    /// A path is neither in the checkpoint nor in the working tree. Nothing was changed.
    #[error("'{path}' is neither in checkpoint {id} nor in the working tree")]
    #[diagnostic(
        code(restore::path_unknown),
        help("git ls-tree -r --name-only refs/checkpoints/{id}")
    )]
    PathUnknown {
        /// The path, from the top of the working tree.
        path: String,
        /// The checkpoint.
        id: CheckpointId,
    },
    /// No restore was ever done in this working tree. Nothing was changed.
    #[error("there is no backup of this working tree")]
    #[diagnostic(code(restore::no_backup), help("git safe-restore --list"))]
    NoBackup,
    /// The terminal cannot be read or written. Nothing was changed.
    #[error("cannot ask on the terminal")]
    #[diagnostic(
        code(restore::cannot_ask),
        help("--force asks nothing, --dry-run only shows")
    )]
    CannotAsk {
        /// What the system said.
        source: std::io::Error,
    },
    /// git's own diff could not be run. Nothing was changed.
    #[error("cannot run 'git diff'")]
    #[diagnostic(code(restore::no_diff))]
    NoDiff {
        /// What the system said.
        source: std::io::Error,
    },
    /// The command could not begin. Nothing was changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Session(#[from] SessionError),
    /// The present state could not be compared. Nothing was changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Present(#[from] PresentError),
    /// The restore was refused, or failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Restore(#[from] RestoreError),
    /// The repository cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),
    /// Checkpoints cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
    /// The git program failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
}

impl Failure for SafeRestoreError {
    fn kind(&self) -> Kind {
        match self {
            Self::PathOutside { .. } => Kind::Usage,
            Self::PathUnknown { .. } | Self::NoBackup => Kind::Refused,
            Self::CannotAsk { .. } | Self::NoDiff { .. } | Self::Open(_) => Kind::Fatal,
            Self::Session(error) => error.kind(),
            Self::Present(error) => error.kind(),
            Self::Restore(error) => error.kind(),
            Self::Store(error) => error.kind(),
            Self::Program(error) => error.kind(),
        }
    }
}
