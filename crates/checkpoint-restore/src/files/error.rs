//! Why a step was not done; what it would have changed is as it was.

use std::io;

use checkpoint_git::ProgramError;
use checkpoint_model::failure::{Failure, Kind};
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use miette::Diagnostic;
use rustix::io::Errno;
use thiserror::Error;

use super::Found;

/// Why a step was not done. What it would have changed is as it was; parents that it made may be left, empty.
#[derive(Debug, Error, Diagnostic)]
pub enum FilesError {
    /// There are no files to write.
    #[error("this operation must be run in a work tree")]
    #[diagnostic(code(files::bare))]
    Bare,
    /// The working tree's own directory cannot be entered.
    #[error("cannot open the working tree '{}'", path.display())]
    #[diagnostic(code(files::no_work_tree), help("ls -ld '{}'", path.display()))]
    WorkTree {
        /// Its top.
        path: std::path::PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A path that leads out of the working tree, or into a git directory; git refuses it as well.
    #[error("invalid path '{path}': {reason}")]
    #[diagnostic(code(files::invalid_path))]
    InvalidPath {
        /// The path.
        path: BString,
        /// What is wrong with it.
        reason: String,
    },
    /// Something that no step names stands where the file, or a directory above it, belongs.
    #[error("cannot write '{path}': {found} is in the way at '{at}'")]
    #[diagnostic(code(files::in_the_way), help("mv '{at}' '{at}.moved'"))]
    InTheWay {
        /// The file that was to be written.
        path: BString,
        /// Where the obstacle is: the file's own path, or that of a parent.
        at: BString,
        /// What it is.
        found: Found,
    },
    /// No room: the disk, the quota or the largest allowed file size is used up.
    #[error("cannot {doing} '{path}': no space left")]
    #[diagnostic(code(files::disk_full), help("df -h ."))]
    DiskFull {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file.
        path: BString,
        /// What the system said.
        source: io::Error,
    },
    /// The file or its directory may not be changed.
    #[error("cannot {doing} '{path}': permission denied")]
    #[diagnostic(code(files::denied), help("ls -ld '{}' '{path}'", directory(path)))]
    Denied {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file.
        path: BString,
        /// What the system said.
        source: io::Error,
    },
    /// The file system is read-only.
    #[error("cannot {doing} '{path}': the file system is read-only")]
    #[diagnostic(code(files::read_only), help("df '{}'", directory(path)))]
    ReadOnly {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file.
        path: BString,
        /// What the system said.
        source: io::Error,
    },
    /// The process, or the system, has as many files open as it may.
    #[error("cannot {doing} '{path}': too many open files")]
    #[diagnostic(code(files::too_many_open), help("ulimit -n 4096"))]
    TooManyOpen {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file.
        path: BString,
        /// What the system said.
        source: io::Error,
    },
    /// Any other failure of the file system.
    #[error("cannot {doing} '{path}'")]
    #[diagnostic(code(files::io))]
    Io {
        /// What was tried, as a verb: `open`, `write`, `rename`, …
        doing: &'static str,
        /// The file.
        path: BString,
        /// What the system said.
        source: io::Error,
    },
    /// The content of a file is not there, or cannot be read.
    #[error("cannot read object {id}, needed for '{path}'")]
    #[diagnostic(code(files::missing_object), help("git cat-file -t {id}"))]
    MissingObject {
        /// The object.
        id: ObjectId,
        /// The file.
        path: BString,
        /// What gix said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The content of a file is an object of another kind.
    #[error("object {id}, needed for '{path}', is a {kind}, not a blob")]
    #[diagnostic(code(files::not_a_blob), help("git cat-file -p {id}"))]
    NotABlob {
        /// The object.
        id: ObjectId,
        /// What it is.
        kind: gix::objs::Kind,
        /// The file.
        path: BString,
    },
    /// A blob that no symbolic link can have as its target: empty, too long, or with a NUL in it.
    #[error("cannot make the link '{path}': object {id} is not the target of a link")]
    #[diagnostic(code(files::link_target), help("git cat-file blob {id}"))]
    LinkTarget {
        /// The link.
        path: BString,
        /// The blob.
        id: ObjectId,
    },
    /// A filter that must not fail did; gitattributes(5), `filter.<driver>.required`.
    #[error("{path}: smudge filter {driver} failed")]
    #[diagnostic(
        code(files::filter),
        help("git config --get-regexp 'filter.{driver}.*'")
    )]
    Filter {
        /// The file.
        path: BString,
        /// The name of the filter.
        driver: BString,
        /// What went wrong; none when there is no command to run.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Rules that say how files are converted cannot be read.
    #[error("cannot read the {what}")]
    #[diagnostic(code(files::rules))]
    Rules {
        /// Which rules.
        what: &'static str,
        /// What gix said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The git program failed us.
    #[error("cannot write '{path}'")]
    #[diagnostic(code(files::program))]
    Program {
        /// The file.
        path: BString,
        /// How.
        source: ProgramError,
    },
}

impl Failure for FilesError {
    fn kind(&self) -> Kind {
        match self {
            Self::InvalidPath { .. } | Self::InTheWay { .. } => Kind::Refused,
            _ => Kind::Fatal,
        }
    }
}

impl FilesError {
    /// What the system said about `path`, in the words that fit.
    pub(crate) fn at(doing: &'static str, path: &BStr, source: impl Into<io::Error>) -> Self {
        let source = source.into();
        let path = path.to_owned();
        match Errno::from_io_error(&source) {
            Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG) => Self::DiskFull {
                doing,
                path,
                source,
            },
            Some(Errno::ACCESS | Errno::PERM) => Self::Denied {
                doing,
                path,
                source,
            },
            Some(Errno::ROFS) => Self::ReadOnly {
                doing,
                path,
                source,
            },
            Some(Errno::MFILE | Errno::NFILE) => Self::TooManyOpen {
                doing,
                path,
                source,
            },
            _ => Self::Io {
                doing,
                path,
                source,
            },
        }
    }

    /// For `map_err`: [`FilesError::at`] with the error to come.
    pub(super) fn because<E: Into<io::Error>>(
        doing: &'static str,
        path: &BStr,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::at(doing, path, source)
    }
}

/// The directory of a path, for a command line.
fn directory(path: &BString) -> &BStr {
    match path.rfind_byte(b'/') {
        Some(at) => path[..at].as_bstr(),
        None => ".".into(),
    }
}
