//! A state, read back from its trees: the one to be restored, or the present one just captured.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use checkpoint_capture::{Captured, Meta};
use checkpoint_git::objects::ObjectSink;
use checkpoint_git::{Head, Repository};
use checkpoint_model::event::{CheckpointCreated, Upstream};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{FileKind, Leaf};
use checkpoint_model::trailers::Message;
use checkpoint_model::verdict::Skipped;
use checkpoint_model::words::{CheckpointKind, OperationKind};
use checkpoint_store::load::Stored;
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::Flags;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;

use crate::{RestoreError, difference};

/// Where the objects of a state are: in the repository, or still with the sink that will write them.
pub(crate) struct Objects<'a> {
    pub(crate) sink: &'a ObjectSink,
}

impl Objects<'_> {
    pub(crate) fn read(&self, id: ObjectId, kind: Kind) -> Result<Vec<u8>, RestoreError> {
        match self.sink.read(&id)? {
            Some((found, data)) if found == kind => Ok(data),
            _ => Err(RestoreError::MissingObject { id }),
        }
    }

    /// The entries of a tree, in its order.
    pub(crate) fn tree(&self, id: ObjectId) -> Result<Vec<TreeEntry>, RestoreError> {
        let data = self.read(id, Kind::Tree)?;
        let entries = gix::objs::TreeRefIter::from_bytes(&data, id.kind());
        let entries = entries.map(|entry| {
            entry.map(|entry| TreeEntry {
                name: entry.filename.to_owned(),
                kind: entry.mode.kind(),
                id: entry.oid.to_owned(),
            })
        });
        entries
            .collect::<Result<_, _>>()
            .map_err(|_| RestoreError::MissingObject { id })
    }

    /// The tree of a commit.
    pub(crate) fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, RestoreError> {
        let data = self.read(commit, Kind::Commit)?;
        let parsed = gix::objs::CommitRef::from_bytes(&data, commit.kind());
        let parsed = parsed.map_err(|_| RestoreError::MissingObject { id: commit })?;
        Ok(parsed.tree())
    }

    /// All that is below a tree but directories, by path.
    pub(crate) fn leaves(
        &self,
        id: ObjectId,
        prefix: &[u8],
        found: &mut BTreeMap<BString, TreeEntry>,
    ) -> Result<(), RestoreError> {
        for entry in self.tree(id)? {
            let mut path = BString::from(prefix);
            path.extend_from_slice(&entry.name);
            match entry.kind {
                EntryKind::Tree => {
                    path.push(b'/');
                    self.leaves(entry.id, &path, found)?;
                }
                _ => drop(found.insert(path, entry)),
            }
        }
        Ok(())
    }
}

/// One entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreeEntry {
    pub(crate) name: BString,
    pub(crate) kind: EntryKind,
    pub(crate) id: ObjectId,
}

impl TreeEntry {
    /// What the entry says of a file; nothing for a directory.
    pub(crate) fn leaf(&self) -> Option<Leaf> {
        let kind = match self.kind {
            EntryKind::Tree => return None,
            EntryKind::Blob => FileKind::File,
            EntryKind::BlobExecutable => FileKind::Executable,
            EntryKind::Link => FileKind::Link,
            EntryKind::Commit => FileKind::Submodule,
        };
        Some(Leaf {
            kind,
            id: self.id.to_string(),
            raw: None,
            permissions: None,
        })
    }

    /// The same of an ignored file, of which the bytes are known as they lie on disk, and not what git would store.
    pub(crate) fn ignored_leaf(&self) -> Option<Leaf> {
        let leaf = self.leaf()?;
        let raw = Some(leaf.id.clone());
        Some(Leaf { raw, ..leaf })
    }
}

/// What a fresh checkout gives with the usual umask, to files and to executable ones.
pub(crate) const USUAL: (u16, u16) = (0o644, 0o755);

/// A state: what two trees say, and what is kept beside them.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) head: Head,
    /// What the branch of HEAD follows.
    pub(crate) upstream: Option<Upstream>,
    pub(crate) operations: Vec<OperationKind>,
    pub(crate) tree: ObjectId,
    pub(crate) index_tree: ObjectId,
    pub(crate) skipped: Vec<Skipped>,
    /// Its id, where it was kept by a restore before that began.
    pub(crate) backup: Option<CheckpointId>,
    /// The tree of what was being restored over this backup, while that is given up.
    pub(crate) restored: Option<ObjectId>,
    /// Files that were made since by the restore that is taken back, where git ignores them: the blobs of what they were
    /// given, by path.
    pub(crate) made_since: BTreeMap<BString, ObjectId>,
    pub(crate) side: Side,
}

