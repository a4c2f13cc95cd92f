//! Notes that stand in a tree twice, under two fanouts: what a merge of trees as files leaves. git reads both; gix
//! edits no such tree.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gix::ObjectId;
use gix::objs::tree::Editor;
use gix::objs::{Kind, Tree, Write, WriteTo as _};

use super::{Notes, walk};
use crate::StoreError;

/// The tree without the notes that were in it twice, and what puts them in again.
pub(super) struct Mended {
    pub(super) tree: ObjectId,
    /// Each of these notes, with a blob that holds all of it.
    pub(super) again: Vec<(ObjectId, Option<ObjectId>)>,
    /// The trees that were written for it.
    pub(super) new: BTreeMap<ObjectId, Vec<u8>>,
}

/// Takes such notes out of their tree; none where there are none.
pub(super) fn mend(notes: &Notes<'_>, objects: &dyn Write) -> Result<Option<Mended>, StoreError> {
    let repo = notes.repo.gix();
    let entries = walk::entries(repo, notes.tree)?;
    let twice: Vec<_> = entries
        .chunk_by(|one, other| one.0 == other.0)
        .filter(|note| note.len() > 1)
        .collect();
    if twice.is_empty() {
        return Ok(None);
    }
    let unreadable = |source| StoreError::unreadable(notes.tree, source);
    let root = repo.find_tree(notes.tree).map_err(unreadable)?;
    let root = root.decode().map_err(unreadable)?;
    let mut editor = Editor::new(Tree::from(root), &repo.objects, repo.object_hash());
    let mut again = Vec::new();
    for note in twice {
        let key = note[0].0;
        for path in paths(&key.to_string()) {
            editor.remove_if_leaf(&path).map_err(unreadable)?;
        }
        let blobs: Vec<_> = note.iter().map(|(_, blob)| *blob).collect();
        let content = walk::content(repo, &blobs)?;
        let blob = objects.write_buf(Kind::Blob, &content);
        again.push((key, Some(blob.map_err(StoreError::unwritten)?)));
    }
    let new = RefCell::new(BTreeMap::new());
    let write = |tree: &Tree| -> Result<ObjectId, StoreError> {
        let mut bytes = Vec::new();
        tree.write_to(&mut bytes)
            .map_err(|source| StoreError::unwritten(Box::new(source)))?;
        let id = objects.write_buf(Kind::Tree, &bytes);
        let id = id.map_err(StoreError::unwritten)?;
        new.borrow_mut().insert(id, bytes);
        Ok(id)
    };
    let tree = editor.write(write)?;
    Ok(Some(Mended {
        tree,
        again,
        new: new.into_inner(),
    }))
}

/// All places where the note of `hex` may stand.
fn paths(hex: &str) -> Vec<Vec<&str>> {
    let path = |depth: usize| {
        let (directories, name) = hex.split_at(2 * depth);
        let directories = (0..depth).map(|at| &directories[2 * at..2 * at + 2]);
        directories.chain([name]).collect()
    };
    (0..hex.len() / 2).map(path).collect()
}
