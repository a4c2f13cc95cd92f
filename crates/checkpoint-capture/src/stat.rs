//! Whether a file is still as the index saw it.

use filetime::FileTime;
use gix::index::entry::Stat as Recorded;
use rustix::fs::Stat;

/// How much of a file's stat data counts, as git's configuration says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatRules {
    /// `core.trustctime`
    trust_ctime: bool,
    /// `core.checkStat` is `default`: inode, owner and group count.
    check_all: bool,
    /// When the index was written: what changed in that very moment or later may look unchanged.
    index_written: FileTime,
}

impl StatRules {
    pub(crate) fn of(repo: &gix::Repository, index_written: FileTime) -> Self {
        let config = repo.config_snapshot();
        Self {
            trust_ctime: config.boolean("core.trustctime").unwrap_or(true),
            check_all: config
                .string("core.checkStat")
                .is_none_or(|value| value.as_slice() != b"minimal"),
            index_written,
        }
    }

    /// Whether the content of the file that `now` describes is surely the one `recorded` in the index; `false` means
    /// that it has to be read. Nanoseconds count where both sides have them, so that a file written within the second
    /// of the index, as all are after a clone, need not be read every time.
    pub(crate) fn is_unchanged(&self, recorded: &Recorded, now: &Stat) -> bool {
        recorded.size == lossy(now.st_size)
            && same_moment(
                recorded.mtime.secs,
                recorded.mtime.nsecs,
                now.st_mtime,
                now.st_mtime_nsec,
            )
            && (!self.trust_ctime
                || same_moment(
                    recorded.ctime.secs,
                    recorded.ctime.nsecs,
                    now.st_ctime,
                    now.st_ctime_nsec,
                ))
            && (!self.check_all
                || recorded.ino == lossy(now.st_ino)
                    && recorded.uid == now.st_uid
                    && recorded.gid == now.st_gid)
            && self.is_older_than_index(recorded)
    }

    /// Git's rule against races ("racy git"), to the nanosecond where the file system keeps them.
    fn is_older_than_index(&self, recorded: &Recorded) -> bool {
        let written: (u32, u32) = (
            lossy(self.index_written.unix_seconds()),
            self.index_written.nanoseconds(),
        );
        let changed = (recorded.mtime.secs, recorded.mtime.nsecs);
        match written.1 == 0 || changed.1 == 0 {
            true => changed.0 < written.0,
            false => changed < written,
        }
    }
}

/// The index keeps the low 32 bits of everything.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the index keeps the low 32 bits"
)]
#[expect(clippy::cast_sign_loss, reason = "git casts the same way")]
fn lossy(value: impl Into<i128>) -> u32 {
    value.into() as u32
}

fn same_moment(secs: u32, nsecs: u32, now: impl Into<i128>, now_nsecs: impl Into<i128>) -> bool {
    let now_nsecs = lossy(now_nsecs);
    secs == lossy(now) && (nsecs == now_nsecs || nsecs == 0 || now_nsecs == 0)
}

/// Two looks at one file: whether nothing happened to it in between.
pub fn is_same_file(before: &Stat, after: &Stat) -> bool {
    let moments = |stat: &Stat| {
        (
            stat.st_mtime,
            stat.st_mtime_nsec,
            stat.st_ctime,
            stat.st_ctime_nsec,
        )
    };
    (before.st_dev, before.st_ino) == (after.st_dev, after.st_ino)
        && before.st_size == after.st_size
        && before.st_mode == after.st_mode
        && moments(before) == moments(after)
}
