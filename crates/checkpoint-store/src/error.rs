//! What can go wrong with keeping checkpoints.

use checkpoint_git::refs::RefError;
use gix::ObjectId;
use miette::Diagnostic;
use thiserror::Error;

/// Why a checkpoint was not kept, found or changed.
#[derive(Debug, Error, Diagnostic)]
pub enum StoreError {
    /// An object that must be there is not, or is broken.
    #[error("cannot read object {id}")]
    #[diagnostic(code(store::unreadable), help("git fsck"))]
    Unreadable {
        /// The object.
        id: ObjectId,
        /// What gix said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Objects could not be written. No reference was moved.
    #[error("cannot write to the object database")]
    #[diagnostic(code(store::unwritten))]
    Unwritten {
        /// What gix or the system said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// References could not be read or moved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refs(#[from] RefError),
}

impl StoreError {
    pub(crate) fn unreadable(
        id: ObjectId,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unreadable {
            id,
            source: source.into(),
        }
    }

    pub(crate) fn unwritten(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unwritten {
            source: source.into(),
        }
    }
}
