//! What two trees cannot tell of a state: conflicts, flags, the operation in progress, bytes that filters would change,
//! empty directories, permissions.

use checkpoint_git::paths::as_bytes;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use checkpoint_git::objects::ObjectSink;
use checkpoint_git::{IndexSnapshot, Repository};
use checkpoint_model::path::TreePath;
use checkpoint_model::verdict::{SkipReason, Skipped};
use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix::index::entry::{Flags, Mode};
use gix::objs::Kind;
use serde::{Deserialize, Serialize};

use crate::CaptureError;
use crate::aside::{self, Aside, SetAside};
use crate::operation::Operation;
use crate::tree::{Entry, write_files};
use crate::walk::{Found, Permissions};

/// What is kept beside the trees, ready to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// `conflicts/<stage>/<path>`, `index`, `raw/<path>`, `ignored/<path>`, `git-dir/<file>`, `keep/<id>`,
    /// `extra/<path>`, `aside/<n>`, `meta.json`; each only where there is something to say.
    pub tree: ObjectId,
    /// The commits that the operation's files name.
    pub parents: Vec<ObjectId>,
    /// All that the tree holds.
    files: Vec<(BString, Entry)>,
}

impl Side {
    fn write(
        repo: &Repository,
        sink: &ObjectSink,
        files: Vec<(BString, Entry)>,
        parents: Vec<ObjectId>,
    ) -> Result<Self, CaptureError> {
        let hash = repo.gix().object_hash();
        let tree = write_files(sink, hash, repo.caps().promisor, files.iter().cloned())?;
        Ok(Self {
            tree,
            parents,
            files,
        })
    }

    /// The same side, or one where there was none, with the bytes of these files as `raw/<path>`.
    pub(crate) fn with_raw(
        side: Option<Self>,
        repo: &Repository,
        sink: &ObjectSink,
        raw: impl IntoIterator<Item = (BString, ObjectId)>,
    ) -> Result<Self, CaptureError> {
        let (mut files, parents) =
            side.map_or_else(Default::default, |side| (side.files, side.parents));
        let mode = Mode::FILE;
        let raw = raw.into_iter();
        files.extend(raw.map(|(path, id)| (under("raw/", &path), Entry { mode, id })));
        Self::write(repo, sink, files, parents)
    }
}

/// `meta.json`: what git has no object for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The version of this format; 1.
    pub version: u32,
    /// Directories with nothing in them; sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub empty_directories: Vec<TreePath>,
    /// Files that are there though their index entries are marked skip-worktree; all others so marked are not. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sparse_present: Vec<TreePath>,
    /// Links that were links though `core.symlinks=false` asks for files that hold the targets. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub real_links: Vec<TreePath>,
    /// When the raw index was written, in seconds and nanoseconds since 1970: it tells which of its entries were racy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_written: Option<(u64, u32)>,
    /// Permissions that differ from the usual; absent when all are as a fresh checkout would give them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<PermissionsFound>,
    /// What no tree has because `git fsck` would object to it; the n-th is `aside/<n>`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aside: Vec<Aside>,
}

/// The permission bits of the captured files, in octal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionsFound {
    /// What most files have that are not executable.
    pub file: String,
    /// What most executable files have.
    pub executable: String,
    /// What the others have, by path.
    pub exceptions: BTreeMap<TreePath, String>,
}

/// What a fresh checkout gives with the usual umask.
const USUAL: (u16, u16) = (0o644, 0o755);

/// What the side of a state is collected from.
pub(crate) struct Beside<'a> {
    pub(crate) repo: &'a Repository,
    pub(crate) sink: &'a ObjectSink,
    pub(crate) index: &'a IndexSnapshot,
    pub(crate) operation: &'a Operation,
    /// Paths outside the working tree.
    pub(crate) extra: &'a [PathBuf],
}

