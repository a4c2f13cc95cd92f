//! One walk over the trees of all states: each tree is read once, each blob asked for once.
//!
//! States share nearly all of their trees. A tree at a path becomes a [`Node`] the first time it is met: the lines that
//! `git ls-tree -r` would print for it, and what is missing below. A thousand states are then a thousand roots over the
//! same nodes.

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};
use checkpoint_git::objects::Bases;
use gix::{
    ObjectId,
    hashtable::{HashMap, HashSet},
    objs::{FindExt as _, TreeRefIter, tree::EntryKind},
};

/// A tree at a path.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) parts: Vec<Part>,
    /// The length of all its lines.
    pub(crate) length: usize,
    /// Objects at and below it that are not here or cannot be read: a few of them.
    pub(crate) missing: Vec<Missing>,
}

/// A run of lines, or what a directory in between comes to.
#[derive(Debug)]
pub(crate) enum Part {
    Lines(Vec<u8>),
    Directory(Arc<Node>),
}

/// An object that is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) path: BString,
    pub(crate) id: ObjectId,
}

/// So many missing objects of a tree are named.
const MOST: usize = 3;

/// What was read so far.
pub(crate) struct Trees {
    repo: gix::Repository,
    nodes: HashMap<ObjectId, Vec<(BString, Arc<Node>)>>,
    blobs: HashSet<ObjectId>,
    buffers: Vec<Vec<u8>>,
}

impl Trees {
    pub(crate) fn new(repo: &gix::Repository) -> Self {
        let mut repo = repo.clone();
        repo.objects.ignore_replacements = true;
        repo.objects.set_pack_cache(|| Box::new(Bases::default()));
        Self {
            repo,
            nodes: HashMap::default(),
            blobs: HashSet::default(),
            buffers: Vec::new(),
        }
    }

    /// The node of the tree `id` at `path`, which is empty or ends in a slash.
    pub(crate) fn node(&mut self, id: ObjectId, path: &BStr) -> Arc<Node> {
        let known = self
            .nodes
            .get(&id)
            .and_then(|known| known.iter().find(|(at, _)| at == path));
        if let Some((_, node)) = known {
            return Arc::clone(node);
        }
        let node = Arc::new(self.read(id, path));
        self.nodes
            .entry(id)
            .or_default()
            .push((path.to_owned(), Arc::clone(&node)));
        node
    }

    fn read(&mut self, id: ObjectId, path: &BStr) -> Node {
        let mut node = Node::default();
        if id == ObjectId::empty_tree(id.kind()) {
            return node;
        }
        let gone = || Missing {
            path: path.to_owned(),
            id,
        };
        let mut buffer = self.buffers.pop().unwrap_or_default();
        let Ok(_) = self.repo.objects.find_tree(&id, &mut buffer).map(drop) else {
            node.missing.push(gone());
            return node;
        };
        let mut lines = Vec::new();
        let mut name = path.to_owned();
        for entry in TreeRefIter::from_bytes(&buffer, id.kind()) {
            let Ok(entry) = entry else {
                node.missing.push(gone());
                break;
            };
            name.truncate(path.len());
            name.extend_from_slice(entry.filename);
            let kind = entry.mode.kind();
            if kind == EntryKind::Tree {
                name.push(b'/');
                let below = self.node(entry.oid.to_owned(), name.as_bstr());
                node.missing.extend(below.missing.iter().cloned());
                node.length += below.length;
                node.push(&mut lines);
                node.parts.push(Part::Directory(below));
                continue;
            }
            push_line(&mut lines, kind, entry.oid, name.as_bstr());
            if kind != EntryKind::Commit && !self.has_blob(entry.oid) {
                node.missing.push(Missing {
                    path: name.clone(),
                    id: entry.oid.to_owned(),
                });
            }
        }
        node.push(&mut lines);
        node.missing.truncate(MOST);
        self.buffers.push(buffer);
        node
    }

    fn has_blob(&mut self, id: &gix::oid) -> bool {
        if self.blobs.contains(id) {
            return true;
        }
        let is_here = self.repo.has_object(id);
        if is_here {
            self.blobs.insert(id.to_owned());
        }
        is_here
    }
}

impl Node {
    fn push(&mut self, lines: &mut Vec<u8>) {
        if !lines.is_empty() {
            self.length += lines.len();
            self.parts.push(Part::Lines(std::mem::take(lines)));
        }
    }
}

/// As `git ls-tree -r -z --full-tree` prints it.
fn push_line(lines: &mut Vec<u8>, kind: EntryKind, id: &gix::oid, path: &BStr) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let (mode, word): (&[u8], &[u8]) = match kind {
        EntryKind::Blob => (b"100644", b"blob"),
        EntryKind::BlobExecutable => (b"100755", b"blob"),
        EntryKind::Link => (b"120000", b"blob"),
        EntryKind::Commit => (b"160000", b"commit"),
        EntryKind::Tree => unreachable!("directories are walked"),
    };
    lines.reserve(path.len() + 64);
    for part in [mode, b" ", word, b" "] {
        lines.extend_from_slice(part);
    }
    for byte in id.as_bytes() {
        lines.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
    lines.push(b'\t');
    lines.extend_from_slice(path);
    lines.push(0);
}
