//! Finding the directory of a path without being led astray.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use checkpoint_git::Repository;
use gix::bstr::{BStr, ByteSlice};
use rustix::fs::{Mode, OFlags, Stat};
use rustix::io::Errno;

use super::look::{look_at, same_place};
use super::{FilesError, Found};
use crate::faults;

/// The top of the working tree. All paths begin here.
#[derive(Debug)]
pub(super) struct Top {
    fd: OwnedFd,
    /// The git directories, wherever they are: `GIT_DIR` may name one inside the working tree.
    git_dirs: Vec<Stat>,
}

/// Where a file belongs: an open directory, and a name in it.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) dir: OwnedFd,
    pub(super) name: &'a [u8],
    /// The whole path, to speak of it.
    pub(super) path: &'a BStr,
}

/// What became of the search for a place.
#[derive(Debug)]
pub(super) enum Located<'a> {
    Place(Place<'a>),
    /// A directory above it does not exist.
    Missing,
    /// Something else stands in the place of a directory above it.
    Obstructed {
        at: &'a BStr,
        found: Found,
    },
}

/// On Linux a directory that may be searched but not listed can be entered, as by git.
#[cfg(target_os = "linux")]
const ENTER: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const ENTER: OFlags = OFlags::RDONLY;

impl Top {
    pub(super) fn open(repo: &Repository) -> Result<Self, FilesError> {
        let path = repo.work_tree().ok_or(FilesError::Bare)?;
        let failed = |errno: Errno| FilesError::WorkTree {
            path: path.to_owned(),
            source: errno.into(),
        };
        let flags = ENTER | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty()).map_err(failed)?;
        let mut git_dirs = Vec::new();
        for dir in [repo.git_dir(), repo.common_dir()] {
            git_dirs.push(rustix::fs::stat(dir).map_err(failed)?);
        }
        Ok(Self { fd, git_dirs })
    }

    /// The place of `path`, which is valid.
    pub(super) fn find<'a>(&self, path: &'a BStr) -> Result<Located<'a>, FilesError> {
        self.walk(path, false)
    }

    /// The place of `path`, which is valid; missing directories are made. Fails with [`FilesError::InTheWay`].
    pub(super) fn make<'a>(&self, path: &'a BStr) -> Result<Place<'a>, FilesError> {
        match self.walk(path, true)? {
            Located::Place(place) => Ok(place),
            Located::Obstructed { at, found } => Err(in_the_way(path, at, found)),
            // Somebody removed what was made a moment ago.
            Located::Missing => Err(FilesError::at("open", path, Errno::NOENT)),
        }
    }

    /// Opens one directory after the other, no link followed. This is done anew for each step: a directory that
    /// somebody moved out of the working tree since the last one is not written to. `openat2` could do it in one call,
    /// but only on Linux, and would not show the directories between.
    fn walk<'a>(&self, path: &'a BStr, make: bool) -> Result<Located<'a>, FilesError> {
        let (parents, name) = match path.rfind_byte(b'/') {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => (&path[..0], path),
        };
        let dup = rustix::io::fcntl_dupfd_cloexec(&self.fd, 0);
        let mut dir = dup.map_err(FilesError::because("open", path))?;
        let mut end = 0;
        while end < parents.len() {
            let start = if end == 0 { 0 } else { end + 1 };
            end = parents[start..]
                .find_byte(b'/')
                .map_or(parents.len(), |length| start + length);
            let (at, component) = (path[..end].as_bstr(), &path[start..end]);
            let mut entered = enter(&dir, component);
            if make && matches!(entered, Err(Errno::NOENT)) {
                make_directory(dir.as_fd(), component, at)?;
                entered = enter(&dir, component);
            }
            dir = match entered {
                Ok(fd) => fd,
                Err(Errno::NOENT) => return Ok(Located::Missing),
                Err(Errno::NOTDIR | Errno::LOOP) => {
                    let found = look_at(dir.as_fd(), component, at)?.found;
                    return Ok(Located::Obstructed { at, found });
                }
                Err(errno) => return Err(FilesError::at("open", at, errno)),
            };
            self.refuse_git_dir(&dir, path)?;
        }
        Ok(Located::Place(Place { dir, name, path }))
    }

    /// The rules on names know `.git`, not where `GIT_DIR` points.
    fn refuse_git_dir(&self, dir: &OwnedFd, path: &BStr) -> Result<(), FilesError> {
        let stat = rustix::fs::fstat(dir).map_err(FilesError::because("open", path))?;
        match self.git_dirs.iter().any(|known| same_place(known, &stat)) {
            true => Err(FilesError::InvalidPath {
                path: path.to_owned(),
                reason: "it lies in the git directory".into(),
            }),
            false => Ok(()),
        }
    }
}

/// What is `found` at `at` keeps `path` from being written.
pub(super) fn in_the_way(path: &BStr, at: &BStr, found: Found) -> FilesError {
    FilesError::InTheWay {
        path: path.to_owned(),
        at: at.to_owned(),
        found,
    }
}

fn enter(dir: &OwnedFd, name: &[u8]) -> Result<OwnedFd, Errno> {
    let flags = ENTER | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(dir, name, flags, Mode::empty())
}

/// Makes a directory as the umask says; one that is there is as good.
pub(super) fn make_directory(
    dir: BorrowedFd<'_>,
    name: &[u8],
    path: &BStr,
) -> Result<(), FilesError> {
    const WHAT: &str = "make the directory";
    faults::point("files::before_mkdir").map_err(FilesError::because(WHAT, path))?;
    match rustix::fs::mkdirat(dir, name, Mode::from_raw_mode(0o777)) {
        Ok(()) => faults::passed("files::after_mkdir"),
        Err(Errno::EXIST) => {}
        Err(errno) => return Err(FilesError::at(WHAT, path, errno)),
    }
    Ok(())
}
