//! A file in the making, beside the place that it is for.

use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{Seek, SeekFrom};
use std::os::fd::AsFd;
use std::str::FromStr;

use gix::bstr::BStr;
use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags, Stat};
use rustix::io::Errno;

use super::compare::is_same_content;
use super::directory::Place;
use super::look::{There, is_moved, is_still, look_at, open_regular, same_place};
use super::{FilesError, Found};
use crate::faults;

/// What makes the names of one restore's temporary files its own: 16 hex digits. It is kept with the restore, so that
/// what a killed one left behind is known for what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    pub fn random() -> Self {
        // The standard library seeds each of its hash maps at random.
        Self(format!(
            "{:016x}",
            RandomState::new().build_hasher().finish()
        ))
    }

    /// The name of the temporary file, in whatever directory.
    pub(super) fn file_name(&self) -> String {
        format!(".git-checkpoint-{}.tmp", self.0)
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Not a [`Token`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not 16 hex digits")]
pub struct TokenError(String);

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        match text.len() == 16 && text.bytes().all(is_digit) {
            true => Ok(Self(text.to_owned())),
            false => Err(TokenError(text.to_owned())),
        }
    }
}

/// A file beside the place it is for; gone when it is dropped before it was [`put`](Temporary::put) there.
pub(super) struct Temporary<'a> {
    place: &'a Place<'a>,
    name: &'a str,
    /// None for a link.
    file: Option<File>,
    /// What it was when it was made.
    made: Stat,
    is_put: bool,
}

impl<'a> Temporary<'a> {
    /// An empty file with the permissions that the umask leaves of `mode`.
    pub(super) fn file(place: &'a Place<'a>, name: &'a str, mode: u16) -> Result<Self, FilesError> {
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(mode.into());
        let file = anew(place, name, || {
            rustix::fs::openat(&place.dir, name, flags, mode)
        })?;
        let made = rustix::fs::fstat(&file).map_err(FilesError::because("look at", place.path))?;
        Ok(Self {
            place,
            name,
            file: Some(File::from(file)),
            made,
            is_put: false,
        })
    }

    /// A symbolic link.
    pub(super) fn link(
        place: &'a Place<'a>,
        name: &'a str,
        target: &[u8],
    ) -> Result<Self, FilesError> {
        anew(place, name, || {
            rustix::fs::symlinkat(target, &place.dir, name)
        })?;
        let made = rustix::fs::statat(&place.dir, name, AtFlags::SYMLINK_NOFOLLOW);
        Ok(Self {
            place,
            name,
            file: None,
            made: made.map_err(FilesError::because("look at", place.path))?,
            is_put: false,
        })
    }

    /// The file to write to; none for a link.
    pub(super) fn file_mut(&mut self) -> Option<&mut File> {
        self.file.as_mut()
    }

    /// Whether what was seen at the place holds the same bytes.
    pub(super) fn is_there(&mut self, there: &There) -> Result<bool, FilesError> {
        let path = self.place.path;
        let Some(file) = &mut self.file else {
            return Ok(false);
        };
        let because = || FilesError::because("read", path);
        let size = file.seek(SeekFrom::End(0)).map_err(because())?;
        if !there.found.is_regular() || there.size() != size {
            return Ok(false);
        }
        let Some(mut present) = open_regular(self.place, there)? else {
            return Ok(false);
        };
        file.seek(SeekFrom::Start(0)).map_err(because())?;
        is_same_content(file, &mut present).map_err(because())
    }

    /// Renames it to its place, if that is still as it was when it was looked at; tells whether it did.
    pub(super) fn put(mut self, there: &There) -> Result<bool, FilesError> {
        let path = self.place.path;
        faults::point("files::before_rename").map_err(FilesError::because("rename", path))?;
        if !is_still(self.place, there)? {
            return Ok(false);
        }
        let renamed = match there.found {
            Found::Nothing => self.rename_to_nothing(),
            _ => return self.exchange(there),
        };
        match renamed {
            Ok(()) => {
                self.is_put = true;
                faults::passed("files::after_rename");
                Ok(true)
            }
            // Something took the place in this very moment.
            Err(Errno::EXIST) => Ok(false),
            Err(errno) => Err(FilesError::at("rename", path, errno)),
        }
    }

