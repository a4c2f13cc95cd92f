//! What can go wrong with a scan.

use checkpoint_git::ProgramError;
use checkpoint_model::failure::{Failure, Kind};
use gix::ObjectId;
use miette::Diagnostic;
use thiserror::Error;

/// Why a scan was not done. Nothing may leave the machine then.
#[derive(Debug, Error, Diagnostic)]
pub enum ScanError {
    /// No rule has this id.
    #[error("there is no rule '{id}' of the scan")]
    #[diagnostic(code(scan::rule_unknown), help("git checkpoint scan --rules"))]
    UnknownRule {
        /// What was given.
        id: String,
    },
    /// An object that is here cannot be read.
    #[error("cannot read object {id}")]
    #[diagnostic(code(scan::unreadable), help("git fsck"))]
    Unreadable {
        /// The object.
        id: ObjectId,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// git cannot tell what would be published.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
}

impl Failure for ScanError {
    fn kind(&self) -> Kind {
        match self {
            Self::UnknownRule { .. } => Kind::Usage,
            Self::Unreadable { .. } | Self::Program(_) => Kind::Fatal,
        }
    }
}
