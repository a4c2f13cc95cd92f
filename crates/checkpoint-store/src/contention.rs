//! Many writers, one notes reference: a queue among ourselves, and trying again when others were faster.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use checkpoint_git::Repository;
use checkpoint_git::refs::RefError;
use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};

use crate::{StoreError, fresh};

/// How long the notes reference may be snatched away before we give up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one waits for its turn before it tries without.
const QUEUE: Duration = Duration::from_secs(10);
/// A lock that is still the same after this long belongs to nobody alive.
const STALE: Duration = Duration::from_secs(3);
/// A lock that looks as if a dead writer of ours had left it is one after this long.
const DEAD: Duration = Duration::from_secs(1);
/// The longest single pause.
const LONGEST: Duration = Duration::from_millis(200);

/// A place at the head of the queue of our own writers; dropping it lets the next one in.
///
/// It only saves work: compare-and-swap on the reference decides. So it is an flock(2), which ends with its holder,
/// on a directory that is there anyway; where the file system knows no such locks, everybody is let in.
pub(crate) struct Turn {
    /// None where it was not waited for to the end.
    lock: Option<OwnedFd>,
}

impl Turn {
    pub(crate) fn wait(repo: &Repository) -> Self {
        let dir = repo.common_dir().join("refs");
        let Ok(lock) = open(
            &dir,
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        ) else {
            return Self { lock: None };
        };
        let start = Instant::now();
        while start.elapsed() < QUEUE {
            match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Self { lock: Some(lock) },
                Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => {
                    std::thread::sleep(Duration::from_millis(1).mul_f64(0.5 + 2.0 * fraction()));
                }
                Err(_) => break,
            }
        }
        Self { lock: None }
    }
}

impl Turn {
    /// Removes the lock of the records that one of our own writers has left when it was killed; tells whether it did.
    ///
    /// Hardly anybody of us holds that lock without the turn, which is ours now, and nobody for long. What git locks
    /// itself is told from it by what was to be written: a commit with other words.
    fn break_dead(&self, repo: &Repository, contended: &str, lock: &Path) -> bool {
        let is_of_records = lock == repo.common_dir().join(format!("{contended}.lock"));
        let is_dead = self.lock.is_some() && is_of_records && is_ours(repo, lock);
        is_dead && fs_err::remove_file(lock).is_ok()
    }
}

/// Whether `lock` was to become a commit of records by one of our commands.
fn is_ours(repo: &Repository, lock: &Path) -> bool {
    let content = fs_err::read(lock).unwrap_or_default();
    let id = gix::ObjectId::from_hex(content.trim_ascii()).ok();
    let commit = id.and_then(|id| repo.gix().find_object(id).ok());
    let words = commit.and_then(|object| object.try_into_commit().ok());
    words.is_some_and(|commit| {
        commit.message_raw().is_ok_and(|message| {
            let by = message.strip_prefix(b"Notes added by 'git ");
            by.is_some_and(|by| !by.starts_with(b"notes"))
        })
    })
}

/// Calls `attempt` until it does not lose a race for the reference `contended`.
///
/// Pauses are random and grow, so that many processes find an order among themselves. A lock, on whatever reference,
/// is waited for while it changes hands; that of `contended` is removed where one of us left it who is dead.
pub(crate) fn retry<T>(
    repo: &Repository,
    turn: &Turn,
    contended: &str,
    mut attempt: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    let mut seen: Option<(Lock, Instant)> = None;
    loop {
        let error = match attempt() {
            Err(StoreError::Refs(error)) if error.is_contention() => error,
            other => return other,
        };
        match &error {
            RefError::Moved { name, .. } if name != contended => return Err(error.into()),
            RefError::Locked { lock, .. } => {
                let lock = Lock::at(lock.clone());
                let since = match seen.take() {
                    Some((old, since)) if old == lock => since,
                    _ => Instant::now(),
                };
                if since.elapsed() > DEAD && turn.break_dead(repo, contended, &lock.path) {
                    continue;
                }
                if since.elapsed() > STALE {
                    return Err(error.into());
                }
                seen = Some((lock, since));
            }
            _ => {}
        }
        if start.elapsed() > PATIENCE {
            return Err(error.into());
        }
        std::thread::sleep(pause.mul_f64(0.5 + fraction()));
        pause = (pause * 2).min(LONGEST);
    }
}

/// A lock file, told from one that another process has put in its place.
#[derive(PartialEq)]
struct Lock {
    path: PathBuf,
    made: Option<SystemTime>,
}

impl Lock {
    fn at(path: PathBuf) -> Self {
        let made = fs_err::symlink_metadata(&path)
            .and_then(|file| file.modified())
            .ok();
        Self { path, made }
    }
}

/// Something between 0 and 1.
fn fraction() -> f64 {
    f64::from(fresh::random()[9]) / 256.0
}
