//! What `git checkpoint` can fail with: the errors of the layers below, and a few of its own.

use checkpoint_capture::CaptureError;
use checkpoint_cli::{Failure, Kind, PresentError, SessionError};
use checkpoint_git::{OpenError, ProgramError, objects::ObjectError};
use checkpoint_model::{
    id::IdError,
    name::NameError,
    selector::ResolveError,
    words::{StateError, WordError},
};
use checkpoint_scan::ScanError;
use checkpoint_share::ShareError;
use checkpoint_store::StoreError;
use checkpoint_verify::VerifyError;
use checkpoint_work::WorkError;
use miette::Diagnostic;
use thiserror::Error;

use crate::{
    diff::DiffError, exchange::ExchangeError, hook::HookError, setup::SetupError, since::TimeError,
};

/// Why a command did not do what was asked.
#[derive(Debug, Error, Diagnostic)]
pub enum CheckpointError {
    /// The policy's `checkpoint.test-command` could not be started.
    #[error("cannot run the test command '{command}'")]
    #[diagnostic(code(policy::test_not_run))]
    TestNotRun {
        /// The command.
        command: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The command could not begin. Nothing was changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Session(#[from] SessionError),
    /// The working tree could not be compared.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Present(#[from] PresentError),
    /// The state was not kept, or not committed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Work(#[from] WorkError),
    /// A hook stops git.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Hook(#[from] HookError),
    /// Nothing was installed, or taken out.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Setup(#[from] SetupError),
    /// The repository cannot be read.
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
    /// A text is no id.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Id(#[from] IdError),
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
    /// Nothing was given or taken.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Share(#[from] ShareError),
    /// The state could not be captured.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Capture(#[from] CaptureError),
    /// Objects could not be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Objects(#[from] ObjectError),
    /// The file that GITHUB_STEP_SUMMARY names cannot be written.
    #[error("cannot write the summary of the job")]
    #[diagnostic(code(verify::no_summary))]
    NoSummary {
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing can be said of any checkpoint.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Verify(#[from] VerifyError),
    /// Secrets could not be looked for.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scan(#[from] ScanError),
    /// A checkpoint could not be found, kept or changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

impl Failure for CheckpointError {
    fn kind(&self) -> Kind {
        match self {
            Self::TestNotRun { .. } | Self::NoSummary { .. } | Self::Open(_) | Self::Program(_) => {
                Kind::Fatal
            }
            Self::Session(error) => error.kind(),
            Self::Present(error) => error.kind(),
            Self::Work(error) => error.kind(),
            Self::Name(error) => error.kind(),
            Self::Word(error) => error.kind(),
            Self::State(error) => error.kind(),
            Self::Id(error) => error.kind(),
            Self::Resolve(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Diff(error) => error.kind(),
            Self::Exchange(error) => error.kind(),
            Self::Share(error) => error.kind(),
            Self::Hook(error) => error.kind(),
            Self::Setup(error) => error.kind(),
            Self::Capture(error) => error.kind(),
            Self::Objects(_) => Kind::Fatal,
            Self::Scan(error) => error.kind(),
            Self::Verify(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }
}
