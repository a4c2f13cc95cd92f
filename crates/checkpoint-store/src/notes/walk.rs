//! Walking a notes tree: paths of two hexadecimal digits at a time lead to blobs named by the rest.

use gix::ObjectId;
use gix::objs::{FindExt, TreeRefIter};

use super::cache::Bases;
use crate::StoreError;

/// Below this many notes a second thread costs more than it reads.
const WORTH_A_THREAD: usize = 128;

/// Every note as (annotated object, blob), sorted by both.
pub(super) fn entries(
    repo: &gix::Repository,
    root: ObjectId,
) -> Result<Vec<(ObjectId, ObjectId)>, StoreError> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), root)];
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
    if notes.len() < WORTH_A_THREAD {
        return Ok(read_some(repo.clone(), &notes, read));
    }
    let (first, second) = notes.split_at(notes.len() / 2);
    let (repo, other_repo) = (repo.clone(), repo.clone());
    Ok(std::thread::scope(|scope| {
        let other = scope.spawn(move || read_some(other_repo, second, read));
        let mut all = read_some(repo, first, read);
        match other.join() {
            Ok(others) => all.extend(others),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        all
    }))
}

fn read_some<T>(
    mut repo: gix::Repository,
    notes: &[&[(ObjectId, ObjectId)]],
    read: impl Fn(ObjectId, Result<&[u8], StoreError>) -> T,
) -> Vec<T> {
    // Records resemble each other, so git packs them as long chains of deltas.
    repo.objects.set_pack_cache(|| Box::new(Bases::default()));
    let (mut content, mut buffer) = (Vec::new(), Vec::new());
    let one = |note: &&[(ObjectId, ObjectId)]| {
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

fn tree_at<'b>(
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
fn hex(name: &[u8]) -> Option<&str> {
    let is_hex = name
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    std::str::from_utf8(name).ok().filter(|_| is_hex)
}
