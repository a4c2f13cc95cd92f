//! Putting an index back through the git program, under the index's own lock.
//!
//! git knows every kind of index (split, sparse, version 4, sha256); gix would write one without its extensions. The
//! new index is made in a file of its own and renamed over the old one by way of `index.lock`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use checkpoint_git::{Program, Repository};
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::Flags;
use gix::objs::Kind;

use crate::RestoreError;
use crate::faults;
use crate::state::{Objects, State};

/// What stands in `index.lock` while a restore holds it: by it a later restore, which holds the desk, knows that the
/// one that took the lock is dead. git's own locks begin like an index, or with nothing.
const MARK: &[u8] = b"held by git safe-restore\n";

/// `index.lock`, held: no other git process writes the index meanwhile. Dropped without [`commit`](Self::commit), the
/// index stays as it was.
#[derive(Debug)]
pub(crate) struct IndexLock {
    path: PathBuf,
    index: PathBuf,
    is_held: bool,
}

impl IndexLock {
    /// Takes the lock; fails at once when another holds it. `scratch` is the directory of a desk that is taken.
    pub(crate) fn take(repo: &Repository, scratch: &Path) -> Result<Self, RestoreError> {
        let index = repo.index_path().to_owned();
        let path = lock_of(&index);
        let failed = |source: std::io::Error| match source.kind() {
            ErrorKind::AlreadyExists => RestoreError::IndexLocked { path: path.clone() },
            _ => RestoreError::GitDir {
                path: path.clone(),
                source,
            },
        };
        faults::point("lock::before").map_err(failed)?;
        Self::remove_stale(repo)?;
        create_marked(&path, &scratch.join("restore.mark")).map_err(failed)?;
        faults::passed("lock::after");
        Ok(Self {
            path,
            index,
            is_held: true,
        })
    }

    /// Removes a lock that a restore which is dead now has left behind. Only for who holds the desk.
    pub(crate) fn remove_stale(repo: &Repository) -> Result<(), RestoreError> {
        let path = lock_of(repo.index_path());
        match fs_err::read(&path) {
            Ok(content) if content == MARK => {
                fs_err::remove_file(&path).map_err(|source| RestoreError::GitDir { path, source })
            }
            _ => Ok(()),
        }
    }

    /// Puts `made` in the place of the index and gives the lock up.
    ///
    /// The lock is not written to: whoever finds it after a crash has to see whose it is. And renamed as it was made,
    /// the index keeps its time, by which git judges which entries may be racy.
    fn commit(mut self, made: &Path) -> Result<(), RestoreError> {
        let failed = |source| RestoreError::GitDir {
            path: self.index.clone(),
            source,
        };
        faults::point("index::before_write").map_err(failed)?;
        let file = File::options().write(true).open(made).map_err(failed)?;
        if let Ok(old) = self.index.metadata() {
            file.set_permissions(old.permissions()).map_err(failed)?;
        }
        file.sync_all().map_err(failed)?;
        faults::point("index::before_rename").map_err(failed)?;
        rename_across(made, &self.index).map_err(failed)?;
        faults::passed("index::after_rename");
        if let Some(directory) = self.index.parent() {
            let directory = fs_err::File::open(directory).map_err(failed)?;
            // Some file systems have nothing to sync there.
            drop(directory.sync_all());
        }
        self.is_held = false;
        match fs_err::remove_file(&self.path) {
            Err(source) if source.kind() != ErrorKind::NotFound => Err(RestoreError::GitDir {
                path: self.path.clone(),
                source,
            }),
            _ => {
                faults::passed("index::after_unlock");
                Ok(())
            }
        }
    }
}

/// Makes the lock with the mark in it, in one step where the file system can: it is never there without.
fn create_marked(lock: &Path, scratch: &Path) -> std::io::Result<()> {
    fs_err::write(scratch, MARK)?;
    let linked = fs_err::hard_link(scratch, lock);
    drop(fs_err::remove_file(scratch));
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            let mut file = fs_err::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(lock)?;
            file.write_all(MARK)
        }
        linked => linked,
    }
}

/// Renames, also where `GIT_INDEX_FILE` names a file on another file system.
fn rename_across(from: &Path, to: &Path) -> std::io::Result<()> {
    match fs_err::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            let mut beside = to.as_os_str().to_owned();
            beside.push(".checkpoint-tmp");
            fs_err::copy(from, &beside)?;
            let file = File::options().write(true).open(&beside)?;
            file.set_modified(from.metadata()?.modified()?)?;
            file.sync_all()?;
            fs_err::rename(beside, to)
        }
        renamed => renamed,
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        if self.is_held {
            // Nothing is lost by a lock that stays: git tells how to remove it.
            drop(fs_err::remove_file(&self.path));
        }
    }
}

/// The lock file of an index, as git names it.
fn lock_of(index: &Path) -> PathBuf {
    let mut path = index.as_os_str().to_owned();
    path.push(".lock");
    PathBuf::from(path)
}