impl Beside<'_> {
    /// Collects the side; none when the trees tell everything.
    pub(crate) fn collect(
        &self,
        aside: SetAside,
        found: &mut Found,
    ) -> Result<Option<Side>, CaptureError> {
        let index = &self.index.state;
        let mut files = conflicts(self.repo, self.sink, index)?;
        let needs_raw_index = needs_raw_index(index) || aside.has_staged();
        if needs_raw_index {
            files.push(("index".into(), self.blob(index_bytes(self.index))?));
            self.push_intended(&mut files)?;
        }
        let parents = self.push_operation(&mut files)?;
        let mut take = |prefix, entries: &mut Vec<(BString, Entry)>| {
            let entries = entries.drain(..);
            files.extend(entries.map(|(path, entry)| (under(prefix, &path), entry)));
        };
        take("raw/", &mut found.raw);
        take("ignored/", &mut found.ignored);
        for path in self.extra {
            push_extra(self.sink, path, &mut files, found)?;
        }
        let aside = aside::rename(self.repo, self.sink, aside.entries, &mut files)?;
        let index_written = needs_raw_index.then(|| moment(index.timestamp()));
        if let Some(meta) = meta(index, index_written, aside, found) {
            let text = serde_json::to_vec(&meta).expect("paths and numbers always become JSON");
            files.push(("meta.json".into(), self.blob(text)?));
        }
        if files.is_empty() {
            return Ok(None);
        }
        Ok(Some(Side::write(self.repo, self.sink, files, parents)?))
    }

    fn blob(&self, content: Vec<u8>) -> Result<Entry, CaptureError> {
        Ok(Entry {
            mode: Mode::FILE,
            id: self.sink.write(Kind::Blob, content)?,
        })
    }

    /// Keeps alive what entries name that are only intended to be added: git has the empty blob for them.
    fn push_intended(&self, files: &mut Vec<(BString, Entry)>) -> Result<(), CaptureError> {
        let entries = self.index.state.entries().iter();
        let mut intended = entries.filter(|entry| entry.flags.contains(Flags::INTENT_TO_ADD));
        if intended.any(|entry| entry.id.is_empty_blob()) {
            let empty = self.blob(Vec::new())?;
            files.push((format!("keep/{}", empty.id).into(), empty));
        }
        Ok(())
    }

    /// Adds the files of the operation in progress and what they name; gives the commits among that.
    fn push_operation(
        &self,
        files: &mut Vec<(BString, Entry)>,
    ) -> Result<Vec<ObjectId>, CaptureError> {
        for (path, content) in &self.operation.files {
            files.push((under("git-dir/", path), self.blob(content.clone())?));
        }
        let (parents, trees) = self.operation.named_objects(self.repo.gix());
        for id in trees {
            self.sink.reuse(&id)?;
            let mode = Mode::DIR;
            files.push((format!("keep/{id}").into(), Entry { mode, id }));
        }
        Ok(parents)
    }
}

fn under(prefix: &str, path: &[u8]) -> BString {
    let mut whole = BString::from(prefix);
    whole.extend_from_slice(path);
    whole
}

/// The entries of stages 1 to 3, whose blobs must be there: what a conflict is made of cannot be made again.
fn conflicts(
    repo: &Repository,
    sink: &ObjectSink,
    index: &gix::index::State,
) -> Result<Vec<(BString, Entry)>, CaptureError> {
    let mut files = Vec::new();
    for entry in index
        .entries()
        .iter()
        .filter(|entry| entry.stage_raw() != 0)
    {
        let path = entry.path(index);
        if entry.mode != Mode::COMMIT && !repo.caps().promisor && !sink.reuse(&entry.id)? {
            return Err(CaptureError::MissingObject {
                id: entry.id,
                path: path.to_owned(),
            });
        }
        let prefix = format!("conflicts/{}/", entry.stage_raw());
        files.push((
            under(&prefix, path),
            Entry {
                mode: entry.mode,
                id: entry.id,
            },
        ));
    }
    Ok(files)
}

/// Whether a tree of stage 0 does not tell all that the index says.
fn needs_raw_index(index: &gix::index::State) -> bool {
    let flags = Flags::ASSUME_VALID | Flags::SKIP_WORKTREE | Flags::INTENT_TO_ADD;
    index
        .entries()
        .iter()
        .any(|entry| entry.stage_raw() != 0 || entry.flags.intersects(flags))
        || index.resolve_undo().is_some_and(|paths| !paths.is_empty())
}

/// The index as one whole file: a split one is put together.
fn index_bytes(index: &IndexSnapshot) -> Vec<u8> {
    if !index.is_split {
        return index.bytes.clone();
    }
    let mut bytes = Vec::new();
    let options = gix::index::write::Options {
        extensions: gix::index::write::Extensions::None,
        skip_hash: false,
    };
    if index.state.write_to(&mut bytes, options).is_err() {
        // Writing to memory fails only on an index that gix cannot express; half of it is better than none.
        return index.bytes.clone();
    }
    let mut hasher = gix::hash::hasher(index.state.object_hash());
    hasher.update(&bytes);
    match hasher.try_finalize() {
        Ok(checksum) => bytes.extend_from_slice(checksum.as_bytes()),
        Err(_) => return index.bytes.clone(),
    }
    bytes
}

