//! The turn to commit in a working tree, and what hooks are told of it.

use std::{
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use checkpoint_cli::Session;
use checkpoint_git::Repository;
use checkpoint_model::id::CheckpointId;
use rustix::fs::{FlockOperation, Mode, OFlags, flock};

use super::CommitError;

/// The end of the name of the index that a commit of ours works on.
pub(super) const INDEX: &str = ".checkpoint-commit";
/// How long the hooks of others are waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// After so long it is told what is waited for.
const SILENCE: Duration = Duration::from_secs(1);

/// The turn to commit in one working tree. It is an flock(2), which ends with its holder, on a directory that is there
/// anyway; where the file system knows no such locks, everybody is let in, and who is faster is found out later.
#[derive(Debug)]
pub(super) struct Turn {
    _lock: OwnedFd,
    note: PathBuf,
}

/// A commit of an agent that runs, as one of its hooks sees it: it is kept already, and will be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnderWay {
    /// The checkpoint that has the state before it.
    pub checkpoint: CheckpointId,
}

impl Turn {
    pub(super) fn wait(session: &Session<'_>) -> Result<Self, CommitError> {
        let dir = session.repo.git_dir();
        let lock = open(dir).map_err(|source| CommitError::Index {
            path: dir.to_owned(),
            source: source.into(),
        })?;
        let start = Instant::now();
        let mut is_told = false;
        while let Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) =
            flock(&lock, FlockOperation::NonBlockingLockExclusive)
        {
            if start.elapsed() > PATIENCE {
                return Err(CommitError::Busy);
            }
            if start.elapsed() > SILENCE && !is_told {
                is_told = true;
                let talk = session.console.talk();
                talk.status("waiting for another commit in this working tree");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(Self {
            _lock: lock,
            note: note(&with(session.repo.index_path(), INDEX)),
        })
    }

    /// Tells hooks what they run for.
    pub(super) fn tell(&self, under_way: UnderWay) -> Result<(), CommitError> {
        let line = format!("{}\n", under_way.checkpoint);
        fs_err::write(&self.note, line).map_err(|source| CommitError::Index {
            path: self.note.clone(),
            source,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // What hooks are told holds for one commit.
        let _gone = fs_err::remove_file(&self.note);
    }
}

/// The commit of ours for which git runs a hook in `repo`; none for any other commit.
///
/// It is one only if the index is that of such a commit, and its turn is held by somebody alive: neither shows in the
/// environment alone, so nobody can say of a commit that it was kept.
#[must_use]
pub fn under_way(repo: &Repository) -> Option<UnderWay> {
    let index = repo.index_path();
    if !index.file_name()?.to_str()?.ends_with(INDEX) {
        return None;
    }
    let dir = open(repo.git_dir()).ok()?;
    if flock(&dir, FlockOperation::NonBlockingLockShared) != Err(rustix::io::Errno::WOULDBLOCK) {
        return None;
    }
    let line = fs_err::read_to_string(note(index)).ok()?;
    Some(UnderWay {
        checkpoint: line.trim_end().parse().ok()?,
    })
}

fn open(dir: &Path) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::open(dir, flags, Mode::empty())
}

/// Where a commit that works on this index says what it is.
fn note(index: &Path) -> PathBuf {
    with(index, "-note")
}

/// The path with more behind it.
pub(super) fn with(path: &Path, more: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(more);
    path.into()
}