/// Whether the index of `then` is another than that of `now`, by what counts: entries, stages and flags.
pub(crate) fn differs(
    objects: &Objects<'_>,
    now: &State,
    then: &State,
) -> Result<bool, RestoreError> {
    let is_same = now.index_tree == then.index_tree
        && now.side.conflicts == then.side.conflicts
        && now.side.staged == then.side.staged;
    if !is_same {
        return Ok(true);
    }
    if now.side.index == then.side.index {
        return Ok(false);
    }
    Ok(flags(objects, now)? != flags(objects, then)?)
}

/// Whether two index files tell the same: git may have refreshed what only saves it time.
pub(crate) fn tell_the_same(
    one: Option<&[u8]>,
    other: Option<&[u8]>,
    hash: gix::hash::Kind,
) -> bool {
    let parsed = |bytes: Option<&[u8]>| bytes.and_then(|bytes| parse(bytes, hash));
    let told = |index: &gix::index::State| {
        let counts =
            Flags::ASSUME_VALID | Flags::SKIP_WORKTREE | Flags::INTENT_TO_ADD | Flags::STAGE_MASK;
        let entries = index.entries().iter();
        let told = entries.map(|entry| {
            (
                entry.path(index).to_owned(),
                entry.id,
                entry.mode,
                entry.flags & counts,
            )
        });
        told.collect::<Vec<_>>()
    };
    one == other
        || matches!((parsed(one), parsed(other)), (Some(one), Some(other)) if told(&one) == told(&other))
}

/// Reads an index from its bytes; none where they are none.
pub(crate) fn parse(bytes: &[u8], hash: gix::hash::Kind) -> Option<gix::index::State> {
    let options = gix::index::decode::Options::default();
    let parsed = gix::index::State::from_bytes(bytes, filetime::FileTime::zero(), hash, options);
    parsed.ok().map(|(index, _)| index)
}

/// The flags of an index, as far as its trees do not tell them: each path with what is said of it.
fn flags(objects: &Objects<'_>, state: &State) -> Result<Vec<(BString, Flags)>, RestoreError> {
    let Some(id) = state.side.index else {
        return Ok(Vec::new());
    };
    let bytes = objects.read(id, Kind::Blob)?;
    let index = parse(&bytes, id.kind()).ok_or(RestoreError::MissingObject { id })?;
    let wanted = Flags::ASSUME_VALID | Flags::SKIP_WORKTREE | Flags::INTENT_TO_ADD;
    let told = index
        .entries()
        .iter()
        .filter(|entry| entry.flags.intersects(wanted));
    Ok(told
        .map(|entry| (entry.path(&index).to_owned(), entry.flags & wanted))
        .collect())
}

/// What the index shall be.
pub(crate) enum Make<'s> {
    /// As the state had it.
    Of(&'s State),
    /// As a commit has it: `git reset --mixed`.
    Tree(gix::ObjectId),
    /// As it is, but knowing the files that were just written.
    Refreshed,
}

/// Makes the index and puts it in the place of the old one. `scratch` is a directory of our own in the git directory.
/// Files that are `unsure` are compared even where they seem to be as the index has seen them.
pub(crate) fn replace(
    repo: &Repository,
    objects: &Objects<'_>,
    lock: IndexLock,
    make: &Make<'_>,
    unsure: &BTreeSet<&BStr>,
    scratch: &Path,
) -> Result<(), RestoreError> {
    faults::point("index::before_make").map_err(|source| RestoreError::GitDir {
        path: scratch.to_owned(),
        source,
    })?;
    let made = Made::begin(repo, scratch)?;
    match make {
        Make::Of(state) => match state.side.index {
            Some(raw) => made.take_raw(objects, state, raw)?,
            None => {
                made.forget_flags(repo)?;
                made.read_tree(repo, state.index_tree)?;
            }
        },
        Make::Tree(tree) => made.read_tree(repo, *tree)?,
        Make::Refreshed => {}
    }
    if !unsure.is_empty() {
        made.forget_looks(repo, unsure)?;
    }
    made.refresh(repo);
    // Where there was no index and none was made, there is none to put in its place.
    match made.path.exists() {
        true => lock.commit(&made.path),
        false => Ok(()),
    }
}

/// An index in the making; removed when dropped.
struct Made {
    path: PathBuf,
}

impl Made {
    /// Begins with the present index, stat data and time included, so that what stays known need not be read again.
    fn begin(repo: &Repository, scratch: &Path) -> Result<Self, RestoreError> {
        let path = scratch.join("restore.index");
        let made = Self { path };
        let failed = |source| RestoreError::GitDir {
            path: made.path.clone(),
            source,
        };
        if repo.index_path().exists() {
            let modified = repo
                .index_path()
                .metadata()
                .and_then(|file| file.modified())
                .map_err(failed)?;
            fs_err::copy(repo.index_path(), &made.path).map_err(failed)?;
            File::options()
                .write(true)
                .open(&made.path)
                .and_then(|file| file.set_modified(modified))
                .map_err(failed)?;
        }
        Ok(made)
    }

