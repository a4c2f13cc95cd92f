//! Trees from the index and what differs from it, without touching what did not change.
//!
//! The index is sorted by path, so are the changes; one pass over both, a directory at a time, gives the trees. A
//! directory without changes is taken from the cache that the index carries.

use std::ops::Range;

use checkpoint_git::objects::ObjectSink;
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode};
use gix::index::extension::Tree as CachedTree;

use crate::CaptureError;

/// One path that the working tree shows otherwise than the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// From the top of the working tree.
    pub(crate) path: BString,
    /// What is there now; nothing when it is gone.
    pub(crate) now: Option<Entry>,
}

/// What a tree says of one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) mode: Mode,
    pub(crate) id: ObjectId,
}

/// Everything a tree is made from; paths in `changes` are unique, sorted by their bytes.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) index: &'a gix::index::State,
    pub(crate) changes: &'a [Change],
    /// Objects may be absent (partial clone): do not ask for them.
    pub(crate) may_lack_objects: bool,
}

impl Source<'_> {
    /// Writes the trees that are new and gives the id of the topmost.
    pub(crate) fn write(&self, sink: &ObjectSink) -> Result<ObjectId, CaptureError> {
        let whole = Part {
            index: 0..self.index.entries().len(),
            changes: 0..self.changes.len(),
        };
        let cached = self.index.tree().filter(|tree| tree.name.is_empty());
        match self.subtree(sink, 0, whole, cached)? {
            Some(id) => Ok(id),
            None => Ok(sink.write(gix::objs::Kind::Tree, Vec::new())?),
        }
    }

    /// All files that the tree holds, in the order of their paths.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&BStr, Entry)> {
        let mut changes = self.changes.iter().peekable();
        let mut kept = self
            .index
            .entries()
            .iter()
            .filter(|entry| is_in_tree(entry))
            .peekable();
        std::iter::from_fn(move || {
            loop {
                let change = changes.peek().map(|change| change.path.as_bstr());
                let entry = kept.peek().map(|entry| entry.path(self.index));
                match (change, entry) {
                    (Some(change), entry) if entry.is_none_or(|entry| change <= entry) => {
                        if entry == Some(change) {
                            kept.next();
                        }
                        if let Some(found) = changes
                            .next()
                            .and_then(|change| Some((change.path.as_bstr(), change.now?)))
                        {
                            return Some(found);
                        }
                    }
                    _ => {
                        let entry = kept.next()?;
                        return Some((
                            entry.path(self.index),
                            Entry {
                                mode: entry.mode,
                                id: entry.id,
                            },
                        ));
                    }
                }
            }
        })
    }

    /// The tree of the directory whose path, with its slash, is the first `depth` bytes of every path in `part`; none
    /// when nothing is left in it.
    fn subtree(
        &self,
        sink: &ObjectSink,
        depth: usize,
        part: Part,
        cached: Option<&CachedTree>,
    ) -> Result<Option<ObjectId>, CaptureError> {
        if part.changes.is_empty()
            && let Some(cached) =
                cached.filter(|tree| tree.num_entries.map(|n| n as usize) == Some(part.index.len()))
            && sink.reuse(&cached.id)?
        {
            return Ok(Some(cached.id));
        }
        let mut bytes = Vec::with_capacity(part.index.len().min(256) * 40);
        let mut direct = Vec::new();
        let mut rest = part;
        while let Some(child) = self.next_child(depth, &mut rest) {
            let entry = match child.below {
                None => self.leaf(&child.part),
                Some(below) => {
                    let name = &child.name[..child.name.len() - 1];
                    let cached = cached.and_then(|tree| find_child(tree, name));
                    let id = self.subtree(sink, below, child.part, cached)?;
                    id.map(|id| Entry {
                        mode: Mode::DIR,
                        id,
                    })
                }
            };
            if let Some(entry) = entry {
                push(
                    &mut bytes,
                    child.name.strip_suffix(b"/").unwrap_or(child.name),
                    entry,
                );
                direct.push((child.name, entry));
            }
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let hash = self.index.object_hash();
        let known = gix::objs::compute_hash(hash, gix::objs::Kind::Tree, &bytes).ok();
        if let Some(id) = known.filter(|_| !self.may_lack_objects) {
            // A tree that was there before had its content checked by whoever wrote it.
            if sink.reuse(&id)? {
                return Ok(Some(id));
            }
            self.require(sink, &direct)?;
        }
        Ok(Some(sink.write(gix::objs::Kind::Tree, bytes)?))
    }

    /// Makes sure that a new tree names nothing that is not there.
    fn require(&self, sink: &ObjectSink, entries: &[(&[u8], Entry)]) -> Result<(), CaptureError> {
        let objects = entries
            .iter()
            .filter(|(_, entry)| !matches!(entry.mode, Mode::COMMIT | Mode::DIR));
        for (name, entry) in objects {
            if entry.id.is_empty_blob() {
                // git knows it without having it; a checkpoint has to hold it.
                sink.write(gix::objs::Kind::Blob, Vec::new())?;
            } else if !sink.reuse(&entry.id)? {
                return Err(CaptureError::MissingObject {
                    id: entry.id,
                    path: (*name).into(),
                });
            }
        }
        Ok(())
    }

    /// What is at the one path of `part`: the change if there is one, else the entry of the index.
    fn leaf(&self, part: &Part) -> Option<Entry> {
        match self.changes[part.changes.clone()].first() {
            Some(change) => change.now,
            None => {
                let entry = self.index.entries()[part.index.clone()]
                    .iter()
                    .find(|entry| is_in_tree(entry))?;
                let mode = if entry.mode.is_sparse() {
                    Mode::DIR
                } else {
                    entry.mode
                };
                Some(Entry { mode, id: entry.id })
            }
        }
    }

    /// Cuts the next child off the front of `rest`: all that shares its first name after `depth` bytes, directories
    /// apart from files of the same name.
    fn next_child<'a>(&'a self, depth: usize, rest: &mut Part) -> Option<Child<'a>> {
        let entries = &self.index.entries()[rest.index.clone()];
        let changes = &self.changes[rest.changes.clone()];
        let of_index = entries
            .first()
            .map(|entry| child_name(entry.path(self.index), depth));
        let of_changes = changes
            .first()
            .map(|change| child_name(change.path.as_bstr(), depth));
        let name = match (of_index, of_changes) {
            (Some(a), Some(b)) => a.min(b),
            (one, other) => one.or(other)?,
        };
        let n_entries = run_of(entries, |entry| {
            child_name(entry.path(self.index), depth) <= name
        });
        let n_changes = run_of(changes, |change| {
            child_name(change.path.as_bstr(), depth) <= name
        });
        let part = Part {
            index: rest.index.start..rest.index.start + n_entries,
            changes: rest.changes.start..rest.changes.start + n_changes,
        };
        rest.index.start = part.index.end;
        rest.changes.start = part.changes.end;
        // A sparse directory is one entry whose path ends in a slash: a leaf with the mode of a tree.
        let is_collapsed = n_changes == 0
            && n_entries == 1
            && entries[0].mode.is_sparse()
            && entries[0].path(self.index).len() == depth + name.len();
        let below = (name.ends_with(b"/") && !is_collapsed).then_some(depth + name.len());
        Some(Child { name, part, below })
    }
}

