//! When bytes are on the disk, and how to wait for that as shortly as possible.
//!
//! The rule: a file's content is synced **before** the file gets its final name, and the directories that got a new
//! name are synced **before** anyone may point a ref at it. After a power cut an object is there whole, or not there.
//! git by default skips both for loose objects (`core.fsync`).
//!
//! What is needed, system by system: ext4 and xfs would order the renames before a later, synced ref update by
//! themselves, but only with a journal, so this is not relied on; btrfs logs each directory on its own, so each one
//! needs its sync. On macOS we call plain `fsync`, which is git's default there too: it hands the data to the drive
//! but does not flush the drive's cache (`F_FULLFSYNC` does, at tens of milliseconds each).
//! A short cut that is refused: git's `core.fsyncMethod=batch` starts write-back of all files and syncs one dummy,
//! which only journals shared by the whole file system turn into a promise.
//!
//! A sync costs 0.1 to 0.2 ms on a fast virtual disk and milliseconds on a real one, but most of it is waiting for a
//! journal commit and a cache flush, which syncs that run at the same time share. Hence threads, not a loop.

use std::num::NonZero;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::ObjectError;

/// Whether [`finish`](super::ObjectSink::finish) waits until everything is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Every file and every directory touched is synced; a power cut after `finish` loses nothing.
    #[default]
    Fsync,
    /// The system writes when it likes. For tests and measurements.
    None,
}

/// More threads than this do not make a shared journal commit any cheaper.
pub(crate) const SYNC_THREADS: usize = 16;

impl Durability {
    /// Syncs one open file.
    pub(super) fn sync(self, file: impl AsFd, path: &Path) -> Result<(), ObjectError> {
        match self {
            Self::None => Ok(()),
            Self::Fsync => rustix::io::retry_on_intr(|| rustix::fs::fsync(&file))
                .map_err(ObjectError::because("sync", path)),
        }
    }

    /// Syncs all of `items`, at the same time; `open` gives the file of an item and its path.
    pub(super) fn sync_all<T: Sync>(
        self,
        items: &[T],
        sync: impl Fn(&T) -> Result<(), ObjectError> + Sync,
    ) -> Result<(), ObjectError> {
        match self {
            Self::None => Ok(()),
            Self::Fsync => spread(items, SYNC_THREADS, sync).map(drop),
        }
    }

    /// Syncs a directory, so that the names in it are kept.
    pub(super) fn sync_directory(self, path: &Path) -> Result<(), ObjectError> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty())
            .map_err(ObjectError::because("open", path))?;
        self.sync(directory, path)
    }
}

/// How many threads work that keeps a processor busy is worth.
pub(super) fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Does `work` on every item, on up to `threads` threads with the calling one among them.
///
/// Results come in the order of the items. After an error no further item is begun, and the first error is returned.
pub(crate) fn spread<T: Sync, R: Send, E: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let next = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else {
                return done;
            };
            match work(item) {
                Ok(result) => done.push((at, result)),
                Err(error) => {
                    next.store(items.len(), Ordering::Relaxed);
                    lock(&failure).get_or_insert(error);
                }
            }
        }
    };
    let mut done = thread::scope(|scope| {
        // A system that has no thread to spare is slow, not broken: the calling thread does all there is to do.
        let others: Vec<_> = (1..threads.min(items.len()))
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, worker).ok())
            .collect();
        let mut done = worker();
        for other in others {
            done.extend(
                other
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        done
    });
    if let Some(error) = into_inner(failure) {
        return Err(error);
    }
    done.sort_unstable_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

/// Locks; a thread that panicked while it held the lock has left nothing half done that could mislead us.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Takes what the lock guards.
pub(super) fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
