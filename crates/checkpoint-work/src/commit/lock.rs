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
        patiently(index, || match create(note, &path) {
            Ok(()) => Ok(Some(Self { path: path.clone() })),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
            Err(source) => Err(CommitError::Index {
                path: path.clone(),
                source,
            }),
        })
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
    patiently(index, || Ok(lock.symlink_metadata().is_err().then_some(())))
}

/// Tries until it is done, while others may hold the lock.
fn patiently<T>(
    index: &Path,
    mut attempt: impl FnMut() -> Result<Option<T>, CommitError>,
) -> Result<T, CommitError> {
    let start = Instant::now();
    loop {
        if let Some(done) = attempt()? {
            return Ok(done);
        }
        if start.elapsed() > PATIENCE {
            let path = index.to_owned();
            return Err(CommitError::Locked { path });
        }
        std::thread::sleep(PAUSE);
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
