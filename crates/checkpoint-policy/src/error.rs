//! Why a policy could not be read.

use std::path::PathBuf;

use checkpoint_model::{
    failure::{Failure, Kind},
    policy::PolicyError,
};
use miette::Diagnostic;
use thiserror::Error;

/// Why one version of the policy counts for nothing.
#[derive(Debug, Error, Diagnostic)]
pub enum ReadError {
    /// The file in the working tree is there and cannot be read.
    #[error("cannot read the policy '{}'", path.display())]
    #[diagnostic(code(policy::unreadable))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The branch is there, and what it names cannot be read.
    #[error("cannot read the policy of '{branch}'")]
    #[diagnostic(
        code(policy::version_unreadable),
        help("git ls-tree {branch} .git-checkpoint.toml; git fsck")
    )]
    Version {
        /// The short name of the branch.
        branch: String,
        /// What is wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The text makes no sense.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Policy(#[from] PolicyError),
}

impl ReadError {
    /// What is wrong, in one line.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Self::File { source, .. } => source.to_string(),
            Self::Version { source, .. } => source.to_string(),
            Self::Policy(error) => error.why.clone(),
        }
    }
}

impl Failure for ReadError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}
