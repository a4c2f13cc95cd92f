//! Why the work at hand was not kept or committed: the errors of the layers below, and a few of its own.

use checkpoint_capture::CaptureError;
use checkpoint_cli::{Failure, Kind, SessionError};
use checkpoint_git::{IndexError, OpenError, ProgramError, objects::ObjectError};
use checkpoint_model::{path::TreePath, who::WhoError};
use checkpoint_store::StoreError;
use miette::Diagnostic;
use thiserror::Error;

use crate::CommitError;

/// Why the work at hand was not kept or committed.
#[derive(Debug, Error, Diagnostic)]
pub enum WorkError {
    /// The policy's `capture.nested` wants no checkpoint where there is a repository inside this one. Nothing was changed.
    #[error("'{path}' is a repository of its own, and the policy says capture.nested = \"refuse\"")]
    #[diagnostic(
        code(checkpoint::nested),
        help("in .git-checkpoint.toml: [capture] nested = \"report\"")
    )]
    Nested {
        /// Where it is.
        path: TreePath,
    },
    /// Nothing was committed, and no checkpoint made.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Commit(#[from] CommitError),
    /// A pattern makes no sense. Nothing was changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Session(#[from] SessionError),
    /// The repository cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),
    /// The git program failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
    /// The state could not be captured.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Capture(#[from] CaptureError),
    /// The index cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Index(#[from] IndexError),
    /// A name cannot stand in a commit.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Who(#[from] WhoError),
    /// Objects could not be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Objects(#[from] ObjectError),
    /// A checkpoint could not be found or kept.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

impl Failure for WorkError {
    fn kind(&self) -> Kind {
        match self {
            Self::Nested { .. } => Kind::Refused,
            Self::Open(_) | Self::Program(_) | Self::Objects(_) => Kind::Fatal,
            Self::Index(error) => error.kind(),
            Self::Who(error) => error.kind(),
            Self::Commit(error) => error.kind(),
            Self::Session(error) => error.kind(),
            Self::Capture(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }
}
