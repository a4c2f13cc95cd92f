//! What stands at a place now.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd};

use checkpoint_capture::is_same_file;
use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::Kind;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::directory::Place;
use super::{FilesError, Found};

/// What a look has shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct There {
    pub(super) found: Found,
    /// None where there is nothing.
    pub(super) stat: Option<Stat>,
}

impl There {
    /// Its permission bits.
    pub(super) fn permissions(&self) -> Option<u16> {
        let bits = self.stat?.st_mode & 0o7777;
        Some(u16::try_from(bits).expect("twelve bits fit into sixteen"))
    }

    /// Its size in bytes.
    pub(super) fn size(&self) -> u64 {
        self.stat
            .map_or(0, |stat| u64::try_from(stat.st_size).unwrap_or(0))
    }
}

pub(super) fn look(place: &Place<'_>) -> Result<There, FilesError> {
    look_at(place.dir.as_fd(), place.name, place.path)
}

pub(super) fn look_at(dir: BorrowedFd<'_>, name: &[u8], path: &BStr) -> Result<There, FilesError> {
    let stat = match rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => {
            return Ok(There {
                found: Found::Nothing,
                stat: None,
            });
        }
        Err(errno) => return Err(FilesError::at("look at", path, errno)),
    };
    let found = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile if stat.st_mode & 0o100 != 0 => Found::Executable,
        FileType::RegularFile => Found::File,
        FileType::Symlink => Found::Link,
        FileType::Directory => Found::Directory,
        _ => Found::Special,
    };
    Ok(There {
        found,
        stat: Some(stat),
    })
}

/// Whether nothing has happened to what is at `place` since it was looked at.
pub(super) fn is_still(place: &Place<'_>, there: &There) -> Result<bool, FilesError> {
    let now = look(place)?;
    Ok(match (&there.stat, &now.stat) {
        (None, None) => true,
        (Some(before), Some(now)) => is_same_file(before, now),
        _ => false,
    })
}

/// Opens the regular file that was looked at; none when it is not there as it was, or may not be read. Never waits.
pub(super) fn open_regular(place: &Place<'_>, there: &There) -> Result<Option<File>, FilesError> {
    // Without NONBLOCK a fifo that took the file's place would wait for a writer.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(&place.dir, place.name, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(errno @ (Errno::MFILE | Errno::NFILE)) => {
            return Err(FilesError::at("open", place.path, errno));
        }
        Err(_) => return Ok(None),
    };
    let now = rustix::fs::fstat(&file).map_err(FilesError::because("look at", place.path))?;
    let is_it = there.stat.is_some_and(|stat| is_same_file(&stat, &now));
    Ok((is_it && there.found.is_regular()).then_some(file))
}

/// The target of the link at `place`; none when there is no link any more.
pub(super) fn read_link(place: &Place<'_>) -> Option<Vec<u8>> {
    let target = rustix::fs::readlinkat(&place.dir, place.name, Vec::new()).ok()?;
    Some(target.into_bytes())
}

/// Whether its owner may execute the regular file at `path`; none where there is no such file.
pub(crate) fn is_executable(path: &std::path::Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    let file = path.symlink_metadata().ok().filter(|file| file.is_file())?;
    Some(file.permissions().mode() & 0o100 != 0)
}

/// The id that the bytes of the regular file at `path` would have as a blob, read in flat memory; none where there is no
/// such file, it cannot be read, or somebody writes to it.
pub(crate) fn hash_at(hash: gix::hash::Kind, path: &std::path::Path) -> Option<ObjectId> {
    let file = path.symlink_metadata().ok().filter(|file| file.is_file())?;
    let mut source = std::fs::OpenOptions::new().read(true).open(path).ok()?;
    hash_file(hash, &mut source, file.len()).ok()?
}

/// The id that a blob of exactly `size` bytes read from `file` would have; none when there are more or fewer, since
/// somebody writes to it.
pub(crate) fn hash_file(
    hash: gix::hash::Kind,
    file: &mut File,
    size: u64,
) -> std::io::Result<Option<ObjectId>> {
    let mut hasher = gix::hash::hasher(hash);
    hasher.update(&gix::objs::encode::loose_header(Kind::Blob, size));
    let mut buffer = vec![0; 256 * 1024];
    let mut n_total = 0_u64;
    while n_total <= size {
        let n_read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n_read) => n_read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        n_total += n_read as u64;
        hasher.update(&buffer[..n_read]);
    }
    // What looks like an attack on the hash is not what we know.
    Ok(hasher.try_finalize().ok().filter(|_| n_total == size))
}

/// Whether what stands elsewhere `now` is what was seen `before`: a rename changes the time of change, and no more.
pub(super) fn is_moved(before: &There, now: &There) -> bool {
    let (Some(before), Some(now)) = (&before.stat, &now.stat) else {
        return false;
    };
    same_place(before, now)
        && before.st_size == now.st_size
        && before.st_mode == now.st_mode
        && (before.st_mtime, before.st_mtime_nsec) == (now.st_mtime, now.st_mtime_nsec)
}

/// Whether both are one file or directory.
pub(super) fn same_place(one: &Stat, other: &Stat) -> bool {
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}
