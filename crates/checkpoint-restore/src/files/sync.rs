//! Waiting until files are on the disk.
//!
//! Steps are not waited for one by one: most of a sync is waiting for a journal commit and a cache flush, which syncs
//! that run at the same time share. To sync the whole file system in one call would be one line, but would wait for
//! everything that anybody else is writing.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use checkpoint_git::Repository;
use gix::bstr::{BStr, BString, ByteSlice};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::directory::{Located, Place, Top};
use super::look::look;
use super::{FilesError, Found};
use crate::state::ancestors;

/// More threads than this do not make a shared journal commit any cheaper.
const MOST_THREADS: usize = 16;
/// A thread costs more than to sync so few.
const FEW: usize = 4;

/// What was changed in the working tree and may not be on the disk yet.
#[derive(Debug)]
pub(crate) struct Unsynced {
    top: Top,
    paths: BTreeSet<BString>,
}

impl Unsynced {
    /// What stands at `paths`, or that nothing does, with all directories above.
    pub(crate) fn of(
        repo: &Repository,
        paths: impl IntoIterator<Item = BString>,
    ) -> Result<Self, FilesError> {
        let mut paths: BTreeSet<BString> = paths.into_iter().collect();
        let above: BTreeSet<&[u8]> = paths.iter().flat_map(|path| ancestors(path)).collect();
        let above: Vec<BString> = above.into_iter().map(BString::from).collect();
        paths.extend(above);
        let top = Top::open(repo)?;
        Ok(Self { top, paths })
    }

    /// Waits until all of it is on the disk. What cannot be opened is passed over.
    pub(crate) fn wait(&self) -> Result<(), FilesError> {
        if self.paths.is_empty() {
            return Ok(());
        }
        let paths: Vec<&BStr> = self.paths.iter().map(|path| path.as_bstr()).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Located::Place(place) = self.top.find(path)? {
                    sync_one(&place)?;
                }
            }
            Ok(())
        };
        let n_threads = (paths.len() / FEW).clamp(1, MOST_THREADS);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (1..n_threads).map(|_| scope.spawn(work)).collect();
            let mine = work();
            let others = threads.into_iter().map(|thread| {
                let joined = thread.join();
                joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            others.fold(mine, Result::and)
        })?;
        let top = ".".into();
        self.top.find(top).and_then(|located| match located {
            Located::Place(place) => sync_one(&place),
            _ => Ok(()),
        })
    }
}

fn sync_one(place: &Place<'_>) -> Result<(), FilesError> {
    // A link has no content of its own; that it is there is a matter of its directory.
    let kind = match look(place)?.found {
        Found::Directory => OFlags::DIRECTORY,
        found if found.is_regular() => OFlags::NONBLOCK,
        _ => return Ok(()),
    };
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | kind;
    let Ok(file) = rustix::fs::openat(&place.dir, place.name, flags, Mode::empty()) else {
        return Ok(());
    };
    match rustix::io::retry_on_intr(|| rustix::fs::fsync(&file)) {
        // Some file systems have nothing to sync.
        Ok(()) | Err(Errno::INVAL | Errno::NOTSUP) => Ok(()),
        Err(errno) => Err(FilesError::at("sync", place.path, errno)),
    }
}
