//! One directory: its listing merged with its entries in the index.

use checkpoint_git::paths::as_path;
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use checkpoint_model::verdict::SkipReason;
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode};
use rustix::fs::{AtFlags, FileType, Mode as OpenMode, OFlags, Stat};
use rustix::io::Errno;

use super::{Candidate, Directory, Eyes, Found, Job, Permissions, Role, Walk};
use crate::CaptureError;
use crate::request::Untracked;
use crate::tree::{Change, Entry, child_name, run_of};

/// Few enough files to read at once, by the thread that found them.
const N_AT_ONCE: usize = 8;

/// A directory being looked at.
struct Visit<'v> {
    directory: &'v Directory,
    fd: Arc<OwnedFd>,
    /// For each name of the listing, whether the index knows it.
    is_known: Vec<bool>,
    candidates: Vec<Candidate>,
}

impl<'a> Walk<'a> {
    pub(super) fn job(
        &self,
        eyes: &mut Eyes<'a>,
        job: Job,
        found: &mut Found,
        new: &mut Vec<Job>,
    ) -> Result<(), CaptureError> {
        match job {
            Job::Directory(directory) => self.directory(eyes, &directory, found, new),
            Job::Files(fd, path, candidates) => candidates
                .iter()
                .try_for_each(|candidate| self.file(eyes, &fd, path.as_bstr(), candidate, found)),
        }
    }

    fn directory(
        &self,
        eyes: &mut Eyes<'a>,
        directory: &Directory,
        found: &mut Found,
        new: &mut Vec<Job>,
    ) -> Result<(), CaptureError> {
        let mut listing = std::mem::take(&mut eyes.listing);
        let fd = match self.open(directory)? {
            Ok(fd) => fd,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {
                self.gone(directory.entries.clone(), found);
                return Ok(());
            }
            Err(_) => {
                found.skip(directory.path.clone(), SkipReason::Unreadable, None);
                return Ok(());
            }
        };
        if directory.entries.is_empty() && self.is_git_dir(&fd) {
            eyes.listing = listing;
            return Ok(());
        }
        if listing.read(&fd).is_err() {
            found.skip(directory.path.clone(), SkipReason::Unreadable, None);
            return Ok(());
        }
        // The top has a `.git` too, and no entries while nothing was added.
        if !directory.path.is_empty()
            && directory.entries.is_empty()
            && listing.has_dot_git
            && self.is_repository(directory.path.as_bstr())
        {
            found.skip(directory.path.clone(), SkipReason::NestedRepository, None);
            eyes.listing = listing;
            return Ok(());
        }
        if listing.len() == 0 && !listing.has_dot_git && !directory.path.is_empty() {
            found.empty_directories.push(directory.path.clone());
        }
        self.count(listing.len());
        let mut visit = Visit {
            directory,
            fd: Arc::new(fd),
            is_known: vec![false; listing.len()],
            candidates: Vec::new(),
        };
        self.known(&mut visit, &listing, found, new);
        for position in 0..listing.len() {
            if !visit.is_known[position] {
                let (name, kind) = listing.get(position);
                self.unknown(eyes, &mut visit, name, kind, found, new)?;
            }
        }
        eyes.listing = listing;
        self.read(eyes, visit, found, new)
    }

