//! Git notes: one blob for each annotated object, in git's own fanout.
//!
//! What git writes is read, and what is written here git reads: `git notes --ref=checkpoints show <snapshot>`. One
//! edit reads and writes only the trees on its way, whatever the number of notes. Moving the reference is left to the
//! caller, who does it together with others ([`checkpoint_git::refs::transaction`]).

mod begin;
mod difference;
mod merge;
mod twice;
mod walk;

use std::collections::BTreeMap;

use checkpoint_git::{Repository, refs};
use gix::ObjectId;
use gix::actor::Signature;
use gix::note::plumbing::State;
use gix::objs::{Commit, Find, Kind, Write};

pub use self::begin::{begin, end, is_only_begun};
pub use self::merge::{Merged, compare, merge, refuse_others, without};
pub(crate) use self::walk::{Changed, Entry};
use crate::StoreError;

/// The reference that holds the records of checkpoints.
pub const CHECKPOINTS: &str = "refs/notes/checkpoints";

/// The notes below one reference, as they were when it was read.
#[derive(Debug)]
pub struct Notes<'r> {
    repo: &'r Repository,
    reference: String,
    tip: Option<ObjectId>,
    tree: ObjectId,
}

/// What shall become of the note of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteEdit {
    /// The annotated object.
    pub key: ObjectId,
    /// The whole of the new note; none removes it.
    pub content: Option<Vec<u8>>,
}

impl<'r> Notes<'r> {
    /// Reads where `reference` (such as [`CHECKPOINTS`]) stands. One that is not there holds no notes.
    pub fn read(repo: &'r Repository, reference: &str) -> Result<Self, StoreError> {
        let tip = refs::find(repo, reference)?;
        let tree = match tip {
            Some(id) if is_blob(repo, id) => {
                let reference = reference.to_owned();
                return Err(StoreError::NotNotes { reference, id });
            }
            Some(id) => tree_of(repo, id)?,
            None => repo.gix().object_hash().empty_tree(),
        };
        Ok(Self {
            repo,
            reference: reference.to_owned(),
            tip,
            tree,
        })
    }

    /// The commit the reference pointed at; none where it was not there.
    pub fn tip(&self) -> Option<ObjectId> {
        self.tip
    }

    /// The reference these notes were read from.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The note of `key`. Where an unlucky merge has left two, both, one after the other, as git shows them.
    pub fn get(&self, key: &gix::oid) -> Result<Option<Vec<u8>>, StoreError> {
        let blobs = walk::blobs_of(self.repo.gix(), self.tree, key)?;
        if blobs.is_empty() {
            return Ok(None);
        }
        walk::content(self.repo.gix(), &blobs).map(Some)
    }

    /// The annotated objects, sorted, without reading one note.
    pub fn keys(&self) -> Result<Vec<ObjectId>, StoreError> {
        let mut keys: Vec<_> = walk::entries(self.repo.gix(), self.tree)?
            .into_iter()
            .map(|(key, _)| key)
            .collect();
        keys.dedup();
        Ok(keys)
    }

    /// The tree that holds them.
    pub(crate) fn tree(&self) -> ObjectId {
        self.tree
    }

    /// The notes that may not be as they were in the tree `old`.
    pub(crate) fn changed_since(&self, old: ObjectId) -> Result<Changed, StoreError> {
        walk::changed(self.repo.gix(), old, self.tree)
    }

    /// The blobs that annotate `key`.
    pub(crate) fn blobs_of(&self, key: &gix::oid) -> Result<Vec<ObjectId>, StoreError> {
        walk::blobs_of(self.repo.gix(), self.tree, key)
    }

    /// Like [`read_all`](Self::read_all), of these notes only: for each annotated object its entries.
    pub(crate) fn read_some<T: Send>(
        &self,
        notes: &[&[Entry]],
        read: impl Fn(ObjectId, Result<&[u8], StoreError>) -> T + Sync,
    ) -> Vec<T> {
        walk::read(self.repo.gix(), notes, &read)
    }

    /// Reads all notes, in the order of their keys, and gives what `read` makes of each. A note whose blob cannot be
    /// read comes as the error it met, so that one lost object does not hide the others.
    pub fn read_all<T: Send>(
        &self,
        read: impl Fn(ObjectId, Result<&[u8], StoreError>) -> T + Sync,
    ) -> Result<Vec<T>, StoreError> {
        walk::read_all(self.repo.gix(), self.tree, &read)
    }

