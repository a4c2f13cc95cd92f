//! One thing on disk, as far as it can be seen without changing it.

use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use fs_err as fs;

/// So many bytes of a content are kept, for a difference to be shown.
const SHOWN: usize = 160;

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Entry {
    content: Content,
    mode: u32,
    stat: Option<Stat>,
}

#[derive(Clone, PartialEq, Eq)]
enum Content {
    Folder,
    File {
        length: u64,
        digest: u64,
        start: Vec<u8>,
    },
    Link(Vec<u8>),
    Unreadable(u64),
    /// A fifo, socket or device: never opened.
    Special(&'static str),
}

/// In nanoseconds; the change time tells of a write that put everything back, even the modification time.
#[derive(Clone, PartialEq, Eq)]
struct Stat {
    modified: i128,
    changed: i128,
    inode: u64,
}

impl Entry {
    /// `exact` compares times and inode as well.
    pub(super) fn read(path: &Path, exact: bool) -> Self {
        let stat = fs::symlink_metadata(path).expect("it was just listed");
        let kind = stat.file_type();
        let content = if kind.is_dir() {
            Content::Folder
        } else if kind.is_symlink() {
            let target = fs::read_link(path).expect("it is a link");
            Content::Link(target.into_os_string().into_encoded_bytes())
        } else if kind.is_file() {
            Content::of_file(path, stat.len())
        } else if kind.is_fifo() {
            Content::Special("fifo")
        } else if kind.is_socket() {
            Content::Special("socket")
        } else {
            Content::Special("device")
        };
        Self {
            content,
            mode: stat.mode() & 0o7777,
            stat: exact.then(|| Stat::of(&stat)),
        }
    }

    /// Other bytes in place of those that were read.
    pub(super) fn with_bytes(mut self, bytes: &[u8]) -> Self {
        self.content = Content::of_bytes(bytes);
        self
    }

    pub(super) fn forget_identity(&mut self) {
        if let Some(stat) = &mut self.stat {
            stat.changed = 0;
            stat.inode = 0;
        }
    }

    /// What differs, in words.
    pub(super) fn changes(&self, now: &Self) -> String {
        let mut words = Vec::new();
        if self.content != now.content {
            words.push(format!("{} -> {}", self.content, now.content));
        }
        if self.mode != now.mode {
            words.push(format!("mode {:o} -> {:o}", self.mode, now.mode));
        }
        if let (Some(old), Some(new)) = (&self.stat, &now.stat) {
            let pairs = [
                ("mtime", old.modified, new.modified),
                ("ctime", old.changed, new.changed),
            ];
            let moved = pairs.iter().filter(|(_, old, new)| old != new);
            words.extend(moved.map(|(what, old, new)| format!("{what} {old} -> {new}")));
            if old.inode != new.inode {
                words.push("another inode".into());
            }
        }
        words.join(", ")
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mode {:o}, {}", self.mode, self.content)
    }
}

impl Content {
    fn of_file(path: &Path, length: u64) -> Self {
        let Ok(mut file) = fs::File::open(path) else {
            return Self::Unreadable(length);
        };
        let (mut digest, mut start, mut buffer) =
            (DefaultHasher::new(), Vec::new(), vec![0; 1 << 16]);
        loop {
            let n_read = file.read(&mut buffer).expect("an open file can be read");
            if n_read == 0 {
                break;
            }
            digest.write(&buffer[..n_read]);
            start.extend_from_slice(&buffer[..n_read.min(SHOWN - start.len().min(SHOWN))]);
        }
        Self::File {
            length,
            digest: digest.finish(),
            start,
        }
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        let mut digest = DefaultHasher::new();
        digest.write(bytes);
        let start = bytes[..bytes.len().min(SHOWN)].to_vec();
        Self::File {
            length: bytes.len() as u64,
            digest: digest.finish(),
            start,
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder => write!(f, "folder"),
            Self::File { length, start, .. } => {
                write!(
                    f,
                    "{length} bytes {:?}",
                    bstr::BStr::new(&start[..start.len().min(SHOWN)])
                )
            }
            Self::Link(target) => write!(f, "link to {:?}", bstr::BStr::new(target)),
            Self::Unreadable(length) => write!(f, "{length} bytes nobody may read"),
            Self::Special(kind) => write!(f, "{kind}"),
        }
    }
}

impl Stat {
    fn of(stat: &std::fs::Metadata) -> Self {
        let time = |seconds: i64, nanoseconds: i64| {
            i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
        };
        Self {
            modified: time(stat.mtime(), stat.mtime_nsec()),
            changed: time(stat.ctime(), stat.ctime_nsec()),
            inode: stat.ino(),
        }
    }
}
