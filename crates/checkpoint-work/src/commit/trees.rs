//! Where two trees differ: what is the same tree is not read.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice as _};
use checkpoint_store::StoreError;
use gix::{ObjectId, objs::tree::EntryMode};

/// What a tree has at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) mode: EntryMode,
    pub(crate) id: ObjectId,
}

/// A path that differs: before and after.
pub(crate) type Change = (Option<Leaf>, Option<Leaf>);

/// Paths that differ, in git's order of an index.
pub(crate) type Changes = BTreeMap<BString, Change>;

/// The files that differ from one tree to another.
pub(crate) fn difference(
    repo: &gix::Repository,
    from: ObjectId,
    to: ObjectId,
) -> Result<Changes, StoreError> {
    let mut found = Changes::new();
    descend(
        repo,
        (Some(from), Some(to)),
        &BString::default(),
        &mut found,
    )?;
    Ok(found)
}

fn descend(
    repo: &gix::Repository,
    (from, to): (Option<ObjectId>, Option<ObjectId>),
    prefix: &BString,
    found: &mut Changes,
) -> Result<(), StoreError> {
    if from == to {
        return Ok(());
    }
    let (mut before, after) = (read(repo, from)?, read(repo, to)?);
    let mut pairs: Vec<_> = after
        .into_iter()
        .map(|(name, new)| (before.remove(&name), Some(new), name))
        .collect();
    pairs.extend(
        before
            .into_iter()
            .map(|(name, old)| (Some(old), None, name)),
    );
    for (old, new, name) in pairs {
        if old == new {
            continue;
        }
        let mut path = prefix.clone();
        path.extend_from_slice(&name);
        let file = |leaf: Option<Leaf>| leaf.filter(|leaf| !leaf.mode.is_tree());
        let directory = |leaf: Option<Leaf>| leaf.filter(|leaf| leaf.mode.is_tree());
        if file(old).is_some() || file(new).is_some() {
            found.insert(path.clone(), (file(old), file(new)));
        }
        path.push(b'/');
        let below = (directory(old), directory(new));
        let below = (below.0.map(|leaf| leaf.id), below.1.map(|leaf| leaf.id));
        descend(repo, below, &path, found)?;
    }
    Ok(())
}

fn read(
    repo: &gix::Repository,
    tree: Option<ObjectId>,
) -> Result<BTreeMap<BString, Leaf>, StoreError> {
    let Some(id) = tree.filter(|id| !id.is_empty_tree()) else {
        return Ok(BTreeMap::new());
    };
    let unreadable = |source| StoreError::Unreadable { id, source };
    let object = repo
        .find_object(id)
        .map_err(|error| unreadable(error.into()))?;
    let tree = object
        .try_into_tree()
        .map_err(|error| unreadable(error.into()))?;
    tree.iter()
        .map(|entry| {
            let entry = entry.map_err(|error| unreadable(error.into()))?;
            let leaf = Leaf {
                mode: entry.mode(),
                id: entry.oid().to_owned(),
            };
            Ok((entry.filename().to_owned(), leaf))
        })
        .collect()
}

/// What the tree has at `path`, be it a directory.
pub(crate) fn lookup(repo: &gix::Repository, tree: ObjectId, path: &[u8]) -> Option<Leaf> {
    if tree.is_empty_tree() {
        return None;
    }
    let tree = repo.find_object(tree).ok()?.try_into_tree().ok()?;
    let entry = tree.lookup_entry(path.split_str("/")).ok()??;
    Some(Leaf {
        mode: entry.mode(),
        id: entry.object_id(),
    })
}

/// Trees of a snapshot's parts, and of any commit.
pub(crate) struct Commit {
    pub(crate) tree: ObjectId,
    pub(crate) parents: Vec<ObjectId>,
}

impl Commit {
    pub(crate) fn read(repo: &gix::Repository, id: ObjectId) -> Result<Self, StoreError> {
        let unreadable = |source| StoreError::Unreadable { id, source };
        let commit = repo
            .find_commit(id)
            .map_err(|error| unreadable(error.into()))?;
        let tree = commit.tree_id().map_err(|error| unreadable(error.into()))?;
        Ok(Self {
            tree: tree.detach(),
            parents: commit.parent_ids().map(gix::Id::detach).collect(),
        })
    }
}