    /// Writes the commit that these notes become with `edits`, into `objects`; none when nothing would change.
    ///
    /// No reference moves: that is the caller's, from [`tip`](Self::tip) to the commit.
    pub fn commit(
        &self,
        edits: &[NoteEdit],
        message: &str,
        who: &Signature,
        objects: &dyn Write,
    ) -> Result<Option<ObjectId>, StoreError> {
        let blob = |NoteEdit { key, content }: &NoteEdit| {
            let blob = content.as_ref();
            let blob = blob.map(|content| objects.write_buf(Kind::Blob, content));
            let blob = blob.transpose().map_err(StoreError::unwritten)?;
            Ok((*key, blob))
        };
        let edits: Result<Vec<_>, StoreError> = edits.iter().map(blob).collect();
        let tree = self.tree_with(&edits?, objects)?;
        if tree == self.tree {
            return Ok(None);
        }
        let parents: Vec<_> = self.tip.into_iter().collect();
        commit_of(tree, &parents, message, who, objects).map(Some)
    }

    /// Writes the tree of these notes with other blobs for some objects; none removes the note.
    fn tree_with(
        &self,
        edits: &[(ObjectId, Option<ObjectId>)],
        objects: &dyn Write,
    ) -> Result<ObjectId, StoreError> {
        match self.edited(self.tree, edits, &BTreeMap::new(), objects) {
            Err(error) => {
                let Some(twice::Mended { tree, again, new }) = twice::mend(self, objects)? else {
                    return Err(error);
                };
                let edits: Vec<_> = again.iter().chain(edits).copied().collect();
                self.edited(tree, &edits, &new, objects)
            }
            tree => tree,
        }
    }

    fn edited(
        &self,
        tree: ObjectId,
        edits: &[(ObjectId, Option<ObjectId>)],
        new: &BTreeMap<ObjectId, Vec<u8>>,
        objects: &dyn Write,
    ) -> Result<ObjectId, StoreError> {
        let trees = Trees {
            repo: self.repo.gix(),
            new,
            objects,
        };
        let mut state = State::new(tree, &trees).map_err(StoreError::unwritten)?;
        for (key, blob) in edits {
            state
                .edit(*key, *blob, &trees)
                .map_err(StoreError::unwritten)?;
        }
        state.write(&trees).map_err(StoreError::unwritten)
    }
}

/// Writes a commit of notes.
fn commit_of(
    tree: ObjectId,
    parents: &[ObjectId],
    message: &str,
    who: &Signature,
    objects: &dyn Write,
) -> Result<ObjectId, StoreError> {
    let commit = Commit {
        tree,
        parents: parents.iter().copied().collect(),
        author: who.clone(),
        committer: who.clone(),
        encoding: None,
        message: format!("{message}\n").into(),
        extra_headers: Vec::new(),
    };
    objects.write(&commit).map_err(StoreError::unwritten)
}

fn is_blob(repo: &Repository, id: ObjectId) -> bool {
    let header = repo.gix().try_find_header(id).ok().flatten();
    header.is_some_and(|header| header.kind() == Kind::Blob)
}

/// The tree of the notes commit `id`; git also takes a reference that points at a tree itself.
fn tree_of(repo: &Repository, id: ObjectId) -> Result<ObjectId, StoreError> {
    let object = repo
        .gix()
        .find_object(id)
        .map_err(|source| StoreError::unreadable(id, source))?;
    let tree = object
        .peel_to_tree()
        .map_err(|source| StoreError::unreadable(id, source))?;
    Ok(tree.id)
}

/// What gix's notes need: reading from the repository, the empty tree even where it was never written, and writing
/// to wherever new objects go.
struct Trees<'a> {
    repo: &'a gix::Repository,
    /// Trees that are written, and cannot be read yet.
    new: &'a BTreeMap<ObjectId, Vec<u8>>,
    objects: &'a dyn Write,
}

impl Find for Trees<'_> {
    fn try_find<'b>(
        &self,
        id: &gix::oid,
        buffer: &'b mut Vec<u8>,
    ) -> gix::Result<Option<gix::objs::Data<'b>>> {
        if *id == *self.repo.object_hash().empty_tree() {
            buffer.clear();
            return Ok(Some(gix::objs::Data::new(
                buffer,
                Kind::Tree,
                self.repo.object_hash(),
            )));
        }
        if let Some(tree) = self.new.get(id) {
            buffer.clone_from(tree);
            return Ok(Some(gix::objs::Data::new(
                buffer,
                Kind::Tree,
                self.repo.object_hash(),
            )));
        }
        self.repo.objects.try_find(id, buffer)
    }
}

impl Write for Trees<'_> {
    fn write_buf_with_known_id(
        &self,
        kind: Kind,
        from: &[u8],
        id: ObjectId,
    ) -> gix::Result<ObjectId> {
        self.objects.write_buf_with_known_id(kind, from, id)
    }

    fn write_stream(
        &self,
        kind: Kind,
        size: u64,
        from: &mut dyn std::io::Read,
    ) -> gix::Result<ObjectId> {
        self.objects.write_stream(kind, size, from)
    }

    fn write_stream_with_known_id(
        &self,
        kind: Kind,
        size: u64,
        from: &mut dyn std::io::Read,
        id: ObjectId,
    ) -> gix::Result<ObjectId> {
        self.objects
            .write_stream_with_known_id(kind, size, from, id)
    }
}

#[cfg(test)]
mod tests;
