//! The trees of commits, as far as they would be published.

use std::collections::HashSet;

use bstr::{BStr, BString, ByteSlice as _};
use gix::ObjectId;

use crate::{Aspect, Object, ScanError, name};

/// A walk through commits, which tells each thing of them once.
pub(crate) struct Walk<'a> {
    repo: &'a gix::Repository,
    /// The trees and blobs that would be published.
    sent: HashSet<ObjectId>,
    seen: HashSet<(ObjectId, BString)>,
    names: HashSet<BString>,
    found: Vec<Object>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(repo: &'a gix::Repository, sent: HashSet<ObjectId>) -> Self {
        Self {
            repo,
            sent,
            seen: HashSet::new(),
            names: HashSet::new(),
            found: Vec::new(),
        }
    }

    /// What was found: commits, files with each of their paths; and paths that may hold a secret, be what they name new
    /// or not.
    pub(crate) fn finish(self) -> (Vec<Object>, HashSet<BString>) {
        (self.found, self.names)
    }

    /// Goes through a commit. Fails with [`ScanError::Unreadable`].
    pub(crate) fn commit(&mut self, id: ObjectId) -> Result<(), ScanError> {
        let repo = self.repo;
        let commit = repo.find_commit(id);
        let commit = commit.map_err(|error| unreadable(id, error))?;
        let tree = commit.tree_id().map_err(|error| unreadable(id, error))?;
        let tree = tree.detach();
        self.found.push(Object {
            id,
            path: format!("commit {}", id.to_hex_with_len(7)).into(),
            aspect: Aspect::Commit,
        });
        if self.is_new(tree, BStr::new("")) {
            let mut left = vec![(tree, BString::default())];
            while let Some((id, path)) = left.pop() {
                self.tree(id, path, &mut left)?;
            }
        }
        Ok(())
    }

    /// Goes through one tree, and adds those below it to `left`.
    fn tree(
        &mut self,
        id: ObjectId,
        mut path: BString,
        left: &mut Vec<(ObjectId, BString)>,
    ) -> Result<(), ScanError> {
        let repo = self.repo;
        let tree = repo.try_find_object(id);
        let Some(tree) = tree.map_err(|error| unreadable(id, error))? else {
            self.found.push(Object {
                id,
                path,
                aspect: Aspect::File,
            });
            return Ok(());
        };
        if !path.is_empty() {
            path.push(b'/');
        }
        let folder = path.len();
        for entry in gix::objs::TreeRefIter::from_bytes(&tree.data, repo.object_hash()) {
            let entry = entry.map_err(|error| unreadable(id, error))?;
            path.truncate(folder);
            path.extend_from_slice(entry.filename);
            let (id, mode) = (entry.oid.to_owned(), entry.mode);
            let is_sent = self.sent.contains(&id);
            // A folder is looked at with what is in it.
            if !(is_sent && mode.is_tree()) && name::is_telling(path.as_bstr()) {
                self.names.insert(path.clone());
            }
            match (self.is_new(id, path.as_bstr()), mode.is_tree()) {
                (false, _) => {}
                (true, true) => left.push((id, path.clone())),
                (true, false) => self.found.push(Object {
                    id,
                    path: path.clone(),
                    aspect: Aspect::File,
                }),
            }
        }
        Ok(())
    }

    /// Whether it would be published, and was not met at this path before.
    fn is_new(&mut self, id: ObjectId, path: &BStr) -> bool {
        self.sent.contains(&id) && self.seen.insert((id, path.to_owned()))
    }
}

fn unreadable(
    id: ObjectId,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> ScanError {
    ScanError::Unreadable {
        id,
        source: source.into(),
    }
}
