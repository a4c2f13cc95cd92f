//! The working tree as it is now, as trees that nobody keeps.

use std::path::{Path, PathBuf};

use checkpoint_capture::{CaptureError, Request, capture};
use checkpoint_git::objects::{Durability, ObjectError, ObjectSink};
use checkpoint_model::verdict::Skipped;
use gix::ObjectId;
use miette::Diagnostic;
use tempfile::TempDir;
use thiserror::Error;

use crate::{Additions, Failure, Kind, Session, SessionError};

/// Why the working tree was not read for a comparison. Nothing was changed.
#[derive(Debug, Error, Diagnostic)]
pub enum PresentError {
    /// There is no place for the objects that the comparison needs for a moment.
    #[error("cannot write to the temporary directory '{}'", dir.display())]
    #[diagnostic(code(diff::no_scratch))]
    NoScratch {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The policy cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Session(#[from] SessionError),
    /// The state could not be captured.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Capture(#[from] CaptureError),
    /// Objects could not be written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Objects(#[from] ObjectError),
}

impl Failure for PresentError {
    fn kind(&self) -> Kind {
        match self {
            Self::NoScratch { .. } | Self::Objects(_) => Kind::Fatal,
            Self::Session(error) => error.kind(),
            Self::Capture(error) => error.kind(),
        }
    }
}

/// The present state, in an object database of its own, which is removed when this is dropped. The repository's stands
/// behind it as an alternate, so what is there already is not written again.
pub struct Present {
    /// The tree of the working tree, untracked files included.
    pub files: ObjectId,
    /// The tree of the index.
    pub index: ObjectId,
    /// What was not read, and why.
    pub skipped: Vec<Skipped>,
    scratch: TempDir,
}

impl Present {
    /// Captures the state of the working tree.
    pub fn capture(session: &Session<'_>) -> Result<Self, PresentError> {
        let repo = session.repo.gix();
        let home = repo.objects.store_ref().path().to_owned();
        let scratch = scratch(&home)?;
        let mut apart = repo.clone();
        let no_database = |source| no_scratch(scratch.path(), source);
        let database = gix::odb::at(scratch.path(), repo.object_hash()).map_err(no_database)?;
        apart.objects = gix::odb::memory::Proxy::new(database, repo.object_hash());
        let sink = ObjectSink::with_durability(&apart, Durability::None)?;
        let progress = session.console.progress("Reading files");
        let request = request(session)?;
        let captured = capture(&session.repo, &request, &sink, progress.counter())?;
        sink.finish()?;
        progress.finish();
        Ok(Self {
            files: captured.tree,
            index: captured.index_tree,
            skipped: captured.skipped,
            scratch,
        })
    }

    /// The object database that has the trees.
    pub fn objects(&self) -> &Path {
        self.scratch.path()
    }
}

fn scratch(alternate: &Path) -> Result<TempDir, PresentError> {
    let made = tempfile::Builder::new().prefix("git-checkpoint-").tempdir();
    let scratch = made.map_err(|source| no_scratch(&std::env::temp_dir(), source))?;
    let fill = || {
        fs_err::create_dir_all(scratch.path().join("info"))?;
        fs_err::create_dir_all(scratch.path().join("pack"))?;
        let mut line = gix::path::into_bstr(alternate)
            .map_err(std::io::Error::other)?
            .into_owned();
        line.push(b'\n');
        fs_err::write(scratch.path().join("info/alternates"), line)
    };
    fill().map_err(|source| no_scratch(scratch.path(), source))?;
    Ok(scratch)
}

fn no_scratch(dir: &Path, source: std::io::Error) -> PresentError {
    PresentError::NoScratch {
        dir: dir.to_owned(),
        source,
    }
}

/// What a checkpoint made now would hold: the same files are compared. Those outside the working tree are not.
fn request(session: &Session<'_>) -> Result<Request, SessionError> {
    let policy = session.policy()?.capture;
    Ok(Request {
        extra: Vec::new(),
        ..session.request(&policy, &Additions::default())?
    })
}
