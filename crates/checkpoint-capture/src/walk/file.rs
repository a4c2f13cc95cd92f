//! One file that has to be read.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;

use checkpoint_git::objects::ObjectError;
use checkpoint_model::verdict::SkipReason;
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::Mode;
use gix::objs::Kind;
use rustix::fs::{AtFlags, FileType, Mode as OpenMode, OFlags, Stat};

use super::directory::remember_permissions;
use super::{Candidate, Eyes, Found, Permissions, Role, Walk};
use crate::CaptureError;
use crate::filter::{BIG, Cleaned};
use crate::stat::is_same_file;
use crate::tree::{Change, Entry};

/// How often a file that changes while it is read is read again.
const N_TRIES: usize = 4;

/// A file as it was read.
struct Kept {
    stat: Stat,
    /// What git would store.
    id: ObjectId,
    /// The bytes themselves, where git would not give them back.
    raw: Option<ObjectId>,
    /// It changed whenever it was read.
    is_changing: bool,
}

/// Why there is nothing to keep of a file.
enum Unkept {
    Gone,
    Skipped(SkipReason, Option<u64>),
}

type Reading = Result<Result<Kept, Unkept>, CaptureError>;

impl<'a> Walk<'a> {
    /// Reads the file `candidate` in the directory `fd`, whose path is `directory`, and records what it is.
    pub(super) fn file(
        &self,
        eyes: &mut Eyes<'a>,
        fd: &OwnedFd,
        directory: &BStr,
        candidate: &Candidate,
        found: &mut Found,
    ) -> Result<(), CaptureError> {
        let mut path = directory.to_owned();
        path.extend_from_slice(&candidate.name);
        if let Role::Clean(position) = candidate.role {
            let entry = &self.index.entries()[position];
            let size = u64::from(entry.stat.size);
            let filters = eyes.filters(self)?;
            if filters.is_driven(path.as_ref()) {
                if self.is_unconverted(fd, candidate.name.as_bstr(), entry) {
                    let (mode, id) = (Mode::FILE, entry.id);
                    found.raw.push((path, Entry { mode, id }));
                }
                return Ok(());
            }
            if !filters.may_be_lossy(path.as_ref(), entry.id, size) {
                return Ok(());
            }
        }
        match self.keep(eyes, fd, candidate, &path)? {
            Ok(kept) => self.record(path, candidate.role, &kept, found),
            Err(Unkept::Gone) => self.record_gone(path, candidate.role, found),
            Err(Unkept::Skipped(reason, bytes)) => found.skip(path, reason, bytes),
        }
        Ok(())
    }

