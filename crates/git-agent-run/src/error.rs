//! What `git agent-run` can fail with: the errors of the layers below.

use std::{fmt::Display, path::PathBuf};

use checkpoint_cli::{Failure, Kind, SessionError, shell_word};
use checkpoint_model::{
    event::PercentError, policy::PrefixError, run::LineError, template::TemplateError,
    who::WhoError, words::WordError,
};
use checkpoint_run::RunError;
use checkpoint_store::StoreError;
use miette::{Diagnostic, LabeledSpan, SourceCode};
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
    #[error(transparent)]
    #[diagnostic(transparent)]
    In(Box<InRepository>),
    /// A record could not be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

/// What one of several repositories could not begin with.
#[derive(Debug, Error)]
#[error("in '{repository}': {error}")]
pub struct InRepository {
    /// Its working tree.
    pub(crate) repository: String,
    /// All that were named, as they were typed.
    pub(crate) named: Vec<PathBuf>,
    /// Why.
    pub(crate) error: AgentRunError,
}

impl Diagnostic for InRepository {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.error.code()
    }

    /// What the error proposes, for the repository that it is about, or for all that were named.
    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        let help = self.error.help()?.to_string();
        let start = "git agent-run start";
        let named = self.named.iter().map(|dir| dir.to_string_lossy());
        let named = named.map(|dir| format!(" --repo {}", shell_word(&dir)));
        let help = match help.strip_prefix("git ") {
            Some(rest) if !help.contains(start) => {
                format!("git -C {} {rest}", shell_word(&self.repository))
            }
            _ => help.replace(start, &format!("{start}{}", named.collect::<String>())),
        };
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.error.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.error.labels()
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        self.error.related()
    }
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
            Self::In(within) => within.error.kind(),
            Self::Store(error) => error.kind(),
        }
    }
}
