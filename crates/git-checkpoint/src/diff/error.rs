//! What can go wrong with a comparison.

use checkpoint_cli::{Failure, Kind};
use gix::ObjectId;
use miette::Diagnostic;
use thiserror::Error;

/// Why nothing was compared. Nothing was changed.
#[derive(Debug, Error, Diagnostic)]
pub enum DiffError {
    /// The snapshot is not of the shape that a checkpoint has.
    #[error("cannot read the index of snapshot {snapshot}")]
    #[diagnostic(code(diff::no_index), help("git fsck"))]
    NoIndex {
        /// The snapshot.
        snapshot: ObjectId,
        /// What gix said; none when the commit has no parents.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl Failure for DiffError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}
