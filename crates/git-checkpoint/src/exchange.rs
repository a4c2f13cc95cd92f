//! What `export` and `import` have in common.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use checkpoint_cli::{Failure, Kind};
use miette::Diagnostic;
use thiserror::Error;

/// Why nothing was exported or imported.
#[derive(Debug, Error, Diagnostic)]
pub enum ExchangeError {
    /// States are binary, and stand in a file of their own beside the records.
    #[error("states cannot be written to standard output")]
    #[diagnostic(
        code(export::state_needs_file),
        help("git checkpoint export --with-state --output checkpoints.jsonl")
    )]
    StateNeedsFile,
    /// The other program's format has no place for states.
    #[error("the format 'maestro' holds no states")]
    #[diagnostic(
        code(export::format_without_state),
        help("git checkpoint export --with-state --output checkpoints.jsonl")
    )]
    FormatWithoutState,
    /// The file cannot be written.
    #[error("cannot write '{}'", path.display())]
    #[diagnostic(code(export::unwritable))]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file cannot be read. Nothing was changed.
    #[error("cannot read '{}'", path.display())]
    #[diagnostic(code(import::unreadable))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bundle beside the records cannot be used.
    #[error("cannot import the states in '{}'{}", path.display(), if *has_records { "; the records are imported" } else { "" })]
    #[diagnostic(code(import::broken_bundle), help("git bundle verify '{}'", path.display()))]
    BrokenBundle {
        /// The bundle.
        path: PathBuf,
        /// Whether the records were imported before; nothing was changed otherwise.
        has_records: bool,
        /// What git or the store said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Failure for ExchangeError {
    fn kind(&self) -> Kind {
        match self {
            Self::StateNeedsFile | Self::FormatWithoutState => Kind::Usage,
            _ => Kind::Fatal,
        }
    }
}

/// Where the states stand that belong to the records in `file`: beside it.
pub(crate) fn bundle_beside(file: &Path) -> PathBuf {
    let mut path = OsString::from(file);
    path.push(".bundle");
    path.into()
}

/// Whether a path that was typed means a standard stream.
pub(crate) fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}
