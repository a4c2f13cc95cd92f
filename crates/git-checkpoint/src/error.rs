//! What `git checkpoint` can fail with: the errors of the layers below, and a few of its own.

use std::path::PathBuf;

use checkpoint_capture::CaptureError;
use checkpoint_cli::{Failure, Kind};
use checkpoint_git::{OpenError, ProgramError, objects::ObjectError};
use checkpoint_model::{
    id::IdError,
    name::NameError,
    path::TreePath,
    policy::{GlobError, PolicyError},
    selector::{ResolveError, SelectorError},
    words::{StateError, WordError},
};
use checkpoint_store::StoreError;
use miette::Diagnostic;
use thiserror::Error;

use crate::{create::CommitError, diff::DiffError, exchange::ExchangeError, since::TimeError};

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
    /// The policy's `checkpoint.test-command` could not be started.
    #[error("cannot run the test command '{command}'")]
    #[diagnostic(code(policy::test_not_run))]
    TestNotRun {
        /// The command.
        command: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing was committed, and no checkpoint made.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Commit(#[from] CommitError),
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
    /// A text tells no time.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Time(#[from] TimeError),
    /// States could not be compared.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Diff(#[from] DiffError),
    /// Nothing was exported or imported.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Exchange(#[from] ExchangeError),
    /// The state could not be captured.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Capture(#[from] CaptureError),
    /// Objects could not be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Objects(#[from] ObjectError),
    /// A checkpoint could not be found, kept or changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

impl Failure for CheckpointError {
    fn kind(&self) -> Kind {
        match self {
            Self::PolicyUnreadable { .. }
            | Self::TestNotRun { .. }
            | Self::Open(_)
            | Self::Program(_) => Kind::Fatal,
            Self::Nested { .. } => Kind::Refused,
            Self::Commit(error) => error.kind(),
            Self::Policy(error) => error.kind(),
            Self::Name(error) => error.kind(),
            Self::Word(error) => error.kind(),
            Self::State(error) => error.kind(),
            Self::Glob(error) => error.kind(),
            Self::Id(error) => error.kind(),
            Self::Selector(error) => error.kind(),
            Self::Resolve(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Diff(error) => error.kind(),
            Self::Exchange(error) => error.kind(),
            Self::Capture(error) => error.kind(),
            Self::Objects(_) => Kind::Fatal,
            Self::Store(error) => error.kind(),
        }
    }
}
