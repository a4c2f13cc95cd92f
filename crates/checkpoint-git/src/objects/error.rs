//! What can go wrong while objects are written.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use checkpoint_model::failure::{Failure, Kind};
use gix::ObjectId;

/// Why objects could not be written; nothing that was not complete has become visible in the repository.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ObjectError {
    /// The object database refuses to be written to: permissions, a read-only file system, a file in the way.
    #[error("cannot write objects: no write access to '{}'", path.display())]
    #[diagnostic(code(objects::unwritable), help("ls -ld '{}'", path.display()))]
    Unwritable {
        /// The file or directory that was to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No room: the disk, the quota or the largest allowed file size is used up.
    #[error("cannot write objects: no space left for '{}'", path.display())]
    #[diagnostic(code(objects::disk_full), help("df -h '{}'", path.parent().unwrap_or(path).display()))]
    DiskFull {
        /// The file that was to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Any other failure of the file system.
    #[error("cannot {doing} '{}'", path.display())]
    #[diagnostic(code(objects::io))]
    Io {
        /// What was tried, as a verb: `create`, `write`, `sync`, …
        doing: &'static str,
        /// The file or directory it was tried on.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file that was to be kept could not be read.
    #[error("cannot read the content to keep")]
    #[diagnostic(code(objects::source_unreadable))]
    Source {
        /// What the system said.
        source: io::Error,
    },
    /// The file that was to be kept changed while it was read. Reading it again may do.
    #[error("the content changed while it was read: {expected} bytes expected, {found} found")]
    #[diagnostic(code(objects::changed))]
    Changed {
        /// The size in bytes that the caller gave.
        expected: u64,
        /// The size in bytes that was read; the same as `expected` when only the content differs.
        found: u64,
    },
    /// The content looks like an attack on SHA-1; git refuses it as well.
    #[error("the content cannot be hashed safely")]
    #[diagnostic(code(objects::collision))]
    Collision {
        /// What the hasher found.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The list of other object databases (`objects/info/alternates`) cannot be followed.
    #[error("cannot follow the alternates of '{}'", path.display())]
    #[diagnostic(code(objects::alternates), help("cat '{}/info/alternates'", path.display()))]
    Alternates {
        /// The `objects` directory.
        path: PathBuf,
        /// What gix found.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An object that exists cannot be read back.
    #[error("cannot read object {id}")]
    #[diagnostic(code(objects::unreadable), help("git cat-file -p {id}"))]
    Unreadable {
        /// The object.
        id: ObjectId,
        /// What gix found.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An earlier write failed, so the set of objects has a hole and was not put in place.
    #[error("the objects are incomplete: an earlier write failed")]
    #[diagnostic(code(objects::incomplete))]
    Incomplete,
}

impl Failure for ObjectError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}

impl ObjectError {
    /// Sorts a failure of the file system into the variant that tells the reader what to do.
    pub(super) fn at(doing: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        let source = source.into();
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::NotADirectory => Self::Unwritable { path, source },
            // A limit on file size (`ulimit -f`) is "file too large": to the reader it is one more quota.
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::DiskFull { path, source }
            }
            _ => Self::Io {
                doing,
                path,
                source,
            },
        }
    }

    /// For `map_err`: [`ObjectError::at`] with the error to come.
    pub(super) fn because<E: Into<io::Error>>(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::at(doing, path, source)
    }

    /// For `map_err`: the content to keep could not be read.
    pub(super) fn source(source: io::Error) -> Self {
        Self::Source { source }
    }

    /// For `map_err`: the hasher refused.
    pub(super) fn collision(source: gix::Error) -> Self {
        Self::Collision {
            source: source.into(),
        }
    }
}
