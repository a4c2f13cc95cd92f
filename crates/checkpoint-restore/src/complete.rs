//! Whether all that a restore needs can be read: nothing may be touched before that is known.

use checkpoint_git::Repository;
use checkpoint_model::restore::{FileKind, Leaf, Plan};
use gix::ObjectId;
use gix::bstr::BString;
use gix::objs::tree::EntryKind;

use crate::state::{Objects, State, TreeEntry};
use crate::{RestoreError, difference};

/// Blobs up to this size are read to see that they can be: an object file may be there and be damaged.
const WORTH_READING: u64 = 1 << 20;

/// Fails with [`RestoreError::MissingObject`] unless files, index and operation of `then` can be written as planned.
pub(crate) fn require(
    repo: &Repository,
    objects: &Objects<'_>,
    plan: &Plan,
    now: &State,
    then: &State,
) -> Result<(), RestoreError> {
    let reader = Reader { repo, objects };
    for leaf in plan.writes().filter_map(|write| write.then.as_ref()) {
        reader.require_leaf(leaf)?;
    }
    if plan.index {
        reader.require_index(now, then)?;
    }
    if plan.operation.is_some() {
        let files = then.side.git_dir.values();
        files
            .map(|entry| entry.id)
            .try_for_each(|id| reader.require(id))?;
    }
    Ok(())
}

struct Reader<'a> {
    repo: &'a Repository,
    objects: &'a Objects<'a>,
}

impl Reader<'_> {
    fn require_leaf(&self, leaf: &Leaf) -> Result<(), RestoreError> {
        let ids = [
            Some(&leaf.id).filter(|_| leaf.raw.is_none() && leaf.kind != FileKind::Submodule),
            leaf.raw.as_ref(),
        ];
        let mut ids = ids.into_iter().flatten();
        ids.try_for_each(|id| self.require(crate::apply::parse(id)?))
    }

    /// The trees of the index, and what was staged. What HEAD has is the repository's own matter: it may be promised by
    /// a remote.
    fn require_index(&self, now: &State, then: &State) -> Result<(), RestoreError> {
        let mut staged: Vec<(BString, Leaf)> = Vec::new();
        let mut tell = |path, _, then: Option<Leaf>| staged.extend(then.map(|leaf| (path, leaf)));
        let (from, to) = (Some(now.index_tree), Some(then.index_tree));
        difference::trees(self.objects, from, to, &mut BString::default(), &mut tell)?;
        let head = match then.head.id {
            Some(commit) => Some(self.objects.tree_of(commit)?),
            None => None,
        };
        for (path, leaf) in staged {
            let id = crate::apply::parse(&leaf.id)?;
            let is_committed = |tree| -> Result<bool, RestoreError> {
                let entry = difference::find(self.objects, tree, &path)?;
                Ok(entry.is_some_and(|entry| entry.id == id))
            };
            match head {
                Some(tree) if is_committed(tree)? => {}
                _ => self.require_leaf(&leaf)?,
            }
        }
        let is_file = |entry: &&TreeEntry| entry.kind != EntryKind::Commit;
        let conflicts = then.side.conflicts.values().filter(is_file);
        let mut ids = conflicts.map(|entry| entry.id);
        ids.try_for_each(|id| self.require(id))
    }

    fn require(&self, id: ObjectId) -> Result<(), RestoreError> {
        let missing = RestoreError::MissingObject { id };
        if !self.objects.sink.reuse(&id)? {
            return Err(missing);
        }
        let header = self.repo.gix().try_find_header(id);
        let size = match header {
            Ok(Some(header)) => header.size(),
            // Not in place yet: it is in memory.
            Ok(None) => return Ok(()),
            Err(_) => return Err(missing),
        };
        match size <= WORTH_READING && self.objects.sink.read(&id).is_err() {
            true => Err(missing),
            false => Ok(()),
        }
    }
}
