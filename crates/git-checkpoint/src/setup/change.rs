//! Doing what is planned, all or nothing: each change knows how it is taken back.

use std::{
    io,
    os::{fd::OwnedFd, unix::fs::PermissionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::{AtFlags, CWD, FlockOperation, Mode, OFlags};

use super::{SetupError, there::is_one_file};

/// How often the turn is asked for, and how long to wait in between: it takes a moment until the lock of a process that
/// was killed is gone.
const PATIENCE: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// One step of `init` or `uninstall`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Makes a directory.
    Directory(PathBuf),
    /// Removes a directory that we made, if nothing is in it.
    NoDirectory(PathBuf),
    /// Gives what is at `at` a second name, under which it stays when something else comes to its place.
    Keep { at: PathBuf, kept: PathBuf },
    /// Puts a file where nothing is, in one step; fails where something has come meanwhile.
    Create {
        at: PathBuf,
        content: Vec<u8>,
        mode: u32,
        /// The directory for what is not yet whole: git must not take that for somebody's work.
        by: PathBuf,
    },
    /// Puts a file in place of what is there, in one step.
    Put {
        at: PathBuf,
        content: Vec<u8>,
        mode: u32,
    },
    /// Gives what was kept its first name back, in place of what is there now.
    GiveBack { kept: PathBuf, at: PathBuf },
    /// Removes a file.
    Remove(PathBuf),
    /// Puts a new config in the place of the one that said `before`, by git's own lock.
    Config {
        at: PathBuf,
        before: Vec<u8>,
        after: Vec<u8>,
    },
}

/// How a change is taken back.
enum Back {
    Nothing,
    RemoveDirectory(PathBuf),
    Change(Change),
    /// Removes the second name.
    Forget {
        at: PathBuf,
        kept: PathBuf,
    },
    /// Two changes, in this order.
    Both(Change, Change),
}

/// Holds off others; the system lets go of it when the process dies.
#[derive(Debug)]
pub(crate) struct Turn {
    _lock: Option<OwnedFd>,
}

impl Turn {
    /// Takes the turn, by a lock on the directory itself, so that nothing of it stays.
    pub(crate) fn take(directory: &Path) -> Result<Self, SetupError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(dir) = rustix::fs::open(directory, flags, Mode::empty()) else {
            return Ok(Self { _lock: None });
        };
        for _ in 0..PATIENCE {
            match rustix::fs::flock(&dir, FlockOperation::NonBlockingLockExclusive) {
                Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(PAUSE),
                // Some file systems know no locks of directories; renames are still whole.
                Ok(()) | Err(_) => return Ok(Self { _lock: Some(dir) }),
            }
        }
        Err(SetupError::Running)
    }
}

/// Does all of it; where one step fails, those before it are taken back.
pub(crate) fn apply(changes: &[Change]) -> Result<(), SetupError> {
    let mut done: Vec<Back> = Vec::new();
    for change in changes {
        match change.make() {
            Ok(back) => done.push(back),
            Err(error) => {
                // What cannot be taken back either is kept under its second name, and 'doctor' tells of it.
                done.into_iter().rev().for_each(|back| {
                    let _left: io::Result<()> = back.take();
                });
                return Err(error);
            }
        }
    }
    Ok(())
}

impl Change {
    /// The file it is about.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Directory(path) | Self::NoDirectory(path) | Self::Remove(path) => path,
            Self::Keep { at, .. }
            | Self::Create { at, .. }
            | Self::Put { at, .. }
            | Self::GiveBack { at, .. }
            | Self::Config { at, .. } => at,
        }
    }

    fn make(&self) -> Result<Back, SetupError> {
        if let Self::Config { at, before, after } = self {
            return replace_config(at, before, after);
        }
        self.write().map_err(|source| SetupError::Unwritten {
            path: self.path().to_owned(),
            source,
        })
    }

    fn write(&self) -> io::Result<Back> {
        match self {
            Self::Directory(path) => {
                fs_err::create_dir(path)?;
                Ok(Back::RemoveDirectory(path.clone()))
            }
            Self::NoDirectory(path) => {
                let removed = fs_err::remove_dir(path).is_ok();
                let back = || Back::Change(Self::Directory(path.clone()));
                Ok(if removed { back() } else { Back::Nothing })
            }
            Self::Keep { at, kept } => {
                keep(at, kept)?;
                let (at, kept) = (at.clone(), kept.clone());
                Ok(Back::Forget { at, kept })
            }
            Self::Create {
                at,
                content,
                mode,
                by,
            } => {
                create(at, content, *mode, by)?;
                Ok(Back::Change(Self::Remove(at.clone())))
            }
            Self::Put { at, content, mode } => {
                let before = present(at)?;
                let file = written_in(at.parent().unwrap_or(at), content, *mode)?;
                file.persist(at).map_err(|error| error.error)?;
                Ok(Back::Change(before))
            }
            Self::GiveBack { kept, at } => {
                let before = present(at)?;
                fs_err::rename(kept, at)?;
                let again = Self::Keep {
                    at: at.clone(),
                    kept: kept.clone(),
                };
                Ok(Back::Both(again, before))
            }
            Self::Remove(at) => {
                let before = present(at)?;
                match fs_err::remove_file(at) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                    _ => Ok(Back::Change(before)),
                }
            }
            Self::Config { .. } => Ok(Back::Nothing),
        }
    }
}

