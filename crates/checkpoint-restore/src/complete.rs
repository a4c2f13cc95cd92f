//! Whether all that a restore needs can be read: nothing may be touched before that is known.

use std::collections::BTreeSet;

use checkpoint_git::Repository;
use checkpoint_git::paths::as_path;
use checkpoint_model::restore::{FileKind, Leaf, Plan};
use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix::objs::Kind;
use gix::objs::tree::EntryKind;
use rustix::fs::{Access, AtFlags, CWD, accessat};

use crate::files::{FilesError, Names};
use crate::state::{Objects, State, TreeEntry, ancestors};
use crate::{RestoreError, difference, index};

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
    require_writable(repo, plan)?;
    let reader = Reader { repo, objects };
    let names = Names::of(repo);
    for write in plan.writes() {
        names.check(write.path.as_bstr(), false)?;
        write
            .then
            .iter()
            .try_for_each(|leaf| reader.require_leaf(leaf))?;
    }
    for directory in &plan.directories {
        names.check(directory.as_bstr(), false)?;
    }
    if plan.index {
        reader.require_index(names, now, then)?;
    }
    if plan.operation.is_some() {
        let files = then.side.git_dir.values();
        files
            .map(|entry| entry.id)
            .try_for_each(|id| reader.require(id))?;
    }
    Ok(())
}

/// Fails with [`FilesError::Denied`] or [`FilesError::ReadOnly`] where files are to come or to go and a directory does
/// not let them.
fn require_writable(repo: &Repository, plan: &Plan) -> Result<(), RestoreError> {
    let Some(top) = repo.work_tree().filter(|_| !plan.files.is_empty()) else {
        return Ok(());
    };
    let mut asked = BTreeSet::new();
    for difference in &plan.files {
        let path = difference.path.as_bstr();
        let parent = path
            .rfind_byte(b'/')
            .map_or(&b""[..], |slash| &path[..slash]);
        if !asked.insert(parent) {
            continue;
        }
        let is_there = |directory: &&[u8]| {
            let there = top.join(as_path(directory.as_bstr())).symlink_metadata();
            there.is_ok_and(|there| there.is_dir())
        };
        // What is above a link, or not there yet, is what counts.
        let deepest = ancestors(path).take_while(is_there).last();
        let directory = deepest.map_or(top.to_owned(), |path| top.join(as_path(path.as_bstr())));
        let wanted = Access::WRITE_OK | Access::EXEC_OK;
        accessat(CWD, &directory, wanted, AtFlags::empty())
            .map_err(|errno| FilesError::at("write", path, errno))?;
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
    fn require_index(&self, names: Names, now: &State, then: &State) -> Result<(), RestoreError> {
        let mut staged: Vec<(BString, Leaf)> = Vec::new();
        let mut tell = |path, _, then: Option<Leaf>| staged.extend(then.map(|leaf| (path, leaf)));
        let (from, to) = (Some(now.index_tree), Some(then.index_tree));
        difference::trees(self.objects, from, to, &mut BString::default(), &mut tell)?;
        let head = match then.head.id {
            Some(commit) => Some(self.objects.tree_of(commit)?),
            None => None,
        };
        for (path, leaf) in staged {
            names.check(path.as_ref(), false)?;
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
        if let Some(raw) = then.side.index {
            let index = index::parse(&self.objects.read(raw, Kind::Blob)?, raw.kind());
            let index = index.ok_or(RestoreError::MissingObject { id: raw })?;
            let paths = index.entries().iter().map(|entry| entry.path(&index));
            // That of a sparse directory ends in a slash.
            let paths = paths.map(|path| path.strip_suffix(b"/").unwrap_or(path).as_bstr());
            paths
                .into_iter()
                .try_for_each(|path| names.check(path, false))?;
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
