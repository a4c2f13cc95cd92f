//! Why it could not be looked at all: nothing is said of any checkpoint then.

use checkpoint_git::{OpenError, ProgramError, refs::RefError};
use checkpoint_model::{
    failure::{Failure, Kind},
    shell::word,
};
use checkpoint_policy::ReadError;
use checkpoint_scan::ScanError;
use checkpoint_store::StoreError;
use miette::Diagnostic;
use thiserror::Error;

/// Why nothing can be said.
#[derive(Debug, Error, Diagnostic)]
pub enum VerifyError {
    /// The range is none that git knows.
    #[error("cannot list the commits of '{}'", one_line(range))]
    #[diagnostic(code(verify::range_unknown), help("{remedy}"))]
    Range {
        /// What was given.
        range: String,
        /// What to type next.
        remedy: String,
        /// What git said.
        source: ProgramError,
    },
    /// The remote does not tell its tags.
    #[error("cannot ask '{}' for its tags: {said}", one_line(remote))]
    #[diagnostic(
        code(verify::remote_unreachable),
        help("git ls-remote {}", word(remote))
    )]
    Remote {
        /// The remote, without a password.
        remote: String,
        /// What git said, without passwords.
        said: String,
    },
    /// The scratch repository is not the one that would be restored into. Nothing was done.
    #[error("'{}' is not taken for a repository of its own", top.display())]
    #[diagnostic(code(verify::no_scratch))]
    NotScratch {
        /// Where it was made.
        top: std::path::PathBuf,
    },
    /// There is no place for a scratch repository, or for the list of signers.
    #[error("cannot write a temporary file")]
    #[diagnostic(code(verify::no_room))]
    NoRoom(#[from] std::io::Error),
    /// A scratch repository cannot be opened.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),
    /// The git program failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
    /// References cannot be listed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refs(#[from] RefError),
    /// Records cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
    /// The signers cannot be read from the protected branch.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Policy(#[from] ReadError),
    /// Secrets cannot be looked for.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scan(#[from] ScanError),
}

impl Failure for VerifyError {
    fn kind(&self) -> Kind {
        match self {
            Self::Scan(error) => error.kind(),
            _ => Kind::Fatal,
        }
    }
}

/// Text that was typed, or comes from a script, on the line of the message.
fn one_line(text: &str) -> String {
    let spelled = text.chars().map(|c| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    });
    spelled.collect()
}