impl Back {
    fn take(self) -> io::Result<()> {
        let make = |change: Change| change.make().map(|_| ()).map_err(io::Error::other);
        match self {
            Self::Nothing => Ok(()),
            Self::RemoveDirectory(path) => fs_err::remove_dir(path),
            Self::Change(change) => make(change),
            Self::Forget { at, kept } if is_one_file(&at, &kept) => fs_err::remove_file(kept),
            Self::Forget { at, kept } => fs_err::rename(kept, at),
            Self::Both(one, other) => make(one).and_then(|()| make(other)),
        }
    }
}

/// What would put back what is at this path now. A link stays what it is under its second name; see [`keep`].
fn present(path: &Path) -> io::Result<Change> {
    match fs_err::symlink_metadata(path) {
        Ok(stat) if stat.is_file() => Ok(Change::Put {
            at: path.to_owned(),
            content: fs_err::read(path)?,
            mode: stat.permissions().mode() & 0o7777,
        }),
        _ => Ok(Change::Remove(path.to_owned())),
    }
}

/// A second name by a hard link, so that there is no moment without the first; where the file system has none, a rename.
fn keep(at: &Path, kept: &Path) -> io::Result<()> {
    match rustix::fs::linkat(CWD, at, CWD, kept, AtFlags::empty()) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::EXIST) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs_err::rename(at, kept),
    }
}

/// Another file system than that of `by` gets the file bit by bit; it takes one write.
fn create(at: &Path, content: &[u8], mode: u32, by: &Path) -> io::Result<()> {
    let made = written_in(by, content, mode)?.persist_noclobber(at);
    match made.map_err(|error| error.error) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let mut options = fs_err::OpenOptions::new();
            let mut file = options.write(true).create_new(true).open(at)?;
            file.set_permissions(std::fs::Permissions::from_mode(mode))?;
            io::Write::write_all(&mut file, content)?;
            file.sync_all()
        }
        made => made.map(drop),
    }
}

/// A file in `dir` that is going to have another name.
fn written_in(dir: &Path, content: &[u8], mode: u32) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".checkpoint-")
        .tempfile_in(dir)?;
    io::Write::write_all(&mut file, content)?;
    file.as_file()
        .set_permissions(std::fs::Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn replace_config(at: &Path, before: &[u8], after: &[u8]) -> Result<Back, SetupError> {
    // git follows a link to the file it stands for, and locks that.
    let real = fs_err::canonicalize(at).unwrap_or_else(|_| at.to_owned());
    let mut lock = real.clone().into_os_string();
    lock.push(".lock");
    let lock = PathBuf::from(lock);
    let mut options = fs_err::OpenOptions::new();
    let mut file = match options.write(true).create_new(true).open(&lock) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(SetupError::ConfigLocked { path: lock });
        }
        Err(source) => return Err(SetupError::Unwritten { path: lock, source }),
    };
    let mut replace = || {
        if fs_err::read(&real).unwrap_or_default() != before {
            return Err(io::Error::other("it was changed meanwhile"));
        }
        io::Write::write_all(&mut file, after)?;
        if let Ok(stat) = fs_err::metadata(&real) {
            file.set_permissions(stat.permissions())?;
        }
        file.sync_all()?;
        fs_err::rename(&lock, &real)
    };
    replace().map_err(|source| {
        let _left: io::Result<()> = fs_err::remove_file(&lock);
        let path = at.to_owned();
        SetupError::Unwritten { path, source }
    })?;
    Ok(Back::Change(Change::Config {
        at: at.to_owned(),
        before: after.to_owned(),
        after: before.to_owned(),
    }))
}
