//! The locks of what is remembered of a remote: a git that was killed leaves them, and nobody else would remove them.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use checkpoint_git::Repository;

use crate::{RECORDS, Remote};

/// A lock that is the same after this long belongs to nobody: git holds it for the time of one rename.
const DEAD: Duration = Duration::from_secs(2);
/// How often it is looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits for the locks of the references that remember `remote`, and removes those that nobody holds any more.
pub(crate) fn free(repo: &Repository, remote: &Remote) {
    for reference in RECORDS {
        let lock = repo.common_dir().join(remote.tracking(reference) + ".lock");
        let Some(made) = made(&lock) else { continue };
        if stays(&lock, made) {
            // Where it cannot be removed, git will tell.
            let _gone = fs_err::remove_file(&lock);
        }
    }
}

fn stays(lock: &Path, made: SystemTime) -> bool {
    let start = Instant::now();
    while start.elapsed() < DEAD {
        std::thread::sleep(PAUSE);
        if self::made(lock) != Some(made) {
            return false;
        }
    }
    true
}

fn made(lock: &Path) -> Option<SystemTime> {
    lock.symlink_metadata()
        .and_then(|file| file.modified())
        .ok()
}
