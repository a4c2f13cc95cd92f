//! What a checkpoint kept, read with git alone.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use bstr::{BStr, BString, ByteSlice};

use crate::{Sandbox, os};

/// One leaf of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// As `git ls-tree` prints it, `100644` for one.
    pub mode: String,
    /// The object's id in hex.
    pub id: String,
}

/// All leaves of a tree by their path.
pub type Tree = BTreeMap<BString, Leaf>;

/// A snapshot: the commit `W` of the working tree with its parents HEAD and `I`, and what `I` keeps alive beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The full name of the ref that keeps it, empty when it was read by its commit.
    pub name: String,
    /// `W`, whose tree is the working tree.
    pub work: String,
    /// The commit that HEAD was at; none where HEAD was unborn.
    pub head: Option<String>,
    /// `I`, whose tree is the index.
    pub index: String,
    /// `S`, which holds what no tree of files can: conflicts, the raw index, the operation's files.
    pub side: Option<String>,
}

impl Snapshot {
    /// All snapshots of the repository, oldest first.
    pub fn all(sandbox: &Sandbox) -> Vec<Self> {
        let list = sandbox.git([
            "for-each-ref",
            "--format=%(objectname) %(refname)",
            "refs/checkpoints/",
        ]);
        list.lines()
            .map(|line| {
                let (id, name) = line.split_once(' ').expect("the format has one blank");
                Self {
                    name: name.to_owned(),
                    ..Self::read(sandbox, id)
                }
            })
            .collect()
    }

    /// The newest snapshot of the repository.
    pub fn latest(sandbox: &Sandbox) -> Self {
        let list = sandbox.git([
            "for-each-ref",
            "--format=%(objectname)",
            "refs/checkpoints/",
        ]);
        Self::read(sandbox, list.lines().last().expect("there is one"))
    }

    /// The only snapshot of the repository.
    pub fn only(sandbox: &Sandbox) -> Self {
        let all = Self::all(sandbox);
        assert_eq!(all.len(), 1, "one checkpoint was made: {all:?}");
        all.into_iter().next().expect("there is one")
    }

    /// Reads a snapshot's shape, and fails when it has another than design says.
    pub fn read(sandbox: &Sandbox, work: &str) -> Self {
        let parents = parents(sandbox, work);
        // An unborn HEAD is no parent.
        let (head, index) = match parents.as_slice() {
            [index] => (None, index.clone()),
            [head, index] => (Some(head.clone()), index.clone()),
            _ => panic!("snapshot {work} has the parents {parents:?}"),
        };
        let mut beside = parents_but(sandbox, &index, head.as_ref());
        assert!(
            beside.len() <= 1,
            "index commit {index} has the parents {beside:?} beside HEAD {head:?}"
        );
        Self {
            name: String::new(),
            work: work.to_owned(),
            head,
            index,
            side: beside.pop(),
        }
    }

    /// The files as they were on disk.
    pub fn work_tree(&self, sandbox: &Sandbox) -> Tree {
        tree(sandbox, &self.work)
    }

    /// Stage 0 of the index.
    pub fn index_tree(&self, sandbox: &Sandbox) -> Tree {
        tree(sandbox, &self.index)
    }

    /// What lies beside them; empty where nothing had to.
    pub fn side_tree(&self, sandbox: &Sandbox) -> Tree {
        self.side
            .as_ref()
            .map_or_else(Tree::new, |side| tree(sandbox, side))
    }

    /// The bytes at a path beside the trees, such as `conflicts/2/file` or `git-dir/MERGE_HEAD`.
    pub fn beside(&self, sandbox: &Sandbox, path: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        let leaf = self.side_tree(sandbox).remove(BStr::new(path.as_ref()))?;
        Some(blob(sandbox, &leaf.id))
    }

    /// The bytes that git would write at this path of the working tree, filters applied.
    pub fn smudged(&self, sandbox: &Sandbox, path: &[u8], leaf: &Leaf) -> Vec<u8> {
        let path = [b"--path=", path].concat();
        let words = [
            "cat-file".as_ref(),
            "--filters".as_ref(),
            os(&path),
            OsStr::new(&leaf.id),
        ];
        sandbox.git_with(&[], &words).stdout
    }
}

/// The bytes of a blob.
pub(crate) fn blob(sandbox: &Sandbox, id: &str) -> Vec<u8> {
    sandbox
        .git_with(&[], &["cat-file".as_ref(), "blob".as_ref(), OsStr::new(id)])
        .stdout
}

fn tree(sandbox: &Sandbox, commit: &str) -> Tree {
    let words = ["ls-tree", "-r", "-z", "--full-tree", commit].map(OsStr::new);
    leaves(&sandbox.git_with(&[], &words).stdout)
}

/// Reads what `git ls-tree -r -z` printed.
pub(crate) fn leaves(listed: &[u8]) -> Tree {
    let lines = listed
        .split(|byte| *byte == 0)
        .filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (head, path) = line.split_once_str("\t").expect("a tab before the path");
            let head = head.to_str().expect("modes and ids are ASCII");
            let words: Vec<_> = head.split(' ').collect();
            (
                path.into(),
                Leaf {
                    mode: words[0].to_owned(),
                    id: words[2].to_owned(),
                },
            )
        })
        .collect()
}

fn parents(sandbox: &Sandbox, commit: &str) -> Vec<String> {
    let commit = sandbox.git(["cat-file", "commit", commit]);
    let header = commit.lines().take_while(|line| !line.is_empty());
    header
        .filter_map(|line| line.strip_prefix("parent "))
        .map(str::to_owned)
        .collect()
}

fn parents_but(sandbox: &Sandbox, commit: &str, head: Option<&String>) -> Vec<String> {
    let mut parents = parents(sandbox, commit);
    if let Some(head) = head {
        assert_eq!(
            parents.first(),
            Some(head),
            "the index commit {commit} has HEAD as its first parent"
        );
        parents.remove(0);
    }
    parents
}
