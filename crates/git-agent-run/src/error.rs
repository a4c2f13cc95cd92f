//! What `git agent-run` can fail with: the errors of the layers below.

use checkpoint_cli::{Failure, Kind, SessionError};
use checkpoint_model::{
    event::PercentError, policy::PrefixError, run::LineError, template::TemplateError,
    who::WhoError, words::WordError,
};
use checkpoint_run::RunError;
use checkpoint_store::StoreError;
use miette::Diagnostic;
use thiserror::Error;

/// Why a command did not do what was asked.
#[derive(Debug, Error, Diagnostic)]
pub enum AgentRunError {
    /// The command could not begin. Nothing was changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Session(#[from] SessionError),
    /// Something was not done to a run.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Run(Box<RunError>),
    /// A text has more lines than one, or none.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Line(#[from] LineError),
    /// A name cannot stand for who works.
    #[error(transparent)]
    #[diagnostic(
        code(who::invalid),
        help("git agent-run start --{} <{}> --task <task>", .0.option, .0.option)
    )]
    Who(#[from] WhoError),
    /// No branch can begin like this.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Prefix(#[from] PrefixError),
    /// A template has a field that nothing fills.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Template(#[from] TemplateError),
    /// A percentage is none.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Percent(#[from] PercentError),
    /// A word is none of those known.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Word(#[from] WordError),
    /// Of several repositories, one could not begin. Those that had begun are taken back.
    #[error("in '{repository}': {error}")]
    #[diagnostic(forward(error))]
    In {
        /// Its working tree.
        repository: String,
        /// Why.
        error: Box<Self>,
    },
    /// A record could not be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

impl From<RunError> for AgentRunError {
    fn from(error: RunError) -> Self {
        Self::Run(Box::new(error))
    }
}

impl Failure for AgentRunError {
    fn kind(&self) -> Kind {
        match self {
            Self::Session(error) => error.kind(),
            Self::Run(error) => error.kind(),
            Self::Line(error) => error.kind(),
            Self::Who(error) => error.kind(),
            Self::Prefix(error) => error.kind(),
            Self::Template(error) => error.kind(),
            Self::Percent(error) => error.kind(),
            Self::Word(error) => error.kind(),
            Self::In { error, .. } => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }
}