/// The stretches of index and changes that belong to one directory or file.
#[derive(Debug, Clone)]
struct Part {
    index: Range<usize>,
    changes: Range<usize>,
}

struct Child<'a> {
    /// Its name, with the slash of a directory.
    name: &'a [u8],
    part: Part,
    /// For a directory, how many bytes of a path lead into it.
    below: Option<usize>,
}

/// How many items at the front belong, where those that do come first. Mostly it is none or one: asked for before a
/// search through everything.
pub(crate) fn run_of<T>(items: &[T], belongs: impl Fn(&T) -> bool) -> usize {
    match items {
        [] => 0,
        [first, ..] if !belongs(first) => 0,
        [_, second, ..] if !belongs(second) => 1,
        _ => items.partition_point(belongs),
    }
}

/// The first name in `path` after `depth` bytes, with the slash of a directory: comparing these gives the order of
/// git's trees.
pub(crate) fn child_name(path: &BStr, depth: usize) -> &[u8] {
    let rest = &path[depth..];
    rest.find_byte(b'/').map_or(rest, |slash| &rest[..=slash])
}

/// Whether an entry of the index counts in a tree: not one of a conflict, nor one whose content was never added.
pub(crate) fn is_in_tree(entry: &gix::index::Entry) -> bool {
    entry.stage_raw() == 0 && !entry.flags.contains(Flags::INTENT_TO_ADD)
}

fn find_child<'a>(tree: &'a CachedTree, name: &[u8]) -> Option<&'a CachedTree> {
    tree.children
        .iter()
        .find(|child| child.name.as_slice() == name)
}

/// Appends one entry as git writes it in a tree: `<octal mode> <name>\0<id>`.
fn push(bytes: &mut Vec<u8>, name: &[u8], entry: Entry) {
    bytes.extend_from_slice(octal(entry.mode));
    bytes.push(b' ');
    bytes.extend_from_slice(name);
    bytes.push(0);
    bytes.extend_from_slice(entry.id.as_bytes());
}

/// The mode as trees spell it.
fn octal(mode: Mode) -> &'static [u8] {
    match mode {
        Mode::DIR => b"40000",
        Mode::FILE_EXECUTABLE => b"100755",
        Mode::SYMLINK => b"120000",
        Mode::COMMIT => b"160000",
        _ => b"100644",
    }
}

/// The mode, type and spelling of an entry as `git ls-tree` shows them.
pub(crate) fn listed(mode: Mode) -> (&'static str, &'static str) {
    match mode {
        Mode::DIR => ("040000", "tree"),
        Mode::FILE_EXECUTABLE => ("100755", "blob"),
        Mode::SYMLINK => ("120000", "blob"),
        Mode::COMMIT => ("160000", "commit"),
        _ => ("100644", "blob"),
    }
}

/// Writes the trees for `files`, whose paths may come in any order, without any index.
pub(crate) fn write_files(
    sink: &ObjectSink,
    hash: gix::hash::Kind,
    may_lack_objects: bool,
    files: impl IntoIterator<Item = (BString, Entry)>,
) -> Result<ObjectId, CaptureError> {
    let mut changes: Vec<_> = files
        .into_iter()
        .map(|(path, entry)| Change {
            path,
            now: Some(entry),
        })
        .collect();
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes.dedup_by(|a, b| a.path == b.path);
    let index = gix::index::State::new(hash);
    Source {
        index: &index,
        changes: &changes,
        may_lack_objects,
    }
    .write(sink)
}
