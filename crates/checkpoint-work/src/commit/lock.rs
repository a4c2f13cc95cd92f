//! The lock of the index, held as git's own commits of paths hold it: from before the hooks until the index has the
//! commit. In between nobody can commit what the index does not know yet.

use std::{
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{CommitError, turn::with};

/// How long others may hold it.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(5);

/// The lock, given up when it is dropped.
#[derive(Debug)]
pub(super) struct IndexLock {
    path: PathBuf,
}

impl IndexLock {
    /// Takes the lock, in the words of `note`: by them it is known for ours, should we be killed.
    pub(super) fn take(index: &Path, note: &Path) -> Result<Self, CommitError> {
        let path = lock_of(index);
        let start = Instant::now();
        loop {
            match create(note, &path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(CommitError::Index {
                        path: path.clone(),
                        source: error,
                    });
                }
                Err(_) if start.elapsed() > PATIENCE => return Err(locked(index)),
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
    }

    /// The lock of a commit that was killed, which has left this `note`.
    pub(super) fn left(index: &Path, note: &Path) -> Option<Self> {
        let path = lock_of(index);
        let words = fs_err::read(&path).ok().filter(|words| !words.is_empty())?;
        (fs_err::read(note).ok()? == words).then_some(Self { path })
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        let _gone = fs_err::remove_file(&self.path);
    }
}

/// Waits while others hold the lock: one that somebody has left is better told before anything is begun.
pub(super) fn wait(index: &Path) -> Result<(), CommitError> {
    let lock = lock_of(index);
    let start = Instant::now();
    while lock.symlink_metadata().is_ok() {
        if start.elapsed() > PATIENCE {
            return Err(locked(index));
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

fn locked(index: &Path) -> CommitError {
    CommitError::Locked {
        path: index.to_owned(),
    }
}

/// Git locks what a link leads to.
fn lock_of(index: &Path) -> PathBuf {
    match index.symlink_metadata() {
        Ok(stat) if stat.is_symlink() => {
            let target = fs_err::canonicalize(index);
            with(&target.unwrap_or_else(|_| index.to_owned()), ".lock")
        }
        _ => with(index, ".lock"),
    }
}

/// In one step with what is in it, where the file system has hard links.
fn create(note: &Path, lock: &Path) -> io::Result<()> {
    match fs_err::hard_link(note, lock) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {}
        done => return done,
    }
    let words = fs_err::read(note)?;
    let mut options = fs_err::OpenOptions::new();
    let mut file = options.write(true).create_new(true).open(lock)?;
    file.write_all(&words)
}
