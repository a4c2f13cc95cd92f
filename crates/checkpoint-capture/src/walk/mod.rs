//! The walk over the working tree: what is there otherwise than the index says.
//!
//! Each directory is opened and listed once and merged with its stretch of the sorted index; every tracked file costs
//! one `fstatat` in a directory that is open already, ignore rules are asked for untracked names only, and directories
//! are jobs that any thread may take. Files that have to be read are read on the way, through the same directory.

mod directory;
mod file;
mod pool;

use std::ops::Range;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_model::path::TreePath;
use checkpoint_model::verdict::{SkipReason, Skipped};
use gix::bstr::{BStr, BString};
use gix::index::entry::Mode as EntryMode;
use rustix::fs::{FileType, Mode, OFlags, Stat};

use crate::CaptureError;
use crate::filter::Filters;
use crate::listing::Listing;
use crate::request::Request;
use crate::stat::StatRules;
use crate::tree::{Change, Entry};

pub(crate) use pool::run;

/// What a thread of a walk knows: what all share, and a handle of its own on the repository.
#[derive(Clone)]
pub(crate) struct Walk<'a> {
    pub(crate) repo: Repository,
    pub(crate) work_tree: &'a Path,
    pub(crate) index: &'a gix::index::State,
    /// The index as far as ignore rules need it: empty unless a `.gitignore` may be in it only.
    pub(crate) rules_index: &'a gix::index::State,
    pub(crate) sink: &'a ObjectSink,
    pub(crate) request: &'a Request,
    pub(crate) rules: Rules,
    /// Counts the files looked at, for whoever shows progress.
    pub(crate) seen: &'a AtomicU64,
}

/// The configuration that decides what a file on disk means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    stat: StatRules,
    /// `core.fileMode`: the executable bit on disk counts.
    file_mode: bool,
    /// `core.symlinks`: links are links; otherwise a link of the index is a file that holds its target.
    symlinks: bool,
    /// `core.ignoreCase`: the file system may know a file by another spelling.
    ignore_case: bool,
    names: gix::validate::path::component::Options,
    /// Attributes or configuration may convert files, and there are few enough to look whether each would come back as
    /// it is.
    may_convert: bool,
    /// When attributes were last changed, in seconds and nanoseconds as the index counts them: the latest of the files
    /// that say them.
    attributes_changed: Option<(u32, u32)>,
}

/// In a larger index, files that git takes for unchanged are not looked at for the sake of their line ends: that would
/// cost more than all the rest.
const MANY: usize = 5_000;

/// Whether anything in `repo` may convert files between the repository and the working tree.
fn may_convert(repo: &gix::Repository, work_tree: &Path, index: &gix::index::State) -> bool {
    let config = repo.config_snapshot();
    let converts = |key: &str| {
        config
            .string(key)
            .is_some_and(|value| !value.eq_ignore_ascii_case(b"false"))
    };
    let is_named = |path: &BStr| path.ends_with(b".gitattributes");
    converts("core.autocrlf")
        || work_tree.join(".gitattributes").exists()
        || repo
            .attribute_global_paths()
            .is_ok_and(|paths| paths.iter().any(|path| path.exists()))
        || repo.common_dir().join("info/attributes").exists()
        || index
            .entries()
            .iter()
            .any(|entry| is_named(entry.path(index)))
}

/// When attributes were last changed, as far as files tell that the index knows or that lie at the top.
fn attributes_changed(
    repo: &gix::Repository,
    work_tree: &Path,
    index: &gix::index::State,
) -> Option<(u32, u32)> {
    let tracked = index.entries().iter().map(|entry| entry.path(index));
    let tracked = tracked
        .filter(|path| path.ends_with(b".gitattributes"))
        .map(|path| work_tree.join(checkpoint_git::paths::as_path(path)));
    let others = [
        work_tree.join(".gitattributes"),
        repo.common_dir().join("info/attributes"),
    ];
    let changed = tracked.chain(others).filter_map(|path| {
        let stat = rustix::fs::lstat(&path).ok()?;
        let nsecs = u32::try_from(stat.st_mtime_nsec).unwrap_or(0);
        Some((u32::try_from(stat.st_mtime).unwrap_or(u32::MAX), nsecs))
    });
    changed.max()
}