    /// Whether a file that git takes for unchanged holds what git stores of it, though a driver or an encoding should
    /// have made another of it: they were asked for after it was written.
    fn is_unconverted(&self, fd: &OwnedFd, name: &BStr, entry: &gix::index::Entry) -> bool {
        let written = (entry.stat.mtime.secs, entry.stat.mtime.nsecs);
        let is_older = self
            .rules
            .attributes_changed
            .is_some_and(|changed| written < changed);
        let size = u64::from(entry.stat.size);
        let stored = || self.repo.gix().try_find_header(entry.id).ok().flatten();
        if !is_older || size > BIG || stored().map(|header| header.size()) != Some(size) {
            return false;
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let Ok(file) = rustix::fs::openat(fd, name.as_bytes(), flags, OpenMode::empty()) else {
            return false;
        };
        let mut content = Vec::new();
        let read = File::from(file).take(BIG + 1).read_to_end(&mut content);
        let id = gix::objs::compute_hash(entry.id.kind(), Kind::Blob, &content);
        read.is_ok() && id.is_ok_and(|id| id == entry.id)
    }

    fn keep(
        &self,
        eyes: &mut Eyes<'a>,
        fd: &OwnedFd,
        candidate: &Candidate,
        path: &BString,
    ) -> Reading {
        let mut last = None;
        for _ in 0..N_TRIES {
            let Ok(before) =
                rustix::fs::statat(fd, candidate.name.as_slice(), AtFlags::SYMLINK_NOFOLLOW)
            else {
                return Ok(Err(Unkept::Gone));
            };
            let kept = match FileType::from_raw_mode(before.st_mode) {
                FileType::Symlink => self.keep_link(fd, candidate, before)?,
                FileType::RegularFile => self.keep_regular(eyes, fd, candidate, path, before)?,
                // It became something else since it was listed.
                _ => Some(Err(Unkept::Skipped(SkipReason::Changing, None))),
            };
            match kept {
                None => continue,
                Some(Err(unkept)) => return Ok(Err(unkept)),
                Some(Ok(kept)) => {
                    let after = rustix::fs::statat(
                        fd,
                        candidate.name.as_slice(),
                        AtFlags::SYMLINK_NOFOLLOW,
                    );
                    if after.is_ok_and(|after| is_same_file(&before, &after)) {
                        return Ok(Ok(kept));
                    }
                    last = Some(kept);
                }
            }
        }
        match last {
            Some(kept) => Ok(Ok(Kept {
                is_changing: true,
                ..kept
            })),
            None => Ok(Err(Unkept::Skipped(SkipReason::Changing, None))),
        }
    }

    fn keep_link(
        &self,
        fd: &OwnedFd,
        candidate: &Candidate,
        stat: Stat,
    ) -> Result<Option<Result<Kept, Unkept>>, CaptureError> {
        let Ok(target) = rustix::fs::readlinkat(fd, candidate.name.as_slice(), Vec::new()) else {
            return Ok(None);
        };
        let id = self.sink.write(Kind::Blob, target.into_bytes())?;
        Ok(Some(Ok(Kept {
            stat,
            id,
            raw: None,
            is_changing: false,
        })))
    }

    /// Reads a regular file; none when it has to be read again.
    fn keep_regular(
        &self,
        eyes: &mut Eyes<'a>,
        fd: &OwnedFd,
        candidate: &Candidate,
        path: &BString,
        stat: Stat,
    ) -> Result<Option<Result<Kept, Unkept>>, CaptureError> {
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        let is_tracked = !matches!(candidate.role, Role::Untracked | Role::Ignored);
        if !is_tracked && size > self.request.max_file_size {
            return Ok(Some(Err(Unkept::Skipped(SkipReason::TooLarge, Some(size)))));
        }
        // Without NONBLOCK a fifo that took the file's place would wait for a writer.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file =
            match rustix::fs::openat(fd, candidate.name.as_slice(), flags, OpenMode::empty()) {
                Ok(file) => File::from(file),
                Err(rustix::io::Errno::NOENT | rustix::io::Errno::LOOP) => return Ok(None),
                Err(_) => {
                    return Ok(Some(Err(Unkept::Skipped(
                        SkipReason::Unreadable,
                        Some(size),
                    ))));
                }
            };
        let stored = match self.store(eyes, candidate.role, path, &mut file, size) {
            Err(StoreError::Io(_)) => {
                return Ok(Some(Err(Unkept::Skipped(
                    SkipReason::Unreadable,
                    Some(size),
                ))));
            }
            Err(StoreError::Changed) => return Ok(None),
            Err(StoreError::Capture(error)) => return Err(error),
            Ok(stored) => stored,
        };
        let (id, raw) = stored;
        Ok(Some(Ok(Kept {
            stat,
            id,
            raw,
            is_changing: false,
        })))
    }

    /// Keeps the content of an open file: what git would store, and the bytes where they would not come back.
    fn store(
        &self,
        eyes: &mut Eyes<'a>,
        role: Role,
        path: &BString,
        file: &mut File,
        size: u64,
    ) -> Result<(ObjectId, Option<ObjectId>), StoreError> {
        if self.is_link_in_a_file(role) || matches!(role, Role::Ignored) {
            return Ok((self.store_raw(file, size)?, None));
        }
        let filters = eyes.filters(self)?;
        if size > BIG
            && filters
                .is_plain(path.as_ref(), file)
                .map_err(StoreError::Io)?
        {
            return Ok((self.sink.write_file(file, size)?, None));
        }
        let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
        file.read_to_end(&mut content).map_err(StoreError::Io)?;
        Ok(match filters.clean(path.as_ref(), &content) {
            Cleaned::Same => (self.sink.write(Kind::Blob, content)?, None),
            Cleaned::Converted {
                content: stored,
                is_lossy,
            } => {
                let raw = is_lossy
                    .then(|| self.sink.write(Kind::Blob, content))
                    .transpose()?;
                (self.sink.write(Kind::Blob, stored)?, raw)
            }
            Cleaned::SameButLossy | Cleaned::Failed => {
                let id = self.sink.write(Kind::Blob, content)?;
                (id, Some(id))
            }
        })
    }

    fn store_raw(&self, file: &mut File, size: u64) -> Result<ObjectId, StoreError> {
        if size > BIG {
            return Ok(self.sink.write_file(file, size)?);
        }
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(StoreError::Io)?;
        Ok(self.sink.write(Kind::Blob, content)?)
    }

    /// Without symbolic links (`core.symlinks=false`) a link of the index is a file that holds its target.
    fn is_link_in_a_file(&self, role: Role) -> bool {
        match role {
            Role::Tracked(position) | Role::Clean(position) | Role::Unsettled(position) => {
                !self.rules.symlinks && self.index.entries()[position].mode == Mode::SYMLINK
            }
            Role::Untracked | Role::Ignored => false,
        }
    }

    fn record(&self, path: BString, role: Role, kept: &Kept, found: &mut Found) {
        if !matches!(role, Role::Clean(_)) {
            found.bytes += u64::try_from(kept.stat.st_size).unwrap_or(0);
        }
        if kept.is_changing {
            found.skip(path.clone(), SkipReason::Changing, None);
        }
        if !matches!(role, Role::Clean(_)) {
            found.see(path.as_ref(), &kept.stat, &self.rules);
        }
        let now = Entry {
            mode: self.mode(role, &kept.stat),
            id: kept.id,
        };
        if let Some(id) = kept.raw {
            found.raw.push((
                path.clone(),
                Entry {
                    mode: Mode::FILE,
                    id,
                },
            ));
        }
        match role {
            Role::Ignored => return found.ignored.push((path, now)),
            Role::Untracked => {
                found.untracked += 1;
                if now.mode != Mode::SYMLINK {
                    found
                        .other_permissions
                        .push((path.clone(), Permissions::of(now.mode, &kept.stat)));
                }
            }
            Role::Tracked(position) | Role::Clean(position) | Role::Unsettled(position) => {
                if !matches!(role, Role::Clean(_)) {
                    remember_permissions(position, now.mode, &kept.stat, found);
                }
                let entry = &self.index.entries()[position];
                let is_same = now
                    == Entry {
                        mode: entry.mode,
                        id: entry.id,
                    };
                if matches!(role, Role::Tracked(_) | Role::Clean(_)) && is_same {
                    return;
                }
                found.changed += 1;
            }
        }
        found.changes.push(Change {
            path,
            now: Some(now),
        });
    }

    fn record_gone(&self, path: BString, role: Role, found: &mut Found) {
        if matches!(role, Role::Tracked(_) | Role::Clean(_)) {
            found.changed += 1;
            found.changes.push(Change { path, now: None });
        }
    }

    /// The mode a tree would give the file.
    fn mode(&self, role: Role, stat: &Stat) -> Mode {
        if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink
            || self.is_link_in_a_file(role)
        {
            return Mode::SYMLINK;
        }
        let recorded = match role {
            Role::Tracked(position) | Role::Clean(position) | Role::Unsettled(position) => {
                self.index.entries()[position].mode
            }
            Role::Untracked | Role::Ignored => Mode::FILE,
        };
        let is_executable = match self.rules.file_mode {
            true => stat.st_mode & 0o100 != 0,
            false => recorded == Mode::FILE_EXECUTABLE,
        };
        if is_executable {
            Mode::FILE_EXECUTABLE
        } else {
            Mode::FILE
        }
    }
}

enum StoreError {
    /// The file could not be read.
    Io(
        #[expect(
            dead_code,
            reason = "the reason given to the user is that it is unreadable"
        )]
        std::io::Error,
    ),
    /// It changed while it was read.
    Changed,
    Capture(CaptureError),
}

impl From<ObjectError> for StoreError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Changed { .. } => Self::Changed,
            ObjectError::Source { source, .. } => Self::Io(source),
            other => Self::Capture(other.into()),
        }
    }
}

impl From<CaptureError> for StoreError {
    fn from(error: CaptureError) -> Self {
        Self::Capture(error)
    }
}
