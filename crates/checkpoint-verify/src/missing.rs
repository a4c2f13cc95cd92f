//! Where in a state an object lies with which something is wrong.

use bstr::{BStr, BString, ByteSlice as _};
use checkpoint_git::Repository;
use gix::{
    ObjectId,
    hashtable::HashSet,
    objs::{FindExt as _, TreeRefIter},
};

use crate::{
    content::Fault,
    trees::{Faults, handle},
};

/// An object that is not here, or not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// Empty where it is a commit or the root of its files.
    pub(crate) path: BString,
    pub(crate) id: ObjectId,
    pub(crate) fault: Fault,
}

impl Missing {
    /// A commit, or the root of the files of a state.
    pub(crate) fn root(id: ObjectId, fault: Fault) -> Option<Self> {
        let path = BString::default();
        Some(Self { path, id, fault })
    }
}

/// Names what is wrong below trees. Where nothing is, no tree is read again.
pub(crate) struct Finder<'f> {
    faults: &'f Faults,
    repo: gix::Repository,
    /// Trees below which nothing is wrong.
    sound: HashSet<ObjectId>,
}

impl<'f> Finder<'f> {
    pub(crate) fn new(repo: &Repository, faults: &'f Faults) -> Self {
        Self {
            faults,
            repo: handle(repo),
            sound: HashSet::default(),
        }
    }

    /// The first object with which something is wrong at or below the tree `id`.
    pub(crate) fn first_below(&mut self, id: ObjectId) -> Option<Missing> {
        match self.faults.is_empty() {
            true => None,
            false => self.find(id, "".into()),
        }
    }

    /// `path` is empty or ends in a slash.
    fn find(&mut self, id: ObjectId, path: &BStr) -> Option<Missing> {
        if let Some(missing) = self.at(id, path) {
            return Some(missing);
        }
        if self.sound.contains(&id) {
            return None;
        }
        let mut buffer = Vec::new();
        // What cannot be read is among the faults.
        let tree = self.repo.objects.find_tree(&id, &mut buffer).map(drop);
        let entries = TreeRefIter::from_bytes(tree.map_or(&[], |()| &buffer), id.kind());
        for entry in entries.filter_map(Result::ok) {
            let mut name = path.to_owned();
            name.extend_from_slice(entry.filename);
            let missing = match entry.mode.is_tree() {
                true => {
                    name.push(b'/');
                    self.find(entry.oid.to_owned(), name.as_bstr())
                }
                false => self.at(entry.oid.to_owned(), name.as_bstr()),
            };
            if missing.is_some() {
                return missing;
            }
        }
        self.sound.insert(id);
        None
    }

    fn at(&self, id: ObjectId, path: &BStr) -> Option<Missing> {
        let fault = *self.faults.get(&id)?;
        let path = path.to_owned();
        Some(Missing { path, id, fault })
    }
}