impl Rules {
    pub(crate) fn of(repo: &gix::Repository, work_tree: &Path, index: &gix::index::State) -> Self {
        let config = repo.config_snapshot();
        let flag = |key: &str, default| config.boolean(key).unwrap_or(default);
        let may_convert = index.entries().len() <= MANY && may_convert(repo, work_tree, index);
        let changed = may_convert.then(|| attributes_changed(repo, work_tree, index));
        Self {
            stat: StatRules::of(repo, index.timestamp()),
            file_mode: flag("core.fileMode", true),
            symlinks: flag("core.symlinks", true),
            ignore_case: flag("core.ignoreCase", false),
            // Stricter than git's default on HFS names: a tree that holds one fails `git fsck` everywhere.
            names: gix::validate::path::component::Options {
                protect_windows: false,
                protect_hfs: true,
                protect_ntfs: true,
            },
            may_convert,
            attributes_changed: changed.flatten(),
        }
    }
}

/// What a walk found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Where the working tree differs from the index; sorted by path in the end.
    pub(crate) changes: Vec<Change>,
    /// The bytes of files that git's filters would not give back.
    pub(crate) raw: Vec<(BString, Entry)>,
    /// Ignored files that the request includes.
    pub(crate) ignored: Vec<(BString, Entry)>,
    /// What is not captured, and why.
    pub(crate) skipped: Vec<Skipped>,
    /// Directories with nothing in them.
    pub(crate) empty_directories: Vec<BString>,
    /// Permissions of tracked files, by position in the index, and of other captured files, by path.
    pub(crate) tracked_permissions: Vec<(u32, Permissions)>,
    pub(crate) other_permissions: Vec<(BString, Permissions)>,
    /// Files that are there though the index says that they need not be (skip-worktree).
    pub(crate) sparse_present: Vec<BString>,
    /// Links though there should be none (`core.symlinks=false`).
    pub(crate) real_links: Vec<BString>,
    /// Tracked files that differ from the index.
    pub(crate) changed: u64,
    /// Untracked files captured.
    pub(crate) untracked: u64,
    /// Bytes of the files that were read.
    pub(crate) bytes: u64,
}

/// The permission bits of a file, and what the tree says of it: with `core.fileMode=false` the two may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Permissions {
    /// With set-user-id, set-group-id and sticky.
    pub(crate) bits: u16,
    /// The tree has it as executable.
    pub(crate) is_executable: bool,
}

impl Permissions {
    fn of(mode: EntryMode, stat: &Stat) -> Self {
        let bits = u16::try_from(stat.st_mode & 0o7777).expect("twelve bits fit into sixteen");
        Self {
            bits,
            is_executable: mode == EntryMode::FILE_EXECUTABLE,
        }
    }
}

impl Found {
    fn skip(&mut self, path: BString, reason: SkipReason, bytes: Option<u64>) {
        self.skipped.push(Skipped {
            path: TreePath::new(path),
            reason,
            bytes,
        });
    }

    /// Remembers a link where `core.symlinks=false` lets a tree not tell it from a file.
    fn see(&mut self, path: &BStr, stat: &Stat, rules: &Rules) {
        if !rules.symlinks && FileType::from_raw_mode(stat.st_mode) == FileType::Symlink {
            self.real_links.push(path.to_owned());
        }
    }

    fn absorb(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.raw.extend(other.raw);
        self.ignored.extend(other.ignored);
        self.skipped.extend(other.skipped);
        self.empty_directories.extend(other.empty_directories);
        self.tracked_permissions.extend(other.tracked_permissions);
        self.other_permissions.extend(other.other_permissions);
        self.sparse_present.extend(other.sparse_present);
        self.real_links.extend(other.real_links);
        self.changed += other.changed;
        self.untracked += other.untracked;
        self.bytes += other.bytes;
    }

