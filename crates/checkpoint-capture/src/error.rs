//! Why a state was not captured; nothing has been changed then.

use std::path::PathBuf;

use checkpoint_git::objects::ObjectError;
use checkpoint_git::{IndexError, OpenError, ProgramError};
use checkpoint_model::failure::{Failure, Kind};
use gix::ObjectId;
use gix::bstr::BString;
use miette::Diagnostic;
use thiserror::Error;

/// Why a state was not captured.
#[derive(Debug, Error, Diagnostic)]
pub enum CaptureError {
    /// There are no files to keep.
    #[error("this operation must be run in a work tree")]
    #[diagnostic(code(capture::bare))]
    Bare,
    /// The working tree is one that the request refuses.
    #[error("'{}' is the working tree: that is too much to keep", path.display())]
    #[diagnostic(
        code(capture::too_wide),
        help("allow it in .git-checkpoint.toml: [capture] allow-home = true")
    )]
    TooWide {
        /// Its top.
        path: PathBuf,
    },
    /// The working tree cannot be entered or listed at all.
    #[error("cannot read the working tree '{}'", path.display())]
    #[diagnostic(code(capture::unreadable))]
    Unreadable {
        /// Its top.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the git directory cannot be read.
    #[error("cannot read '{}'", path.display())]
    #[diagnostic(code(capture::git_dir_unreadable))]
    GitDir {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Something names an object that the repository does not have: a checkpoint would be incomplete.
    #[error("missing object {id}, needed for '{path}'")]
    #[diagnostic(code(capture::missing_object), help("git fsck"))]
    MissingObject {
        /// The object.
        id: ObjectId,
        /// What needs it.
        path: BString,
    },
    /// Rules that say which files count or how they are converted cannot be read.
    #[error("cannot read the {what}")]
    #[diagnostic(code(capture::rules))]
    Rules {
        /// Which rules.
        what: &'static str,
        /// What gix said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The index cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Index(#[from] IndexError),
    /// Objects cannot be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Objects(#[from] ObjectError),
    /// HEAD cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Repository(#[from] OpenError),
    /// The git program failed us.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
}

impl Failure for CaptureError {
    fn kind(&self) -> Kind {
        match self {
            Self::TooWide { .. } => Kind::Refused,
            _ => Kind::Fatal,
        }
    }
}