/// What is kept beside the trees.
#[derive(Debug, Clone, Default)]
pub(crate) struct Side {
    /// `conflicts/<stage>/<path>` without the first part: the entries of stages 1 to 3.
    pub(crate) conflicts: BTreeMap<BString, TreeEntry>,
    /// The raw index.
    pub(crate) index: Option<ObjectId>,
    /// The bytes of files that git would give back otherwise.
    pub(crate) raw: BTreeMap<BString, TreeEntry>,
    /// Ignored files that were included.
    pub(crate) ignored: BTreeMap<BString, TreeEntry>,
    /// The files of the operation in progress.
    pub(crate) git_dir: BTreeMap<BString, TreeEntry>,
    pub(crate) meta: Meta,
    /// What was on disk and is in no tree, because `git fsck` would object to it: the tree says something else there.
    pub(crate) files: BTreeMap<BString, TreeEntry>,
    /// The same of the index.
    pub(crate) staged: BTreeMap<BString, TreeEntry>,
    /// Links that were links though `core.symlinks=false`.
    pub(crate) real_links: BTreeSet<BString>,
    /// Paths that are in the tree but not in the working tree, because the checkout is sparse; that of a directory
    /// ends in a slash and means all below it.
    pub(crate) absent: BTreeSet<BString>,
    /// Those below such a directory, and those marked to be absent, that were on disk nevertheless.
    pub(crate) present: BTreeSet<BString>,
    /// Permissions that are not the usual, by path.
    permissions: HashMap<BString, u16>,
    usual: Option<(u16, u16)>,
}

impl State {
    /// The present, as it was just captured.
    pub(crate) fn of_captured(
        captured: &Captured,
        objects: &Objects<'_>,
    ) -> Result<Self, RestoreError> {
        let side = captured
            .side
            .as_ref()
            .map(|side| Side::read(objects, side.tree, captured.tree))
            .transpose()?;
        Ok(Self {
            head: captured.head.clone(),
            upstream: captured.upstream.clone(),
            operations: captured.operations.clone(),
            tree: captured.tree,
            index_tree: captured.index_tree,
            skipped: captured.skipped.clone(),
            backup: None,
            restored: None,
            made_since: BTreeMap::new(),
            side: side.unwrap_or_default(),
        })
    }

    /// A checkpoint. Its commits are read here; fails with [`RestoreError::NotASnapshot`] when they are not as
    /// [`Captured::commit`] makes them, whatever the record says.
    pub(crate) fn of_stored(
        repo: &Repository,
        stored: &Stored,
        objects: &Objects<'_>,
    ) -> Result<Self, RestoreError> {
        let created = &stored.checkpoint.created;
        let shape = || RestoreError::NotASnapshot {
            id: stored.snapshot,
        };
        let head_id = created
            .head
            .as_ref()
            .map(|hex| ObjectId::from_hex(hex.as_bytes()).map_err(|_| shape()))
            .transpose()?;
        let snapshot = Parsed::read(objects, stored.snapshot)?;
        if !snapshot.tells_the_same(created) {
            return Err(shape());
        }
        let index = match (head_id, snapshot.parents.as_slice()) {
            (Some(head), [first, index]) if *first == head => *index,
            (None, [index]) => *index,
            _ => return Err(shape()),
        };
        let index = Parsed::read(objects, index)?;
        let side = match (head_id, index.parents.as_slice()) {
            (Some(head), [first]) if *first == head => None,
            (Some(head), [first, side]) if *first == head => Some(*side),
            (None, []) => None,
            (None, [side]) => Some(*side),
            _ => return Err(shape()),
        };
        let side = side
            .map(|side| Side::read(objects, Parsed::read(objects, side)?.tree, snapshot.tree))
            .transpose()?;
        let reference = created.branch.as_deref().map(reference).transpose()?;
        let operations = match created.operations.as_slice() {
            [] => created.operation.into_iter().collect(),
            several => several.to_vec(),
        };
        if head_id.is_some_and(|id| !repo.gix().has_object(id)) {
            return Err(RestoreError::MissingObject {
                id: head_id.expect("it was just asked for"),
            });
        }
        Ok(Self {
            head: Head {
                reference,
                id: head_id,
            },
            upstream: created.upstream.clone(),
            operations,
            tree: snapshot.tree,
            index_tree: index.tree,
            skipped: created.skipped.clone(),
            backup: (created.kind == CheckpointKind::Backup).then_some(created.checkpoint),
            restored: None,
            made_since: BTreeMap::new(),
            side: side.unwrap_or_default(),
        })
    }

