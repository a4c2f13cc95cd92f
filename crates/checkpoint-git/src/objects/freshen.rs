//! Makes a file look new, so that `git gc` leaves it alone until a ref names what is in it.
//!
//! git takes away unreachable objects whose file is older than `gc.pruneExpire` (two weeks). An object that is written
//! again may be such a one; git therefore sets the file's time when it finds that it exists, and so do we.

use std::path::Path;
use std::sync::OnceLock;

use rustix::fs::{AtFlags, CWD, FileType, Timespec, Timestamps, UTIME_NOW};

/// Seconds. A file this young is not touched again: no one prunes that closely, and a checkpoint is reachable
/// milliseconds after it was written.
const YOUNG: i64 = 5 * 60;

/// What became of an attempt to freshen a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshened {
    /// There is no such file, or it is empty, as a crash may leave one: no object, no pack.
    Missing,
    /// It is young, or is now.
    Kept,
    /// It is there and belongs to someone who does not let us touch it.
    Refused,
}

/// Freshens files, and learns on the way what time the file system thinks it is.
///
/// The first file is touched in any case and looked at again: that tells the time by the clock which sets the times
/// of all the others, also on another machine's file system.
#[derive(Debug, Default)]
pub(super) struct Freshener {
    now: OnceLock<i64>,
}

impl Freshener {
    pub(super) fn freshen(&self, path: &Path) -> Freshened {
        let Some(modified) = seconds(path) else {
            return Freshened::Missing;
        };
        if self.now.get().is_some_and(|now| now - modified < YOUNG) {
            return Freshened::Kept;
        }
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_NOW,
        };
        let times = Timestamps {
            last_access: now,
            last_modification: now,
        };
        match rustix::fs::utimensat(CWD, path, &times, AtFlags::empty()) {
            Ok(()) => {
                self.now.get_or_init(|| seconds(path).unwrap_or(i64::MIN));
                Freshened::Kept
            }
            Err(rustix::io::Errno::NOENT) => Freshened::Missing,
            Err(_) => Freshened::Refused,
        }
    }
}

/// When the file was last written to, in seconds; `None` if it is no file with content.
fn seconds(path: &Path) -> Option<i64> {
    let stat = rustix::fs::stat(path).ok()?;
    let is_file = FileType::from_raw_mode(stat.st_mode).is_file();
    (is_file && stat.st_size > 0).then_some(stat.st_mtime)
}
