//! The working tree as it is now, as trees that nobody keeps.

use std::path::Path;

use checkpoint_capture::{Request, capture};
use checkpoint_git::objects::{Durability, ObjectSink};
use checkpoint_model::verdict::Skipped;
use gix::ObjectId;
use tempfile::TempDir;

use super::DiffError;
use crate::{CheckpointError, request::Additions, session::Session};

/// The present state, in an object database of its own, which is removed when this is dropped. The repository's stands
/// behind it as an alternate, so what is there already is not written again.
pub(crate) struct Present {
    /// The tree of the working tree, untracked files included.
    pub(super) files: ObjectId,
    /// The tree of the index.
    pub(super) index: ObjectId,
    /// What was not read, and why.
    pub(super) skipped: Vec<Skipped>,
    scratch: TempDir,
}

impl Present {
    /// Captures the state of the working tree.
    pub(super) fn capture(session: &Session<'_>) -> Result<Self, CheckpointError> {
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
    pub(super) fn objects(&self) -> &Path {
        self.scratch.path()
    }
}

fn scratch(alternate: &Path) -> Result<TempDir, DiffError> {
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

fn no_scratch(dir: &Path, source: std::io::Error) -> DiffError {
    DiffError::NoScratch {
        dir: dir.to_owned(),
        source,
    }
}

/// What a checkpoint made now would hold: the same files are compared. Those outside the working tree are not.
fn request(session: &Session<'_>) -> Result<Request, CheckpointError> {
    let policy = session.policy()?.capture;
    Ok(Request {
        extra: Vec::new(),
        ..session.request(&policy, &Additions::default())?
    })
}
