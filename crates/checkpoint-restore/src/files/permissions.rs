//! The permissions of a file: exact, or what the umask gives a new one.

use std::os::fd::AsFd;

use rustix::fs::{Mode, Timespec, Timestamps};

use super::directory::Place;
use super::look::{There, open_regular};
use super::temporary::Temporary;
use super::{Applied, FileKind, FilesError, Found, Wanted};
use crate::faults;

/// The permissions that a file shall have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// These.
    Exact(u16),
    /// Those of a new file.
    ByUmask { executable: bool },
}

const CHANGE: &str = "change the permissions of";

impl Wish {
    pub(super) fn of(permissions: Option<u16>, executable: bool) -> Self {
        match permissions {
            Some(bits) => Self::Exact(bits & 0o7777),
            None => Self::ByUmask { executable },
        }
    }

    /// The permissions of a file to write in the place of what is there.
    pub(super) fn of_wanted(wanted: &Wanted, there: &There, file_mode: bool) -> Self {
        let executable = wanted.kind == FileKind::Executable;
        Self::of(wanted.permissions, executable).keeping(there, file_mode)
    }

    /// Without `core.fileMode` a tree does not say who may execute a file: one that is there stays as it is, unless the
    /// exact bits are known.
    pub(super) fn keeping(self, there: &There, file_mode: bool) -> Self {
        match self {
            Self::ByUmask { .. } if !file_mode && there.found.is_regular() => Self::ByUmask {
                executable: there.found == Found::Executable,
            },
            known => known,
        }
    }

    /// What to create a file with, so that nobody may read it who shall not.
    pub(super) fn at_creation(self) -> u16 {
        match self {
            Self::Exact(_) => 0o600,
            Self::ByUmask { executable: true } => 0o777,
            Self::ByUmask { executable: false } => 0o666,
        }
    }

    /// Gives them to a file that was created with [`at_creation`](Self::at_creation).
    pub(super) fn finish(self, file: impl AsFd) -> Result<(), rustix::io::Errno> {
        match self {
            Self::Exact(bits) => rustix::fs::fchmod(file, Mode::from_raw_mode(bits.into())),
            Self::ByUmask { .. } => Ok(()),
        }
    }

    /// Whether a file that holds what it shall hold is left as it is.
    pub(super) fn is_met(self, there: &There) -> bool {
        match self {
            Self::Exact(bits) => there.permissions() == Some(bits),
            Self::ByUmask { executable } => executable == (there.found == Found::Executable),
        }
    }
}

/// Gives the regular file at `place` these permissions; its content and its time stay.
pub(super) fn change(
    place: &Place<'_>,
    there: &There,
    wish: Wish,
    temporary_name: &str,
) -> Result<Applied, FilesError> {
    let path = place.path;
    let bits = match wish {
        Wish::Exact(bits) => bits,
        Wish::ByUmask { .. } => probe(place, wish, temporary_name)?,
    };
    let (Some(stat), true) = (there.stat, there.permissions() != Some(bits)) else {
        return Ok(Applied::AlreadySo);
    };
    let foreign = Applied::Foreign { found: there.found };
    let Some(mut file) = open_regular(place, there)? else {
        return Ok(foreign);
    };
    faults::point("files::before_chmod").map_err(FilesError::because(CHANGE, path))?;
    let mode = Mode::from_raw_mode(bits.into());
    if stat.st_nlink <= 1 {
        rustix::fs::fchmod(&file, mode).map_err(FilesError::because(CHANGE, path))?;
        faults::passed("files::after_chmod");
        return Ok(Applied::Done);
    }
    // Its other names, which may lie outside, are not ours to change: it becomes a file of its own.
    let mut copy = Temporary::file(place, temporary_name, 0o600)?;
    let out = copy.file_mut().expect("it was made as a file");
    std::io::copy(&mut file, out).map_err(FilesError::because("write", path))?;
    rustix::fs::fchmod(&*out, mode).map_err(FilesError::because(CHANGE, path))?;
    rustix::fs::futimens(&*out, &times(&stat))
        .map_err(FilesError::because("set the time of", path))?;
    Ok(match copy.put(there)? {
        true => Applied::Done,
        false => foreign,
    })
}

/// What the umask, or the directory's default access list, leaves of a new file's permissions.
fn probe(place: &Place<'_>, wish: Wish, temporary_name: &str) -> Result<u16, FilesError> {
    let mut probe = Temporary::file(place, temporary_name, wish.at_creation())?;
    let file = probe.file_mut().expect("it was made as a file");
    let stat = rustix::fs::fstat(&*file).map_err(FilesError::because("look at", place.path))?;
    Ok(u16::try_from(stat.st_mode & 0o7777).expect("twelve bits fit into sixteen"))
}

fn times(stat: &rustix::fs::Stat) -> Timestamps {
    let time = |tv_sec, tv_nsec: i128| Timespec {
        tv_sec,
        tv_nsec: tv_nsec.try_into().unwrap_or(0),
    };
    Timestamps {
        last_access: time(stat.st_atime, stat.st_atime_nsec.into()),
        last_modification: time(stat.st_mtime, stat.st_mtime_nsec.into()),
    }
}