    /// Completes what a tree says of a file, or that it says nothing, by what is kept beside it; none when there was no
    /// file.
    pub(crate) fn complete(&self, path: &BString, leaf: Option<Leaf>) -> Option<Leaf> {
        let aside = self.side.files.get(path).and_then(TreeEntry::leaf);
        let mut leaf = aside.or(leaf)?;
        if self.side.is_absent(path) {
            return None;
        }
        match leaf.kind {
            kind if kind.is_regular() => {
                leaf.raw = self.side.raw.get(path).map(|entry| entry.id.to_string());
                leaf.permissions = self.side.permissions(path, leaf.kind);
            }
            // `core.symlinks=false` would make a file of it.
            FileKind::Link if self.side.real_links.contains(path) => {
                leaf.raw = Some(leaf.id.clone());
            }
            _ => {}
        }
        Some(leaf)
    }

    /// Whether the index has the path, in whatever stage, set aside or not.
    pub(crate) fn is_tracked(
        &self,
        objects: &Objects<'_>,
        path: &BStr,
    ) -> Result<bool, RestoreError> {
        let is_unmerged = (1..=3).any(|stage| {
            let key = [format!("{stage}/").as_bytes(), path].concat();
            self.side.conflicts.contains_key(key.as_bstr())
        });
        Ok(is_unmerged
            || self.side.staged.contains_key(path)
            || difference::find(objects, self.index_tree, path)?.is_some())
    }
}

impl Side {
    fn read(objects: &Objects<'_>, tree: ObjectId, work: ObjectId) -> Result<Self, RestoreError> {
        let mut side = Self::default();
        let mut extra = BTreeMap::new();
        for entry in objects.tree(tree)? {
            let into = match entry.name.as_slice() {
                b"conflicts" => &mut side.conflicts,
                b"raw" => &mut side.raw,
                b"ignored" => &mut side.ignored,
                b"git-dir" => &mut side.git_dir,
                b"index" => {
                    side.index = Some(entry.id);
                    continue;
                }
                b"meta.json" => {
                    let text = objects.read(entry.id, Kind::Blob)?;
                    side.meta = serde_json::from_slice(&text)
                        .map_err(|_| RestoreError::MissingObject { id: entry.id })?;
                    continue;
                }
                // What lies outside the working tree, by the directories it is in.
                b"extra" => &mut extra,
                // What keeps objects alive, what a newer version added.
                _ => continue,
            };
            objects.leaves(entry.id, b"", into)?;
        }
        extra.keys().try_for_each(|path| require_safe(path))?;
        side.check_paths()?;
        side.read_aside(tree)?;
        let real_links = side.meta.real_links.iter();
        side.real_links = real_links.map(|path| path.as_bstr().to_owned()).collect();
        side.read_permissions();
        side.read_absent(objects, work)?;
        Ok(side)
    }

    /// Fails with [`RestoreError::UnsafePath`] for a path that leads out of where it belongs.
    fn check_paths(&self) -> Result<(), RestoreError> {
        let kept = [&self.conflicts, &self.raw, &self.ignored, &self.git_dir];
        let kept = kept.into_iter().flat_map(|files| files.keys());
        kept.into_iter().try_for_each(|path| require_safe(path))?;
        let meta = &self.meta;
        let exceptions = meta
            .permissions
            .iter()
            .flat_map(|found| found.exceptions.keys());
        let lists = [
            &meta.empty_directories,
            &meta.sparse_present,
            &meta.real_links,
        ];
        let told = lists.into_iter().flatten().chain(exceptions);
        told.into_iter()
            .try_for_each(|path| require_safe(path.as_bstr()))
    }

