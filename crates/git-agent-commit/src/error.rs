//! What `git agent-commit` can fail with: the errors of the layers below, and a few of its own.

use std::path::PathBuf;

use checkpoint_cli::{Failure, Kind, SessionError};
use checkpoint_model::{template::TemplateError, who::WhoError};
use checkpoint_run::RunError;
use checkpoint_work::{CommitError, WorkError};
use miette::Diagnostic;
use thiserror::Error;

/// Why nothing was committed.
#[derive(Debug, Error, Diagnostic)]
pub enum AgentCommitError {
    /// Nobody says which agent works here, and none shows.
    #[error("no agent is known")]
    #[diagnostic(
        code(agent_commit::nobody),
        help(
            "say whose work it is by --agent, or for all that follows by the variable GIT_AGENT_NAME"
        )
    )]
    Nobody,
    /// The message cannot be read.
    #[error("cannot read the message from '{}'", file.display())]
    #[diagnostic(
        code(agent_commit::message_unreadable),
        help("name another file, or give the message by -m")
    )]
    Message {
        /// The file, or `-`.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The message and the paths are both to come from standard input.
    #[error("the message and the paths cannot both come from standard input")]
    #[diagnostic(code(agent_commit::one_input), help("give the message by -m"))]
    OneInput,
    /// The command could not begin. Nothing was changed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Session(#[from] SessionError),
    /// A name cannot stand in a commit.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Who(#[from] WhoError),
    /// The template makes no sense.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Template(#[from] TemplateError),
    /// The work was not kept, or not committed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Work(#[from] WorkError),
    /// No run was started.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Run(Box<RunError>),
}

impl From<RunError> for AgentCommitError {
    fn from(error: RunError) -> Self {
        Self::Run(Box::new(error))
    }
}

impl From<CommitError> for AgentCommitError {
    fn from(error: CommitError) -> Self {
        Self::Work(error.into())
    }
}

impl Failure for AgentCommitError {
    fn kind(&self) -> Kind {
        match self {
            Self::Nobody | Self::OneInput => Kind::Usage,
            Self::Message { .. } => Kind::Fatal,
            Self::Session(error) => error.kind(),
            Self::Who(error) => error.kind(),
            Self::Template(error) => error.kind(),
            Self::Work(error) => error.kind(),
            Self::Run(error) => error.kind(),
        }
    }
}
