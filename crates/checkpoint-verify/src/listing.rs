//! What `git ls-tree -r` prints of many trees that are nearly the same: each directory is listed once.
//!
//! A tree at a path becomes a [`Node`] the first time it is met: its lines, and the nodes below. A thousand states are
//! then a thousand roots over the same nodes.

use std::{collections::HashMap, sync::Arc};

use bstr::{BStr, BString, ByteSlice as _};
use checkpoint_git::Repository;
use gix::{
    ObjectId,
    objs::{FindExt as _, TreeRefIter, tree::EntryKind},
};

use crate::trees::handle;

/// A tree at a path.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) parts: Vec<Part>,
    /// The length of all its lines.
    pub(crate) length: usize,
}

/// A run of lines, or what a directory in between comes to.
#[derive(Debug)]
pub(crate) enum Part {
    Lines(Vec<u8>),
    Directory(Arc<Node>),
}

/// What was listed so far. All trees must be here and readable.
pub(crate) struct Listings {
    repo: gix::Repository,
    nodes: HashMap<(ObjectId, BString), Arc<Node>>,
    buffers: Vec<Vec<u8>>,
}

impl Listings {
    pub(crate) fn new(repo: &Repository) -> Self {
        Self {
            repo: handle(repo),
            nodes: HashMap::new(),
            buffers: Vec::new(),
        }
    }

    /// The node of the tree `id` at `path`, which is empty or ends in a slash. None where it cannot be read.
    pub(crate) fn node(&mut self, id: ObjectId, path: &BStr) -> Option<Arc<Node>> {
        let place = (id, path.to_owned());
        if let Some(node) = self.nodes.get(&place) {
            return Some(Arc::clone(node));
        }
        let node = Arc::new(self.read(id, path)?);
        self.nodes.insert(place, Arc::clone(&node));
        Some(node)
    }

    fn read(&mut self, id: ObjectId, path: &BStr) -> Option<Node> {
        let mut node = Node::default();
        if id == ObjectId::empty_tree(id.kind()) {
            return Some(node);
        }
        let mut buffer = self.buffers.pop().unwrap_or_default();
        self.repo.objects.find_tree(&id, &mut buffer).ok()?;
        let mut lines = Vec::new();
        let mut name = path.to_owned();
        for entry in TreeRefIter::from_bytes(&buffer, id.kind()) {
            let entry = entry.ok()?;
            name.truncate(path.len());
            name.extend_from_slice(entry.filename);
            let kind = entry.mode.kind();
            if kind == EntryKind::Tree {
                name.push(b'/');
                let below = self.node(entry.oid.to_owned(), name.as_bstr())?;
                node.length += below.length;
                node.push(&mut lines);
                node.parts.push(Part::Directory(below));
            } else {
                push_line(&mut lines, kind, entry.oid, name.as_bstr());
            }
        }
        node.push(&mut lines);
        self.buffers.push(buffer);
        Some(node)
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