    /// Puts what was set aside where it belongs.
    fn read_aside(&mut self, tree: ObjectId) -> Result<(), RestoreError> {
        for aside in &self.meta.aside {
            let place = aside.place.as_bstr();
            let unsafe_path = || RestoreError::UnsafePath {
                path: aside.place.clone(),
            };
            let (which, path) = place.split_once_str(b"/").ok_or_else(unsafe_path)?;
            let into = match which {
                b"files" => &mut self.files,
                b"staged" => &mut self.staged,
                b"conflicts" => &mut self.conflicts,
                b"raw" => &mut self.raw,
                b"ignored" => &mut self.ignored,
                _ => continue,
            };
            let kind = kind_of(&aside.mode).filter(|_| is_safe(path));
            let id = ObjectId::from_hex(aside.id.as_bytes()).ok();
            let id = id.filter(|id| id.kind() == tree.kind());
            let (kind, id) = kind.zip(id).ok_or_else(unsafe_path)?;
            let name = path.rsplit_once_str(b"/").map_or(path, |(_, name)| name);
            let name = name.into();
            into.insert(path.into(), TreeEntry { name, kind, id });
        }
        Ok(())
    }

    fn read_absent(&mut self, objects: &Objects<'_>, work: ObjectId) -> Result<(), RestoreError> {
        let Some(id) = self.index else { return Ok(()) };
        let index = crate::index::parse(&objects.read(id, Kind::Blob)?, id.kind());
        let index = index.ok_or(RestoreError::MissingObject { id })?;
        let present: BTreeSet<_> = self
            .meta
            .sparse_present
            .iter()
            .map(TreePath::as_bstr)
            .collect();
        let skipped = index
            .entries()
            .iter()
            .filter(|entry| entry.flags.contains(Flags::SKIP_WORKTREE));
        let absent = skipped
            .map(|entry| entry.path(&index))
            .filter(|path| !present.contains(path));
        self.absent = absent.map(ToOwned::to_owned).collect();
        self.present = present.iter().map(|path| (*path).to_owned()).collect();
        let entries = index.entries().iter();
        for entry in entries.filter(|entry| entry.mode == gix::index::entry::Mode::DIR) {
            self.read_present(objects, entry.path(&index), entry.id, work)?;
        }
        Ok(())
    }

    /// What was on disk in a directory that a sparse index has as one entry: there, the tree of the files says more than
    /// that of the index.
    fn read_present(
        &mut self,
        objects: &Objects<'_>,
        directory: &BStr,
        collapsed: ObjectId,
        work: ObjectId,
    ) -> Result<(), RestoreError> {
        let path = directory.strip_suffix(b"/").unwrap_or(directory);
        let found = difference::find(objects, work, path)?;
        let found = found.filter(|entry| entry.kind == EntryKind::Tree);
        let Some(entry) = found else { return Ok(()) };
        let mut prefix = BString::from([path, b"/"].concat());
        let mut tell = |path, _, on_disk: Option<Leaf>| {
            if on_disk.is_some() {
                self.present.insert(path);
            }
        };
        difference::trees(
            objects,
            Some(collapsed),
            Some(entry.id),
            &mut prefix,
            &mut tell,
        )
    }

    /// The links that git would not check out, and that were there nevertheless.
    pub(crate) fn links(&self) -> BTreeSet<BString> {
        let links = self
            .files
            .iter()
            .filter(|(_, entry)| entry.kind == EntryKind::Link);
        links.map(|(path, _)| path.clone()).collect()
    }

    /// Whether the file at `path` is in the tree only.
    pub(crate) fn is_absent(&self, path: &BString) -> bool {
        let is_below = |directory: &[u8]| {
            self.absent
                .contains(&BString::from([directory, b"/"].concat()))
        };
        !self.absent.is_empty()
            && !self.present.contains(path)
            && (self.absent.contains(path) || ancestors(path).any(is_below))
    }

    fn read_permissions(&mut self) {
        let octal = |text: &str| u16::from_str_radix(text, 8).ok();
        let Some(found) = &self.meta.permissions else {
            return;
        };
        self.usual = octal(&found.file).zip(octal(&found.executable));
        let exceptions = found
            .exceptions
            .iter()
            .filter_map(|(path, bits)| Some((path.as_bstr().to_owned(), octal(bits)?)));
        self.permissions = exceptions.collect();
    }

