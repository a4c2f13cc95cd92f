//! The notes that are not the same in two trees, found by the trees that differ.

use std::iter::Peekable;

use gix::ObjectId;

use super::walk::{Entry, hex, tree_at};
use crate::StoreError;

/// An annotated object whose notes differ, with the blobs of each side: one, or none, or several where fanouts are
/// mixed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Differing {
    pub(super) key: ObjectId,
    pub(super) ours: Vec<ObjectId>,
    pub(super) theirs: Vec<ObjectId>,
}

/// What differs, in the order of the keys. Trees of one name that are the same tree are not read, so this costs what
/// has changed, not what there is; the fanouts may be different.
pub(super) fn differing(
    repo: &gix::Repository,
    ours: ObjectId,
    theirs: ObjectId,
) -> Result<Vec<Differing>, StoreError> {
    let mut found = [Vec::new(), Vec::new()];
    let mut open = vec![(String::new(), [Some(ours), Some(theirs)])];
    while let Some((prefix, trees)) = open.pop() {
        if trees[0] == trees[1] {
            continue;
        }
        let [mut one, mut other] = [Level::default(), Level::default()];
        for (level, tree) in [&mut one, &mut other].into_iter().zip(trees) {
            if let Some(tree) = tree {
                level.read(repo, tree, &prefix)?;
            }
        }
        // Where there are notes beside trees, one object may have notes in both: then all of them count.
        let is_mixed = [&one, &other].iter().any(|level| level.is_mixed());
        if !is_mixed {
            remove_common(&mut one.notes, &mut other.notes);
        }
        remove_common(&mut one.trees, &mut other.trees);
        open.extend(pairs(one.trees, other.trees));
        found[0].append(&mut one.notes);
        found[1].append(&mut other.notes);
    }
    found.iter_mut().for_each(|found| found.sort_unstable());
    let [ours, theirs] = found;
    Ok(by_key(ours, theirs))
}

/// What one tree holds of notes.
#[derive(Default)]
struct Level {
    notes: Vec<Entry>,
    /// Each with the digits that lead to it.
    trees: Vec<(String, ObjectId)>,
}

impl Level {
    fn is_mixed(&self) -> bool {
        !self.notes.is_empty() && !self.trees.is_empty()
    }

    fn read(
        &mut self,
        repo: &gix::Repository,
        tree: ObjectId,
        prefix: &str,
    ) -> Result<(), StoreError> {
        let mut buffer = Vec::new();
        for entry in tree_at(repo, tree, &mut buffer)? {
            let entry = entry.map_err(|source| StoreError::unreadable(tree, source))?;
            let Some(hex) = hex(entry.filename) else {
                continue;
            };
            let path = format!("{prefix}{hex}");
            if entry.mode.is_tree() && hex.len() == 2 {
                self.trees.push((path, entry.oid.to_owned()));
            } else if let (true, Ok(key)) =
                (entry.mode.is_blob(), ObjectId::from_hex(path.as_bytes()))
                && key.kind() == repo.object_hash()
            {
                self.notes.push((key, entry.oid.to_owned()));
            }
        }
        self.notes.sort_unstable();
        self.trees.sort_unstable();
        Ok(())
    }
}

/// Removes from both what is in both; they are sorted.
fn remove_common<T: Ord + Clone>(one: &mut Vec<T>, other: &mut Vec<T>) {
    let before = one.clone();
    one.retain(|it| other.binary_search(it).is_err());
    other.retain(|it| before.binary_search(it).is_err());
}

type Pair = (String, [Option<ObjectId>; 2]);

/// The trees of one name, side by side.
fn pairs(one: Vec<(String, ObjectId)>, other: Vec<(String, ObjectId)>) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::with_capacity(one.len().max(other.len()));
    let (mut one, mut other) = (one.into_iter().peekable(), other.into_iter().peekable());
    while let Some(name) = first(&mut one, &mut other) {
        let take = |side: &mut Peekable<std::vec::IntoIter<(String, ObjectId)>>| {
            side.next_if(|(it, _)| *it == name).map(|(_, id)| id)
        };
        let trees = [take(&mut one), take(&mut other)];
        pairs.push((name, trees));
    }
    pairs
}

/// The lesser of the keys that are next.
fn first<K: Ord + Clone, V>(
    one: &mut Peekable<impl Iterator<Item = (K, V)>>,
    other: &mut Peekable<impl Iterator<Item = (K, V)>>,
) -> Option<K> {
    let (one, other) = (one.peek(), other.peek());
    let keys = one.into_iter().chain(other);
    keys.map(|(key, _)| key).min().cloned()
}

/// The blobs of one key, side by side, where they are not the same.
fn by_key(ours: Vec<Entry>, theirs: Vec<Entry>) -> Vec<Differing> {
    let mut all = Vec::new();
    let (mut ours, mut theirs) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
    while let Some(key) = first(&mut ours, &mut theirs) {
        let take = |side: &mut Peekable<std::vec::IntoIter<Entry>>| {
            let mut blobs = Vec::new();
            while let Some((_, blob)) = side.next_if(|(it, _)| *it == key) {
                blobs.push(blob);
            }
            blobs
        };
        let (ours, theirs) = (take(&mut ours), take(&mut theirs));
        if ours != theirs {
            all.push(Differing { key, ours, theirs });
        }
    }
    all
}
