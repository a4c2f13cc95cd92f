//! What can go wrong before a command does its own work.

use checkpoint_git::OpenError;
use checkpoint_model::{policy::GlobError, selector::SelectorError};
use checkpoint_policy::ReadError;
use checkpoint_store::StoreError;
use miette::Diagnostic;
use thiserror::Error;

use crate::{Failure, Kind};

/// Why a command could not begin: nothing was changed. A command's own error passes it through.
#[derive(Debug, Error, Diagnostic)]
pub enum SessionError {
    /// The policy file is there, and cannot be read or makes no sense.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Policy(#[from] ReadError),
    /// No repository, or none that can be worked in.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),
    /// A pattern of paths cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Glob(#[from] GlobError),
    /// A text cannot mean a checkpoint.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Selector(#[from] SelectorError),
    /// What was typed means no checkpoint, several, or one whose state is not here.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

impl Failure for SessionError {
    fn kind(&self) -> Kind {
        match self {
            Self::Open(_) => Kind::Fatal,
            Self::Policy(error) => error.kind(),
            Self::Glob(error) => error.kind(),
            Self::Selector(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }
}