    /// Lets permissions be as they come.
    pub(crate) fn forget_permissions(&mut self) {
        self.permissions.clear();
        self.usual = None;
    }

    /// The paths whose permissions are told one by one.
    pub(crate) fn exceptional(&self) -> impl Iterator<Item = &BString> {
        self.permissions.keys()
    }

    /// The exact bits of a file, unless they are what a fresh checkout gives.
    fn permissions(&self, path: &BString, kind: FileKind) -> Option<u16> {
        let (file, executable) = self.usual.unwrap_or(USUAL);
        let (common, fresh) = match kind {
            FileKind::Executable => (executable, USUAL.1),
            _ => (file, USUAL.0),
        };
        let bits = self.permissions.get(path).copied().unwrap_or(common);
        (bits != fresh).then_some(bits)
    }

    /// Whether files of which nothing is told have other permissions in the `other` state.
    pub(crate) fn is_unlike(&self, other: &Self) -> bool {
        self.usual.unwrap_or(USUAL) != other.usual.unwrap_or(USUAL)
    }
}

/// The parts of a commit that count here.
struct Parsed {
    tree: ObjectId,
    parents: Vec<ObjectId>,
    message: BString,
}

impl Parsed {
    /// Whether the message of a snapshot says what its record says: a record can be written anew by anybody.
    fn tells_the_same(&self, record: &CheckpointCreated) -> bool {
        let message = Message::parse(&self.message.to_str_lossy());
        message.is_ok_and(|message| {
            let told = message.created;
            told.checkpoint == record.checkpoint
                && told.head == record.head
                && told.branch == record.branch
                && told.operation == record.operation
                && told.operations == record.operations
                && told.verdict == record.verdict
                && told.manifest == record.manifest
        })
    }

    fn read(objects: &Objects<'_>, id: ObjectId) -> Result<Self, RestoreError> {
        let data = objects.read(id, Kind::Commit)?;
        let commit = gix::objs::CommitRef::from_bytes(&data, id.kind())
            .map_err(|_| RestoreError::NotASnapshot { id })?;
        Ok(Self {
            tree: commit.tree(),
            parents: commit.parents().collect(),
            message: commit.message.to_owned(),
        })
    }
}

/// The full name of what HEAD pointed at: a branch, or any other reference but those that are not for working on.
fn reference(branch: &str) -> Result<BString, RestoreError> {
    const OTHERS: [&str; 5] = [
        "refs/checkpoints/",
        "refs/notes/",
        "refs/remotes/",
        "refs/replace/",
        "refs/tags/",
    ];
    let name = match branch.starts_with("refs/") {
        true => branch.to_owned(),
        false => format!("refs/heads/{branch}"),
    };
    let is_valid = gix::validate::reference::name(name.as_str().into()).is_ok();
    match is_valid && !OTHERS.iter().any(|other| name.starts_with(other)) {
        true => Ok(name.into()),
        false => Err(RestoreError::UnsafePath {
            path: TreePath::new(name),
        }),
    }
}

/// What `git ls-tree` shows as `mode`; nothing for a directory.
fn kind_of(mode: &str) -> Option<EntryKind> {
    Some(match mode {
        "100644" => EntryKind::Blob,
        "100755" => EntryKind::BlobExecutable,
        "120000" => EntryKind::Link,
        "160000" => EntryKind::Commit,
        _ => return None,
    })
}

/// The directories above `path`, from the top, without their slashes.
pub(crate) fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'/')
        .map(|(slash, _)| &path[..slash])
}

fn require_safe(path: &[u8]) -> Result<(), RestoreError> {
    match is_safe(path.strip_suffix(b"/").unwrap_or(path)) {
        true => Ok(()),
        false => Err(RestoreError::UnsafePath {
            path: TreePath::new(path),
        }),
    }
}

/// Whether a path kept beside the trees may be written below a directory: relative, without `..`, and no look-alike
/// of a git directory. A snapshot may be made by hand.
pub(crate) fn is_safe(path: &[u8]) -> bool {
    let parts = path.split(|byte| *byte == b'/');
    !path.is_empty()
        && parts.into_iter().all(|part| {
            !part.is_empty() && part != b"." && part != b".." && part.find_byte(0).is_none()
        })
}