    fn sort(&mut self) {
        self.changes.sort_by(|a, b| a.path.cmp(&b.path));
        self.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        self.empty_directories.sort();
        self.sparse_present.sort();
        self.real_links.sort();
    }
}

/// One piece of work that any thread may take.
enum Job {
    Directory(Directory),
    Files(Arc<OwnedFd>, Arc<BString>, Vec<Candidate>),
}

/// A directory to list and to merge with its entries in the index.
struct Directory {
    /// The open directory that holds it; none for the top.
    parent: Option<Arc<OwnedFd>>,
    /// From the top, with a slash at the end; empty for the top.
    path: BString,
    /// Its entries in the index; none when it is untracked.
    entries: Range<usize>,
    /// An ignored directory, entered only because something included may lie in it.
    is_ignored: bool,
}

impl Directory {
    /// Its own name, without a slash.
    fn name(&self) -> &BStr {
        let path = self.path.strip_suffix(b"/").unwrap_or(&self.path);
        let start = path
            .iter()
            .rposition(|byte| *byte == b'/')
            .map_or(0, |slash| slash + 1);
        path[start..].into()
    }
}

/// A file that has to be read.
struct Candidate {
    /// Its name in its directory.
    name: BString,
    role: Role,
}

/// Why a file is read.
#[derive(Debug, Clone, Copy)]
enum Role {
    /// The index has it at this position, and it may have changed.
    Tracked(usize),
    /// The index has it at this position, and it has not changed; but its bytes may be others than a checkout gives.
    Clean(usize),
    /// The index has it at this position, but without content of its own: in conflict, or only intended to be added.
    Unsettled(usize),
    /// The index does not have it.
    Untracked,
    /// Ignored, but included by request.
    Ignored,
}

/// What one thread needs to look at files: made when first needed, since most walks need none of it.
struct Eyes<'a> {
    listing: Listing,
    ignore: Option<(gix::Repository, gix::worktree::Stack)>,
    filters: Option<Filters<'a>>,
}

impl<'a> Eyes<'a> {
    fn new() -> Self {
        Self {
            listing: Listing::default(),
            ignore: None,
            filters: None,
        }
    }

    /// Whether the ignore rules of the repository exclude `path`, or a directory that holds it.
    fn is_ignored(
        &mut self,
        walk: &Walk<'a>,
        path: &BStr,
        is_directory: bool,
    ) -> Result<bool, CaptureError> {
        let rules = |source: gix::Error| CaptureError::Rules {
            what: "ignore rules",
            source: source.into(),
        };
        if self.ignore.is_none() {
            let repo = walk.repo.gix().clone();
            let source =
                gix::worktree::stack::state::ignore::Source::WorktreeThenIdMappingIfNotSkipped;
            let stack = repo
                .excludes(walk.rules_index, None, source)
                .map_err(rules)?
                .detach();
            self.ignore = Some((repo, stack));
        }
        let (repo, stack) = self.ignore.as_mut().expect("it was made just above");
        let mode = is_directory.then_some(gix::index::entry::Mode::DIR);
        let entry =
            stack
                .at_path(path, mode, &repo.objects)
                .map_err(|source| CaptureError::Rules {
                    what: "ignore rules",
                    source: source.into(),
                })?;
        Ok(entry.is_excluded())
    }

    fn filters(&mut self, walk: &Walk<'a>) -> Result<&mut Filters<'a>, CaptureError> {
        if self.filters.is_none() {
            self.filters = Some(Filters::new(walk.repo.clone(), walk.index)?);
        }
        Ok(self.filters.as_mut().expect("it was made just above"))
    }
}

impl Walk<'_> {
    fn open_top(&self) -> Result<OwnedFd, CaptureError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::open(self.work_tree, flags, Mode::empty()).map_err(|error| {
            CaptureError::Unreadable {
                path: self.work_tree.to_owned(),
                source: error.into(),
            }
        })
    }

    fn count(&self, n_files: usize) {
        self.seen.fetch_add(n_files as u64, Ordering::Relaxed);
    }
}