    fn git<'a>(&self, repo: &Repository, arguments: impl IntoIterator<Item = &'a str>) -> Program {
        // A split index would leave its other half beside the scratch file.
        // And git would take the skip-worktree flag off files that are there.
        let whole = [
            "-c",
            "core.splitIndex=false",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "sparse.expectFilesOutsideOfPatterns=true",
            // Larger files are hashed piece by piece, not held.
            "-c",
            "core.bigFileThreshold=8m",
        ];
        repo.git(whole.into_iter().chain(arguments))
            .env("GIT_INDEX_FILE", &self.path)
    }

    /// The index as it was written then; its time tells which of its entries were racy.
    fn take_raw(
        &self,
        objects: &Objects<'_>,
        state: &State,
        raw: gix::ObjectId,
    ) -> Result<(), RestoreError> {
        let failed = |source| RestoreError::GitDir {
            path: self.path.clone(),
            source,
        };
        let bytes = objects.read(raw, Kind::Blob)?;
        fs_err::write(&self.path, bytes).map_err(failed)?;
        let written = state.side.meta.index_written.unwrap_or_default();
        let modified = std::time::UNIX_EPOCH + std::time::Duration::new(written.0, written.1);
        File::options()
            .write(true)
            .open(&self.path)
            .and_then(|file| file.set_modified(modified))
            .map_err(failed)
    }

    /// Takes the flags off that the target does not have, which `read-tree` would keep.
    fn forget_flags(&self, repo: &Repository) -> Result<(), RestoreError> {
        // A split index is put together.
        let Ok(checkpoint_git::IndexSnapshot { state: index, .. }) = repo.read_index() else {
            // What cannot be read cannot be kept: read-tree begins anew.
            drop(fs_err::remove_file(&self.path));
            return Ok(());
        };
        let flagged = |flag, but: Flags| {
            let entries = index
                .entries()
                .iter()
                .filter(move |entry| entry.flags.contains(flag) && !entry.flags.intersects(but));
            let paths = entries
                .map(|entry| entry.path(&index))
                .filter(|path| !path.ends_with(b"/"));
            paths
                .flat_map(|path| path.iter().copied().chain([0]))
                .collect::<Vec<u8>>()
        };
        // An entry that is only intended to be added would stay so beside one of the same content.
        let intended = flagged(Flags::INTENT_TO_ADD, Flags::empty());
        if !intended.is_empty() {
            self.git(repo, ["update-index", "--force-remove", "-z", "--stdin"])
                .output_of(&intended)?;
        }
        // Those are out of the index by now.
        let flagged = |flag| flagged(flag, Flags::INTENT_TO_ADD);
        let takes = [
            (Flags::ASSUME_VALID, "--no-assume-unchanged"),
            (Flags::SKIP_WORKTREE, "--no-skip-worktree"),
        ];
        for (flag, option) in takes {
            let paths = flagged(flag);
            if !paths.is_empty() {
                self.git(repo, ["update-index", option, "-z", "--stdin"])
                    .output_of(&paths)?;
            }
        }
        Ok(())
    }

    /// Lets entries be as new ones, whose files git has to read: attributes have changed, by which it would store others.
    fn forget_looks(
        &self,
        repo: &Repository,
        unsure: &BTreeSet<&BStr>,
    ) -> Result<(), RestoreError> {
        // Each as `H 100644 <id> 0<tab><path>`; other letters are those of entries with flags, which stay.
        let listed = self
            .git(repo, ["ls-files", "-z", "--stage", "-v"])
            .output()?;
        let mut lines = Vec::new();
        for line in listed.split(|byte| *byte == 0) {
            let Some((entry, path)) = line.split_once_str(b"\t") else {
                continue;
            };
            // What is only intended to be added has the empty blob, which no attribute changes.
            let is_plain = entry.starts_with(b"H ") && entry.ends_with(b" 0");
            let is_empty = entry.split_str(b" ").any(is_empty_blob);
            if is_plain && !is_empty && unsure.contains(path.as_bstr()) {
                lines.extend_from_slice(&line[2..]);
                lines.push(0);
            }
        }
        if !lines.is_empty() {
            self.git(repo, ["update-index", "-z", "--index-info"])
                .output_of(&lines)?;
        }
        Ok(())
    }

    fn read_tree(&self, repo: &Repository, tree: gix::ObjectId) -> Result<(), RestoreError> {
        let id = tree.to_string();
        let sparse = ["-c", "core.sparseCheckout=false"];
        self.git(
            repo,
            sparse.into_iter().chain(["read-tree", "--reset", &id]),
        )
        .output()?;
        Ok(())
    }

    /// Lets git look at the files again. Exit status 1 says only that some differ.
    fn refresh(&self, repo: &Repository) {
        drop(self.git(repo, ["update-index", "-q", "--refresh"]).output());
    }
}

fn is_empty_blob(hex: &[u8]) -> bool {
    gix::ObjectId::from_hex(hex).is_ok_and(|id| id.is_empty_blob())
}

impl Drop for Made {
    fn drop(&mut self) {
        drop(fs_err::remove_file(&self.path));
        drop(fs_err::remove_file(lock_of(&self.path)));
    }
}
