//! What can go wrong with references.

use std::path::PathBuf;

use gix::ObjectId;
use miette::Diagnostic;
use thiserror::Error;

use crate::program::ProgramError;

/// Why references were not read or not changed.
#[derive(Debug, Error, Diagnostic)]
pub enum RefError {
    /// The reference is not what the caller had seen. Nothing was changed; read again and decide again.
    #[error("'{name}' has moved: it is {}", actual.map_or_else(|| "gone".to_owned(), |id| format!("at {id}")))]
    #[diagnostic(code(refs::moved))]
    Moved {
        /// The full name.
        name: String,
        /// What it is now.
        actual: Option<ObjectId>,
    },
    /// Another process holds the lock, or died while it did. Nothing was changed.
    #[error("'{name}' is locked: '{}' exists", lock.display())]
    #[diagnostic(code(refs::locked), help("if no other git is running here: rm '{}'", lock.display()))]
    Locked {
        /// The full name.
        name: String,
        /// The lock file.
        lock: PathBuf,
    },
    /// One name would be a directory of the other. Nothing was changed.
    #[error("cannot create '{name}': '{other}' exists")]
    #[diagnostic(code(refs::occupied))]
    Occupied {
        /// The full name that was asked for.
        name: String,
        /// The reference in its way.
        other: String,
    },
    /// No reference can be called this.
    #[error("'{name}' is not a valid reference name")]
    #[diagnostic(code(refs::invalid))]
    Invalid {
        /// What was asked for.
        name: String,
        /// What gix said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// References cannot be read.
    #[error("cannot read '{name}'")]
    #[diagnostic(code(refs::unreadable))]
    Unreadable {
        /// The full name, or the prefix of those that were listed.
        name: String,
        /// What gix or the system said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// References cannot be written: no permission, no space, a broken disk.
    #[error("cannot update '{name}'")]
    #[diagnostic(code(refs::failed))]
    Failed {
        /// The first of the names that were to change.
        name: String,
        /// What gix or the system said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The git program could not be run or failed for a reason of its own, such as a hook that said no.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
}

impl RefError {
    /// Whether the same transaction, or one with values read anew, may pass a moment later.
    pub fn is_contention(&self) -> bool {
        matches!(self, Self::Moved { .. } | Self::Locked { .. })
    }
}
