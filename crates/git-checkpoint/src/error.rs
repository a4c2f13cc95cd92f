//! What `git checkpoint` can fail with: the errors of the layers below, and a few of its own.

use std::path::PathBuf;

use checkpoint_cli::{Failure, Kind};
use checkpoint_git::{OpenError, ProgramError};
use checkpoint_model::{
    id::IdError,
    name::NameError,
    policy::{GlobError, PolicyError},
    selector::{ResolveError, SelectorError},
    words::{StateError, WordError},
};
use miette::Diagnostic;
use thiserror::Error;

/// Why a command did not do what was asked.
#[derive(Debug, Error, Diagnostic)]
pub enum CheckpointError {
    /// The policy file is there and cannot be read. Nothing was changed.
    #[error("cannot read the policy '{}'", path.display())]
    #[diagnostic(code(policy::unreadable))]
    PolicyUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The policy file makes no sense. Nothing was changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Policy(#[from] PolicyError),
    /// No repository, or none that can be worked in.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),
    /// The git program failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
    /// A name cannot be the name of a checkpoint.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Name(#[from] NameError),
    /// A type or a phase is none of those known.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Word(#[from] WordError),
    /// A `--state` cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    State(#[from] StateError),
    /// A pattern of paths cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Glob(#[from] GlobError),
    /// A text is no id.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Id(#[from] IdError),
    /// A text cannot mean a checkpoint.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Selector(#[from] SelectorError),
    /// A selector means none, or several.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Resolve(#[from] ResolveError),
}

impl Failure for CheckpointError {
    fn kind(&self) -> Kind {
        match self {
            Self::PolicyUnreadable { .. } | Self::Open(_) | Self::Program(_) => Kind::Fatal,
            Self::Policy(error) => error.kind(),
            Self::Name(error) => error.kind(),
            Self::Word(error) => error.kind(),
            Self::State(error) => error.kind(),
            Self::Glob(error) => error.kind(),
            Self::Id(error) => error.kind(),
            Self::Selector(error) => error.kind(),
            Self::Resolve(error) => error.kind(),
        }
    }
}