    /// Changes places with what is there, looks once more at what came out, and removes it if it is what was looked at
    /// before; else gives it back. Nothing that somebody saved in the last moment is lost so. It is also faster than to
    /// rename over it, since ext4 then starts to write the new file to the disk at once.
    fn exchange(mut self, there: &There) -> Result<bool, FilesError> {
        let path = self.place.path;
        match self.swap() {
            Ok(()) => {}
            Err(Errno::NOENT) => return Ok(false),
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => return self.rename_over(),
            Err(errno) => return Err(FilesError::at("rename", path, errno)),
        }
        // What has the temporary name now may be somebody's work: it stays, if all else fails.
        self.is_put = true;
        faults::passed("files::after_exchange");
        let out = self.look()?;
        if !is_moved(there, &out) {
            self.give_back(out)?;
            return Ok(false);
        }
        rustix::fs::unlinkat(&self.place.dir, self.name, AtFlags::empty())
            .map_err(FilesError::because("clean up beside", path))?;
        faults::passed("files::after_rename");
        Ok(true)
    }

    /// Undoes an exchange that brought out `theirs`. Whoever saved once may do so again meanwhile: then a newer file comes
    /// out, and is given back in its turn.
    fn give_back(&mut self, theirs: There) -> Result<(), FilesError> {
        const N_TRIES: usize = 100;
        let because = |errno: Errno| FilesError::at("give back", self.place.path, errno);
        let mut given_back = vec![theirs];
        for _ in 0..N_TRIES {
            self.swap().map_err(because)?;
            let out = self.look()?;
            let is_older = given_back.iter().any(|older| is_moved(older, &out));
            if is_older || self.is_ours(&out) {
                self.is_put = false;
                return Ok(());
            }
            given_back.push(out);
        }
        Err(because(Errno::BUSY))
    }

    fn swap(&self) -> Result<(), Errno> {
        let (dir, name) = (&self.place.dir, self.place.name);
        rustix::fs::renameat_with(dir, self.name, dir, name, RenameFlags::EXCHANGE)
    }

    fn look(&self) -> Result<There, FilesError> {
        look_at(
            self.place.dir.as_fd(),
            self.name.as_bytes(),
            self.place.path,
        )
    }

    fn is_ours(&self, there: &There) -> bool {
        let now = there.stat.as_ref();
        now.is_some_and(|now| same_place(&self.made, now))
    }

    /// Where places cannot be exchanged.
    fn rename_over(mut self) -> Result<bool, FilesError> {
        let (dir, name) = (&self.place.dir, self.place.name);
        match rustix::fs::renameat(dir, self.name, dir, name) {
            Ok(()) => {}
            Err(Errno::ISDIR | Errno::EXIST | Errno::NOTEMPTY) => return Ok(false),
            Err(errno) => return Err(FilesError::at("rename", self.place.path, errno)),
        }
        self.is_put = true;
        faults::passed("files::after_rename");
        Ok(true)
    }

    /// What appears there in the last moment is not replaced, where the file system can do that.
    fn rename_to_nothing(&self) -> Result<(), Errno> {
        let (dir, name) = (&self.place.dir, self.place.name);
        let flags = RenameFlags::NOREPLACE;
        match rustix::fs::renameat_with(dir, self.name, dir, name, flags) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                rustix::fs::renameat(dir, self.name, dir, name)
            }
            other => other,
        }
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.is_put {
            // What cannot be removed now is removed when the restore goes on.
            let _ = rustix::fs::unlinkat(&self.place.dir, self.name, AtFlags::empty());
        }
    }
}

/// Makes what a killed restore with this token may have left half-made.
fn anew<T>(
    place: &Place<'_>,
    name: &str,
    make: impl Fn() -> Result<T, Errno>,
) -> Result<T, FilesError> {
    let path: &BStr = place.path;
    faults::point("files::before_write").map_err(FilesError::because("create", path))?;
    let made = match make() {
        Err(Errno::EXIST) => {
            rustix::fs::unlinkat(&place.dir, name, AtFlags::empty()).and_then(|()| make())
        }
        other => other,
    };
    made.map_err(FilesError::because("create", path))
}