    /// Opens the directory through its parent, never through a symbolic link.
    fn open(&self, directory: &Directory) -> Result<Result<OwnedFd, Errno>, CaptureError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match &directory.parent {
            None => self.open_top().map(Ok),
            Some(parent) => Ok(rustix::fs::openat(
                parent,
                directory.name().as_bytes(),
                flags,
                OpenMode::empty(),
            )),
        }
    }

    /// Whether `directory` is the repository's own: `.git` may be a file that names one beside it.
    fn is_git_dir(&self, directory: &OwnedFd) -> bool {
        use std::os::unix::fs::MetadataExt;
        let Ok(stat) = rustix::fs::fstat(directory) else {
            return false;
        };
        [self.repo.git_dir(), self.repo.common_dir()]
            .iter()
            .any(|path| {
                path.metadata()
                    .is_ok_and(|own| own.ino() == stat.st_ino && own.dev() == stat.st_dev)
            })
    }

    /// Whether `path` holds a repository of its own; the one we are in may lie below its working tree
    /// (`core.worktree`).
    fn is_repository(&self, path: &BStr) -> bool {
        let dot_git = self.work_tree.join(as_path(path)).join(".git");
        let is_own = || dot_git.canonicalize().ok() == self.repo.git_dir().canonicalize().ok();
        gix::discover::is_git(&dot_git).is_ok() && !is_own()
    }

    /// Looks at everything the index has directly in this directory, and queues the directories it has below.
    fn known(
        &self,
        visit: &mut Visit<'_>,
        listing: &crate::listing::Listing,
        found: &mut Found,
        new: &mut Vec<Job>,
    ) {
        let depth = visit.directory.path.len();
        let mut rest = visit.directory.entries.clone();
        let mut hint = 0;
        while let Some(first) = self.index.entries()[rest.clone()].first() {
            let path = first.path(self.index);
            let name = child_name(path, depth);
            let entries = &self.index.entries()[rest.clone()];
            let n_entries = run_of(entries, |entry| {
                child_name(entry.path(self.index), depth) <= name
            });
            let range = rest.start..rest.start + n_entries;
            rest.start = range.end;
            let bare_name = name.strip_suffix(b"/").unwrap_or(name).as_bstr();
            let position = listing.position(bare_name, hint);
            hint = position.map_or(hint, |position| position + 1);
            if first.mode.is_sparse() {
                // A directory that is not checked out; one that is was replaced by its files before.
                position
                    .into_iter()
                    .for_each(|position| visit.is_known[position] = true);
            } else if name.ends_with(b"/") {
                self.known_directory(
                    visit,
                    listing,
                    position,
                    path[..depth + name.len()].into(),
                    range,
                    found,
                    new,
                );
            } else {
                let kind = position.map(|position| listing.get(position).1);
                if self.known_file(visit, bare_name, kind, range, found) {
                    position
                        .into_iter()
                        .for_each(|position| visit.is_known[position] = true);
                }
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the state of one step of the merge"
    )]
    fn known_directory(
        &self,
        visit: &mut Visit<'_>,
        listing: &crate::listing::Listing,
        position: Option<usize>,
        path: BString,
        entries: Range<usize>,
        found: &mut Found,
        new: &mut Vec<Job>,
    ) {
        let kind = position.map(|position| listing.get(position).1);
        match (position, kind) {
            (Some(position), Some(FileType::Directory | FileType::Unknown)) => {
                visit.is_known[position] = true
            }
            // Another spelling may be what the file system knows it by; opening it will tell.
            (None, _) if self.rules.ignore_case => {}
            (None, _) => return self.gone(entries, found),
            _ => return self.replaced(entries, found),
        }
        let parent = Some(Arc::clone(&visit.fd));
        new.push(Job::Directory(Directory {
            parent,
            path,
            entries,
            is_ignored: false,
        }));
    }

    /// Looks at one path that the index has, in one or more stages; tells whether the name in the listing is that
    /// path, and not something untracked that took its place.
    fn known_file(
        &self,
        visit: &mut Visit<'_>,
        name: &BStr,
        kind: Option<FileType>,
        range: Range<usize>,
        found: &mut Found,
    ) -> bool {
        if kind.is_none() && !self.rules.ignore_case {
            self.gone(range, found);
            return false;
        }
        let Ok(stat) = rustix::fs::statat(&visit.fd, name.as_bytes(), AtFlags::SYMLINK_NOFOLLOW)
        else {
            self.gone(range, found);
            return kind.is_some();
        };
        let position = range.start;
        let entry = &self.index.entries()[position];
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory if entry.mode == Mode::COMMIT => {
                self.submodule(position, found);
                return true;
            }
            FileType::Directory => {
                self.replaced(range, found);
                return false;
            }
            FileType::RegularFile | FileType::Symlink => {}
            _ => {
                self.gone(range, found);
                found.skip(entry.path(self.index).to_owned(), special(&stat), None);
                return true;
            }
        }
        if entry.flags.contains(Flags::SKIP_WORKTREE) {
            found.sparse_present.push(entry.path(self.index).to_owned());
        }
        let is_settled = entry.stage_raw() == 0 && !entry.flags.contains(Flags::INTENT_TO_ADD);
        if is_settled
            && self.has_same_type(entry.mode, &stat)
            && self.rules.stat.is_unchanged(&entry.stat, &stat)
        {
            remember_permissions(position, entry.mode, &stat, found);
            found.see(entry.path(self.index), &stat, &self.rules);
            if self.rules.may_convert && entry.mode != Mode::SYMLINK {
                let role = Role::Clean(position);
                visit.candidates.push(Candidate {
                    name: name.to_owned(),
                    role,
                });
            }
            return true;
        }
        let role = if is_settled {
            Role::Tracked(position)
        } else {
            Role::Unsettled(self.telling(range))
        };
        visit.candidates.push(Candidate {
            name: name.to_owned(),
            role,
        });
        true
    }

    /// The entry of a conflict that tells the mode where the disk does not: ours, as git has it, else the first.
    fn telling(&self, range: Range<usize>) -> usize {
        let is_ours = |position: &usize| self.index.entries()[*position].stage_raw() == 2;
        range.clone().find(is_ours).unwrap_or(range.start)
    }

    /// Whether what `stat` describes is of the type and mode that the index has.
    fn has_same_type(&self, mode: Mode, stat: &Stat) -> bool {
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => mode == Mode::SYMLINK,
            _ => match mode {
                Mode::FILE => !self.rules.file_mode || stat.st_mode & 0o100 == 0,
                Mode::FILE_EXECUTABLE => !self.rules.file_mode || stat.st_mode & 0o100 != 0,
                Mode::SYMLINK => !self.rules.symlinks,
                _ => false,
            },
        }
    }

    /// Records that the paths of these entries are not there. Those of a sparse checkout are not meant to be.
    fn gone(&self, entries: Range<usize>, found: &mut Found) {
        self.missing(entries, false, found);
    }

    /// As [`gone`](Self::gone), because something else has taken their place: then no path of a sparse checkout can be
    /// there either.
    fn replaced(&self, entries: Range<usize>, found: &mut Found) {
        self.missing(entries, true, found);
    }

    fn missing(&self, entries: Range<usize>, is_replaced: bool, found: &mut Found) {
        for entry in &self.index.entries()[entries] {
            if crate::tree::is_in_tree(entry)
                && (is_replaced || !entry.flags.contains(Flags::SKIP_WORKTREE))
                && !entry.mode.is_sparse()
            {
                found.changed += 1;
                found.changes.push(Change {
                    path: entry.path(self.index).to_owned(),
                    now: None,
                });
            }
        }
    }

    /// A submodule counts with the commit that is checked out in it; what else is in it, it keeps itself.
    fn submodule(&self, position: usize, found: &mut Found) {
        let entry = &self.index.entries()[position];
        let path = entry.path(self.index);
        let directory = self.work_tree.join(as_path(path));
        let is_filled =
            fs_err::read_dir(&directory).is_ok_and(|mut entries| entries.next().is_some());
        if !is_filled {
            // No tree has it while it is in conflict.
            if entry.stage_raw() != 0 {
                found
                    .empty_directories
                    .push([path.as_bytes(), b"/"].concat().into());
            }
            return;
        }
        found.skip(path.to_owned(), SkipReason::NestedRepository, None);
        if let Some(id) = self
            .checked_out(&directory)
            .filter(|id| *id != entry.id || entry.stage_raw() != 0)
        {
            found.changed += 1;
            let now = Some(Entry {
                mode: Mode::COMMIT,
                id,
            });
            found.changes.push(Change {
                path: path.to_owned(),
                now,
            });
        }
    }

    /// The commit that is checked out in the repository at `directory`.
    fn checked_out(&self, directory: &std::path::Path) -> Option<ObjectId> {
        if !directory.join(".git").exists() {
            return None;
        }
        let opened = gix::open_opts(directory, gix::open::Options::isolated()).ok();
        let id = opened.and_then(|repo| repo.head_id().ok().map(gix::Id::detach));
        id.or_else(|| self.repo.head_of_submodule(directory))
    }

    /// Looks at a name that the index does not have.
    fn unknown(
        &self,
        eyes: &mut Eyes<'a>,
        visit: &mut Visit<'_>,
        name: &BStr,
        kind: FileType,
        found: &mut Found,
        new: &mut Vec<Job>,
    ) -> Result<(), CaptureError> {
        let mut path = visit.directory.path.clone();
        path.extend_from_slice(name);
        let kind = match kind {
            FileType::Unknown => {
                match rustix::fs::statat(&visit.fd, name.as_bytes(), AtFlags::SYMLINK_NOFOLLOW) {
                    Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                    Err(_) => return Ok(()),
                }
            }
            known => known,
        };
        let is_directory = kind == FileType::Directory;
        let is_ignored =
            visit.directory.is_ignored || eyes.is_ignored(self, path.as_bstr(), is_directory)?;
        if is_ignored && !self.is_included(path.as_bstr(), is_directory) {
            return Ok(());
        }
        if let Some(reason) = self.reason_to_leave_out(name, path.as_bstr(), kind, is_ignored) {
            found.skip(path, reason, None);
        } else if is_directory {
            path.push(b'/');
            let parent = Some(Arc::clone(&visit.fd));
            new.push(Job::Directory(Directory {
                parent,
                path,
                entries: 0..0,
                is_ignored,
            }));
        } else {
            let role = if is_ignored {
                Role::Ignored
            } else {
                Role::Untracked
            };
            visit.candidates.push(Candidate {
                name: name.to_owned(),
                role,
            });
        }
        Ok(())
    }

    /// Whether the request wants this ignored path, or something below it.
    fn is_included(&self, path: &BStr, is_directory: bool) -> bool {
        let include = &self.request.include;
        include.matches(path) || is_directory && include.may_match_below(path)
    }

    /// Why an untracked file, or an ignored one that is included, is not captured after all.
    fn reason_to_leave_out(
        &self,
        name: &BStr,
        path: &BStr,
        kind: FileType,
        is_ignored: bool,
    ) -> Option<SkipReason> {
        // A link named `.gitmodules` is set aside later; to git it is a name like any other here.
        if gix::validate::path::component(name, None, self.rules.names).is_err() {
            return Some(SkipReason::InvalidName);
        }
        let mut path = path.to_owned();
        if kind == FileType::Directory {
            path.push(b'/');
        }
        if self.request.exclude.matches(path.as_bstr()) {
            return Some(SkipReason::Excluded);
        }
        if !is_ignored && self.request.untracked == Untracked::LeftOut {
            return Some(SkipReason::UntrackedNotAsked);
        }
        match kind {
            FileType::Fifo => Some(SkipReason::Fifo),
            FileType::Socket => Some(SkipReason::Socket),
            FileType::CharacterDevice | FileType::BlockDevice => Some(SkipReason::Device),
            _ => None,
        }
    }

    /// Reads a few candidates at once, and makes jobs of many.
    fn read(
        &self,
        eyes: &mut Eyes<'a>,
        visit: Visit<'_>,
        found: &mut Found,
        new: &mut Vec<Job>,
    ) -> Result<(), CaptureError> {
        let Visit {
            directory,
            fd,
            mut candidates,
            ..
        } = visit;
        if candidates.len() <= N_AT_ONCE {
            return candidates.iter().try_for_each(|candidate| {
                self.file(eyes, &fd, directory.path.as_bstr(), candidate, found)
            });
        }
        let path = Arc::new(directory.path.clone());
        while !candidates.is_empty() {
            let rest = candidates.split_off(candidates.len().min(N_AT_ONCE));
            new.push(Job::Files(Arc::clone(&fd), Arc::clone(&path), candidates));
            candidates = rest;
        }
        Ok(())
    }
}

fn special(stat: &Stat) -> SkipReason {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Fifo => SkipReason::Fifo,
        FileType::Socket => SkipReason::Socket,
        _ => SkipReason::Device,
    }
}

/// Keeps the permissions of a tracked file; a link has none.
pub(super) fn remember_permissions(position: usize, mode: Mode, stat: &Stat, found: &mut Found) {
    if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
        && let Ok(position) = u32::try_from(position)
    {
        found
            .tracked_permissions
            .push((position, Permissions::of(mode, stat)));
    }
}
