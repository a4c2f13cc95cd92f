//! Walking a notes tree: paths of two hexadecimal digits at a time lead to blobs named by the rest.

use std::collections::BTreeSet;

use gix::ObjectId;
use gix::objs::{FindExt, TreeRefIter};

use crate::StoreError;
use checkpoint_git::objects::Bases;

/// Below this many notes a second thread costs more than it reads.
const WORTH_A_THREAD: usize = 128;

/// A note: annotated object, blob.
pub(crate) type Entry = (ObjectId, ObjectId);

/// Every note, sorted.
pub(super) fn entries(repo: &gix::Repository, root: ObjectId) -> Result<Vec<Entry>, StoreError> {
    entries_below(repo, vec![(String::new(), root)])
}

/// The notes in these trees, each with the digits that lead to it.
fn entries_below(
    repo: &gix::Repository,
    mut open: Vec<(String, ObjectId)>,
) -> Result<Vec<Entry>, StoreError> {
    let mut found = Vec::new();
    let mut buffer = Vec::new();
    while let Some((prefix, tree)) = open.pop() {
        for entry in tree_at(repo, tree, &mut buffer)? {
            let entry = entry.map_err(|source| StoreError::unreadable(tree, source))?;
            let Some(hex) = hex(entry.filename) else {
                continue;
            };
            let path = format!("{prefix}{hex}");
            if entry.mode.is_tree() && hex.len() == 2 {
                open.push((path, entry.oid.to_owned()));
            } else if let (true, Ok(key)) =
                (entry.mode.is_blob(), ObjectId::from_hex(path.as_bytes()))
            {
                found.push((key, entry.oid.to_owned()));
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Whether a tree may be one of notes: there is one in it, or nothing at all.
pub(super) fn is_of_notes(repo: &gix::Repository, root: ObjectId) -> Result<bool, StoreError> {
    let mut is_empty = true;
    let mut buffer = Vec::new();
    let mut below = Vec::new();
    for entry in tree_at(repo, root, &mut buffer)? {
        let entry = entry.map_err(|source| StoreError::unreadable(root, source))?;
        is_empty = false;
        match hex(entry.filename) {
            Some(name) if entry.mode.is_tree() && name.len() == 2 => {
                below.push((name.to_owned(), entry.oid.to_owned()));
            }
            Some(name) if entry.mode.is_blob() && ObjectId::from_hex(name.as_bytes()).is_ok() => {
                return Ok(true);
            }
            _ => {}
        }
    }
    for tree in below {
        if !entries_below(repo, vec![tree])?.is_empty() {
            return Ok(true);
        }
    }
    Ok(is_empty)
}

/// The part of the notes that differs between two trees.
#[derive(Debug)]
pub(crate) struct Changed {
    /// The first digits of the annotated objects it is about; none: all.
    prefixes: Option<BTreeSet<String>>,
    /// All notes that are there now in this part, sorted.
    pub(crate) entries: Vec<Entry>,
}

impl Changed {
    /// Whether the note of `key` may be another now. If not, it is the same.
    pub(crate) fn may_hold(&self, key: &gix::oid) -> bool {
        match &self.prefixes {
            Some(prefixes) if prefixes.is_empty() => false,
            Some(prefixes) => prefixes.contains(&key.to_hex_with_len(2).to_string()),
            None => true,
        }
    }
}

/// What of `new` may differ from `old`: trees of one name that are the same tree do not. All of it, where the notes
/// are not fanned out or the old tree is gone.
pub(super) fn changed(
    repo: &gix::Repository,
    old: ObjectId,
    new: ObjectId,
) -> Result<Changed, StoreError> {
    let all = |entries| Changed {
        prefixes: None,
        entries,
    };
    let fans = (fan(repo, old).ok().flatten(), fan(repo, new)?);
    let (Some(before), Some(now)) = fans else {
        return entries(repo, new).map(all);
    };
    let differing = |one: &BTreeSet<_>, other: &BTreeSet<(String, ObjectId)>| {
        one.difference(other).cloned().collect::<Vec<_>>()
    };
    let (gone, come) = (differing(&before, &now), differing(&now, &before));
    let prefixes = gone.iter().chain(&come).map(|(name, _)| name.clone());
    Ok(Changed {
        prefixes: Some(prefixes.collect()),
        entries: entries_below(repo, come)?,
    })
}

/// The trees of a fanned out tree of notes; none where there are notes beside them.
fn fan(
    repo: &gix::Repository,
    root: ObjectId,
) -> Result<Option<BTreeSet<(String, ObjectId)>>, StoreError> {
    let mut trees = BTreeSet::new();
    let mut buffer = Vec::new();
    for entry in tree_at(repo, root, &mut buffer)? {
        let entry = entry.map_err(|source| StoreError::unreadable(root, source))?;
        match hex(entry.filename) {
            Some(name) if entry.mode.is_tree() && name.len() == 2 => {
                trees.insert((name.to_owned(), entry.oid.to_owned()));
            }
            Some(_) => return Ok(None),
            None => {}
        }
    }
    Ok(Some(trees))
}

/// The blobs that annotate `key`: one, or none, or several where fanouts were mixed.
pub(super) fn blobs_of(
    repo: &gix::Repository,
    root: ObjectId,
    key: &gix::oid,
) -> Result<Vec<ObjectId>, StoreError> {
    let key = key.to_string();
    let mut rest = key.as_str();
    let mut found = Vec::new();
    let mut next = Some(root);
    let mut buffer = Vec::new();
    while let Some(tree) = next.take() {
        for entry in tree_at(repo, tree, &mut buffer)? {
            let entry = entry.map_err(|source| StoreError::unreadable(tree, source))?;
            if entry.mode.is_blob() && entry.filename == rest {
                found.push(entry.oid.to_owned());
            } else if entry.mode.is_tree() && rest.len() > 2 && *entry.filename == rest[..2] {
                next = Some(entry.oid.to_owned());
            }
        }
        rest = &rest[2.min(rest.len())..];
    }
    Ok(found)
}

/// The blobs' bytes, one after the other, with a line end between them.
pub(super) fn content(repo: &gix::Repository, blobs: &[ObjectId]) -> Result<Vec<u8>, StoreError> {
    let mut all = Vec::new();
    let mut buffer = Vec::new();
    for id in blobs {
        read_blob(repo, *id, &mut buffer, &mut all)?;
    }
    Ok(all)
}

pub(super) fn read_all<T: Send>(
    repo: &gix::Repository,
    root: ObjectId,
    read: &(impl Fn(ObjectId, Result<&[u8], StoreError>) -> T + Sync),
) -> Result<Vec<T>, StoreError> {
    let entries = entries(repo, root)?;
    let notes: Vec<_> = entries.chunk_by(|one, other| one.0 == other.0).collect();
    Ok(self::read(repo, &notes, read))
}

/// Reads these notes; the entries of each are together.
pub(super) fn read<T: Send>(
    repo: &gix::Repository,
    notes: &[&[Entry]],
    read: &(impl Fn(ObjectId, Result<&[u8], StoreError>) -> T + Sync),
) -> Vec<T> {
    if notes.len() < WORTH_A_THREAD {
        return read_some(repo.clone(), notes, read);
    }
    let (first, second) = notes.split_at(notes.len() / 2);
    let (repo, other_repo) = (repo.clone(), repo.clone());
    std::thread::scope(|scope| {
        let other = scope.spawn(move || read_some(other_repo, second, read));
        let mut all = read_some(repo, first, read);
        match other.join() {
            Ok(others) => all.extend(others),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        all
    })
}

fn read_some<T>(
    mut repo: gix::Repository,
    notes: &[&[Entry]],
    read: impl Fn(ObjectId, Result<&[u8], StoreError>) -> T,
) -> Vec<T> {
    // Records resemble each other, so git packs them as long chains of deltas.
    repo.objects.set_pack_cache(|| Box::new(Bases::default()));
    let (mut content, mut buffer) = (Vec::new(), Vec::new());
    let one = |note: &&[Entry]| {
        content.clear();
        let result = note
            .iter()
            .try_for_each(|(_, blob)| read_blob(&repo, *blob, &mut buffer, &mut content));
        read(note[0].0, result.map(|()| &*content))
    };
    notes.iter().map(one).collect()
}

/// Adds the bytes of the blob `id` to `all`.
fn read_blob(
    repo: &gix::Repository,
    id: ObjectId,
    buffer: &mut Vec<u8>,
    all: &mut Vec<u8>,
) -> Result<(), StoreError> {
    let blob = repo
        .objects
        .find_blob(&id, buffer)
        .map_err(|source| StoreError::unreadable(id, source))?;
    if !all.is_empty() && !all.ends_with(b"\n") {
        all.push(b'\n');
    }
    all.extend_from_slice(blob.data);
    Ok(())
}

pub(super) fn tree_at<'b>(
    repo: &gix::Repository,
    id: ObjectId,
    buffer: &'b mut Vec<u8>,
) -> Result<TreeRefIter<'b>, StoreError> {
    if id == repo.object_hash().empty_tree() {
        return Ok(TreeRefIter::from_bytes(&[], repo.object_hash()));
    }
    repo.objects
        .find_tree_iter(&id, buffer)
        .map_err(|source| StoreError::unreadable(id, source))
}

/// A file name that may be part of an object id. Other names in a notes tree are not notes.
pub(super) fn hex(name: &[u8]) -> Option<&str> {
    let is_hex = name
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    std::str::from_utf8(name).ok().filter(|_| is_hex)
}
