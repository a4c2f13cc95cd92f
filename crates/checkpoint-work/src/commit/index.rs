//! The index that a commit works on: a copy, so that a refusal leaves the real one as it was, to the byte.

use std::{
    cell::OnceCell,
    fmt::Write as _,
    io::{self, Seek as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

use bstr::{BStr, BString, ByteSlice as _};
use checkpoint_git::{Program, Repository};
use fs_err::File;
use gix::ObjectId;

use super::{
    CommitError,
    lock::{self, IndexLock},
    plan::Wanted,
    state::Planned,
    trees::Leaf,
    turn::{INDEX, with},
};
use crate::WorkError;

/// Which file it is: inode, length, time of the last write.
type Stamp = Option<(u64, u64, SystemTime)>;

/// The index as it was found. It is parsed when somebody asks for what is in it, which most commits do not.
pub(super) struct Base {
    file: Option<File>,
    stamp: Stamp,
    state: OnceCell<gix::index::State>,
}

impl Base {
    /// Looks at the index, between the writes of others. Fails where a lock on it stays.
    pub(super) fn read(repo: &Repository) -> Result<Self, WorkError> {
        let path = repo.index_path();
        lock::wait(path)?;
        let file = repo.open_index()?;
        let opened = file.as_ref().map(File::metadata).transpose();
        let stamp = opened.and_then(|file| file.map(|file| stamp_of(&file)).transpose());
        let base = Self {
            stamp: stamp.map_err(|source| unreadable(path, source))?,
            file,
            state: OnceCell::new(),
        };
        // The base of a split index is found only beside it, so it is not put off.
        if is_to_split(repo) {
            base.state(repo)?;
        }
        Ok(base)
    }

    /// The index as a commit that was killed has found it; an empty one where there was none.
    pub(super) fn left(path: &Path) -> Result<Self, CommitError> {
        let file = path.exists().then(|| File::open(path)).transpose();
        Ok(Self {
            file: file.map_err(|source| unreadable(path, source))?,
            stamp: stamp(path)?,
            state: OnceCell::new(),
        })
    }

    /// What is in it.
    pub(super) fn state(&self, repo: &Repository) -> Result<&gix::index::State, WorkError> {
        if let Some(state) = self.state.get() {
            return Ok(state);
        }
        let state = match self.again()? {
            Some(file) => repo.read_index_from(file)?.state,
            None => gix::index::State::new(repo.gix().object_hash()),
        };
        Ok(self.state.get_or_init(|| state))
    }

    /// The file, from its beginning.
    fn again(&self) -> Result<Option<File>, CommitError> {
        let again = |file: &File| {
            let mut again = file.try_clone()?;
            again.rewind()?;
            Ok(again)
        };
        let file = self.file.as_ref();
        let path = file.map(|file| file.path().to_owned()).unwrap_or_default();
        let file = file.map(again).transpose();
        file.map_err(|source| unreadable(&path, source))
    }

    /// Whether nobody has written the index since.
    pub(super) fn is_present(&self, repo: &Repository) -> Result<bool, CommitError> {
        Ok(stamp(repo.index_path())? == self.stamp)
    }

    /// Whether a merge of whatever kind left files for somebody to decide.
    pub(super) fn has_conflicts(&self, repo: &Repository) -> Result<bool, WorkError> {
        let mut entries = self.state(repo)?.entries().iter();
        Ok(entries.any(|entry| entry.stage() != gix::index::entry::Stage::Unconflicted))
    }
}

/// The copy, removed when it is dropped.
pub(super) struct OwnIndex {
    path: PathBuf,
}

impl OwnIndex {
    /// Copies the index as it was found.
    pub(super) fn of(repo: &Repository, base: &Base) -> Result<Self, CommitError> {
        let path = with(repo.index_path(), INDEX);
        // What a killed process left, and its lock.
        let _gone = fs_err::remove_file(&path);
        let _gone = fs_err::remove_file(with(&path, ".lock"));
        let own = Self { path };
        let file = base.again()?;
        file.map_or(Ok(()), |from| copy(from, &own.path))
            .map_err(|source| own.unwritten(source))?;
        Ok(own)
    }

    /// The copy of a commit that was killed, if it is there.
    pub(super) fn left(repo: &Repository) -> Self {
        Self {
            path: with(repo.index_path(), INDEX),
        }
    }

    /// The program, at work on the copy.
    pub(super) fn used_by(&self, program: Program) -> Program {
        program.env("GIT_INDEX_FILE", &self.path)
    }

    /// Gives it what the commit is to hold.
    pub(super) fn prepare(
        &self,
        repo: &Repository,
        head: Option<ObjectId>,
        Planned { plan, beside }: &Planned,
    ) -> Result<(), WorkError> {
        if plan.reset {
            self.reset(repo, head)?;
        }
        self.put(repo, &plan.stage)?;
        self.add(repo, beside)
    }

    /// Makes it HEAD's, with what is known of files that are the same in both.
    fn reset(&self, repo: &Repository, head: Option<ObjectId>) -> Result<(), WorkError> {
        let head = head.map(|head| head.to_string());
        let words = match &head {
            // Whether files are as the index says does not matter here.
            Some(head) => vec!["read-tree", "-i", "-m", head],
            None => vec!["read-tree", "--empty"],
        };
        self.prepared_by(repo, &words).output()?;
        Ok(())
    }

    /// Puts these entries in it.
    fn put(&self, repo: &Repository, entries: &Wanted) -> Result<(), WorkError> {
        put(repo, entries, |words| self.prepared_by(repo, words))
    }

    /// Puts files in it as they are now, whatever their size.
    fn add(&self, repo: &Repository, paths: &[BString]) -> Result<(), WorkError> {
        if paths.is_empty() {
            return Ok(());
        }
        let words = ["update-index", "--add", "--replace", "-z", "--stdin"];
        let mut lines = bstr::join("\0", paths);
        lines.push(0);
        self.prepared_by(repo, &words).output_of(&lines)?;
        Ok(())
    }

    /// The program, that changes what the commit is to have. `git commit` writes the whole copy anew before hooks or
    /// anybody else see it, so to take its checksum first would be work for nothing. The shared part of a split index
    /// has that for its name.
    fn prepared_by(&self, repo: &Repository, words: &[&str]) -> Program {
        let mut args = Vec::new();
        if !is_to_split(repo) && !has_shared_part(&self.path) {
            args.extend(["-c", "index.skipHash=true"]);
        }
        args.extend(words);
        self.used_by(repo.git(args))
    }

    /// Whether it has all of these.
    pub(super) fn holds(&self, repo: &Repository, entries: &Wanted) -> Result<bool, WorkError> {
        let file = File::open(&self.path).map_err(|source| unreadable(&self.path, source))?;
        let state = repo.read_index_from(file)?.state;
        let mut entries = entries.iter();
        Ok(entries.all(|(path, wanted)| is_at(&state, path.as_bstr(), *wanted)))
    }

    /// Gives the real index, whose lock is held, what was committed. `whole`: the copy holds all that the real one did.
    /// Where others have written meanwhile, or have something staged beside, only `entries` change, and of these only
    /// what they did not stage anew. From then on the copy is another name of the real one, for the hooks that still
    /// work on it. Tells whether it was written.
    pub(super) fn give_back(
        &self,
        repo: &Repository,
        _lock: &IndexLock,
        base: &Base,
        (whole, entries): (bool, &Wanted),
    ) -> Result<bool, WorkError> {
        let index = repo.index_path();
        let is_present = base.is_present(repo)?;
        let new = Self {
            path: with(&self.path, "-new"),
        };
        let _gone = fs_err::remove_file(&new.path);
        if whole && is_present {
            share(&self.path, &new.path).map_err(|source| new.unwritten(source))?;
            self.replace(index, &new)?;
            return Ok(true);
        }
        let now = &repo.read_index()?.state;
        let then = base.state(repo)?;
        let differs = |path: &BStr, wanted: Option<Leaf>| {
            (is_present || stages(then, path) == stages(now, path)) && !is_at(now, path, wanted)
        };
        let mut changed = Wanted::new();
        for (path, wanted) in entries {
            if differs(path.as_bstr(), *wanted) {
                changed.insert(path.clone(), *wanted);
            }
        }
        if changed.is_empty() {
            self.become_link(index)?;
            return Ok(false);
        }
        if stamp(index)?.is_some() {
            let copied = File::open(index).and_then(|index| copy(index, &new.path));
            copied.map_err(|source| new.unwritten(source))?;
        }
        put(repo, &changed, |words| new.used_by(repo.git(words)))?;
        self.replace(index, &new)?;
        Ok(true)
    }

    fn replace(&self, index: &Path, new: &Self) -> Result<(), CommitError> {
        fs_err::rename(&new.path, index).map_err(|source| new.unwritten(source))?;
        self.become_link(index)
    }

    /// Git locks and writes what a link leads to. There is no moment without a file at the name.
    fn become_link(&self, index: &Path) -> Result<(), CommitError> {
        let Some(name) = index.file_name().filter(|_| self.path.exists()) else {
            return Ok(());
        };
        let link = with(&self.path, "-link");
        let _gone = fs_err::remove_file(&link);
        let make = || {
            fs_err::os::unix::fs::symlink(name, &link)?;
            fs_err::rename(&link, &self.path)
        };
        make().map_err(|source| self.unwritten(source))
    }

    fn unwritten(&self, source: io::Error) -> CommitError {
        CommitError::Index {
            path: self.path.clone(),
            source,
        }
    }
}

impl Drop for OwnIndex {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove; of a link, the link is.
        let _gone = fs_err::remove_file(&self.path);
    }
}

/// Puts these entries in an index that `at_work` has git change.
fn put<'a>(
    repo: &Repository,
    entries: &Wanted,
    at_work: impl FnOnce(&[&'a str]) -> Program,
) -> Result<(), WorkError> {
    if entries.is_empty() {
        return Ok(());
    }
    let lines = lines(entries, repo.gix().object_hash());
    at_work(&["update-index", "-z", "--index-info"]).output_of(&lines)?;
    Ok(())
}

/// Whether git is to write the index in two parts.
fn is_to_split(repo: &Repository) -> bool {
    let config = repo.gix().config_snapshot();
    config.boolean("core.splitIndex") == Some(true)
}

/// Whether an index here may be one in two parts. Most repositories have none such, and the file itself would have to
/// be read to its end to tell.
fn has_shared_part(index: &Path) -> bool {
    let files = index.parent().map(fs_err::read_dir);
    let Some(Ok(mut files)) = files else {
        return true;
    };
    files.any(|file| {
        let name = file.map(|file| file.file_name());
        name.map_or(true, |name| {
            name.as_encoded_bytes().starts_with(b"sharedindex.")
        })
    })
}

/// Gives an index another name: nobody writes into one, a new one takes its place.
pub(super) fn share(from: &Path, to: &Path) -> io::Result<()> {
    let is_file = from.symlink_metadata()?.is_file();
    match is_file.then(|| fs_err::hard_link(from, to)) {
        Some(Ok(())) => Ok(()),
        _ => copy(File::open(from)?, to),
    }
}

/// Copies an index with its time: by that, git tells which files may have changed in the moment after it was written.
fn copy(mut from: File, to: &Path) -> io::Result<()> {
    let mut to = File::create(to)?;
    io::copy(&mut from, &mut to)?;
    let there = from.metadata()?;
    to.set_permissions(there.permissions())?;
    to.file().set_modified(there.modified()?)
}

/// All that the index says of a path.
fn stages(
    index: &gix::index::State,
    path: &BStr,
) -> Vec<(u32, ObjectId, gix::index::entry::Flags)> {
    let flags = gix::index::entry::Flags::STAGE_MASK | gix::index::entry::Flags::INTENT_TO_ADD;
    let range = index.entry_range(path).unwrap_or_default();
    let entries = index.entries()[range].iter();
    entries
        .map(|entry| (entry.mode.bits(), entry.id, entry.flags & flags))
        .collect()
}

fn is_at(index: &gix::index::State, path: &BStr, wanted: Option<Leaf>) -> bool {
    let stages = stages(index, path);
    match (stages.as_slice(), wanted) {
        ([], None) => true,
        ([(mode, id, flags)], Some(leaf)) => {
            *mode == u32::from(leaf.mode.value()) && *id == leaf.id && flags.is_empty()
        }
        _ => false,
    }
}

/// What `git update-index -z --index-info` reads.
fn lines(entries: &Wanted, hash: gix::hash::Kind) -> BString {
    let none = ObjectId::null(hash);
    let mut lines = BString::default();
    for (path, leaf) in entries {
        let (mode, id) = leaf.map_or((0, none), |leaf| (leaf.mode.value(), leaf.id));
        let mut head = String::new();
        write!(head, "{mode:o} {id}\t").expect("a string takes everything");
        lines.extend_from_slice(head.as_bytes());
        lines.extend_from_slice(path);
        lines.push(0);
    }
    lines
}

fn stamp(file: &Path) -> Result<Stamp, CommitError> {
    let found = match fs_err::metadata(file) {
        Ok(metadata) => stamp_of(&metadata).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    found.map_err(|source| unreadable(file, source))
}

fn stamp_of(file: &std::fs::Metadata) -> io::Result<(u64, u64, SystemTime)> {
    Ok((file.ino(), file.len(), file.modified()?))
}

fn unreadable(path: &Path, source: io::Error) -> CommitError {
    CommitError::Index {
        path: path.to_owned(),
        source,
    }
}