/// Keeps a file, or a directory with all below it, from outside the working tree.
fn push_extra(
    sink: &ObjectSink,
    path: &Path,
    files: &mut Vec<(BString, Entry)>,
    found: &mut Found,
) -> Result<(), CaptureError> {
    let name = as_bytes(path).to_owned();
    let skip = |found: &mut Found, reason| {
        found.skipped.push(Skipped {
            path: TreePath::new(name.clone()),
            reason,
            bytes: None,
        });
        Ok(())
    };
    let Ok(metadata) = path.symlink_metadata() else {
        return skip(found, SkipReason::Unreadable);
    };
    if metadata.is_dir() {
        let Ok(entries) = fs_err::read_dir(path) else {
            return skip(found, SkipReason::Unreadable);
        };
        let mut below: Vec<PathBuf> = entries
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .collect();
        below.sort();
        return below
            .iter()
            .try_for_each(|path| push_extra(sink, path, files, found));
    }
    let content = match metadata.file_type() {
        kind if kind.is_symlink() => {
            std::fs::read_link(path).map(|target| as_bytes(&target).to_vec())
        }
        kind if kind.is_file() => fs_err::read(path),
        _ => return skip(found, SkipReason::Device),
    };
    let Ok(content) = content else {
        return skip(found, SkipReason::Unreadable);
    };
    let mode = match metadata.file_type().is_symlink() {
        true => Mode::SYMLINK,
        false if is_executable(&metadata) => Mode::FILE_EXECUTABLE,
        false => Mode::FILE,
    };
    let id = sink.write(Kind::Blob, content)?;
    files.push((
        under("extra/", name.trim_start_with(|slash| slash == '/')),
        Entry { mode, id },
    ));
    Ok(())
}

fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

/// A moment as `meta.json` tells it.
fn moment(time: filetime::FileTime) -> (u64, u32) {
    (
        u64::try_from(time.unix_seconds()).unwrap_or(0),
        time.nanoseconds(),
    )
}

/// What has to be said in `meta.json`; none when there is nothing.
fn meta(
    index: &gix::index::State,
    index_written: Option<(u64, u32)>,
    aside: Vec<Aside>,
    found: &Found,
) -> Option<Meta> {
    let empty_directories: Vec<_> = found
        .empty_directories
        .iter()
        .map(|path| TreePath::new(BString::from(path.strip_suffix(b"/").unwrap_or(path))))
        .collect();
    let all = |paths: &[BString]| -> Vec<_> { paths.iter().cloned().map(TreePath::new).collect() };
    let sparse_present = all(&found.sparse_present);
    let real_links = all(&found.real_links);
    let permissions = permissions(index, found);
    let has_something = !empty_directories.is_empty()
        || permissions.is_some()
        || index_written.is_some()
        || !aside.is_empty()
        || !real_links.is_empty()
        || !sparse_present.is_empty();
    has_something.then_some(Meta {
        version: 1,
        empty_directories,
        sparse_present,
        real_links,
        index_written,
        permissions,
        aside,
    })
}

/// The permissions found, told by what most files have; none when that is the usual and has no exceptions.
fn permissions(index: &gix::index::State, found: &Found) -> Option<PermissionsFound> {
    let all = || {
        let tracked = found
            .tracked_permissions
            .iter()
            .map(|(_, permissions)| *permissions);
        tracked.chain(
            found
                .other_permissions
                .iter()
                .map(|(_, permissions)| *permissions),
        )
    };
    if all().all(|permissions| is_as(USUAL, permissions)) {
        return None;
    }
    let common = (
        most_common(all(), false).unwrap_or(USUAL.0),
        most_common(all(), true).unwrap_or(USUAL.1),
    );
    let octal = |bits: u16| format!("{bits:o}");
    let tracked = found
        .tracked_permissions
        .iter()
        .map(|(position, permissions)| {
            let entry = &index.entries()[*position as usize];
            (entry.path(index), *permissions)
        });
    let others = found
        .other_permissions
        .iter()
        .map(|(path, permissions)| (path.as_bstr(), *permissions));
    let exceptions = tracked
        .chain(others)
        .filter(|(_, permissions)| !is_as(common, *permissions))
        .map(|(path, permissions)| (TreePath::new(path.to_owned()), octal(permissions.bits)))
        .collect();
    Some(PermissionsFound {
        file: octal(common.0),
        executable: octal(common.1),
        exceptions,
    })
}

fn is_as((file, executable): (u16, u16), permissions: Permissions) -> bool {
    permissions.bits
        == if permissions.is_executable {
            executable
        } else {
            file
        }
}

fn most_common(all: impl Iterator<Item = Permissions>, executable: bool) -> Option<u16> {
    let mut counts: HashMap<u16, usize> = HashMap::new();
    for permissions in all.filter(|permissions| permissions.is_executable == executable) {
        *counts.entry(permissions.bits).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(bits, count)| (*count, *bits))
        .map(|(bits, _)| bits)
}
