//! The one question every test of `create` asks: is it kept whole, and was nothing touched?

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use fs_err as fs;
use serde_json::Value;

use crate::{Fingerprint, Leaf, Sandbox, Snapshot, Tree, os, snapshot};

/// A checkpoint that was just made and read back: by itself invisible, well-formed and readable by git.
pub struct Kept {
    /// Where it was made.
    pub sandbox: Sandbox,
    /// The snapshot.
    pub snapshot: Snapshot,
    /// The event that tells of it, from its note.
    pub created: Value,
    /// The working tree's leaves, with what was set aside in its place.
    pub work: Tree,
    /// The leaves of what lies beside.
    pub side: Tree,
}

/// Makes the first checkpoint of this repository; fails when it is refused, when anything visible changed, or when git cannot read it.
pub fn keep(sandbox: Sandbox) -> Kept {
    let sound = fsck(&sandbox);
    let before = Fingerprint::of(&sandbox);
    let output = sandbox.checkpoint(["create", "kept"]).exits(0);
    before.assert_same(&Fingerprint::of(&sandbox), "a checkpoint is invisible");
    let snapshot = Snapshot::only(&sandbox);
    let complaints: Vec<_> = fsck(&sandbox).difference(&sound).cloned().collect();
    assert!(
        complaints.is_empty(),
        "git complains of {complaints:#?} after {output}"
    );
    let created = created(&sandbox, &snapshot);
    let (mut work, side) = (snapshot.work_tree(&sandbox), snapshot.side_tree(&sandbox));
    work.extend(set_aside(&sandbox, &side));
    Kept {
        sandbox,
        snapshot,
        created,
        work,
        side,
    }
}

/// What `git fsck` complains of; a file that the user may have, and git warns of, is no complaint.
fn fsck(sandbox: &Sandbox) -> BTreeSet<String> {
    let output = sandbox.try_git(["fsck", "--strict", "--no-dangling", "--no-progress"]);
    let said = output.text() + "\n" + &output.talk();
    let lines = said.lines().filter(|line| {
        !line.is_empty() && !line.starts_with("notice:") && !line.contains("Symlink: ")
    });
    lines.map(str::to_owned).collect()
}

/// The files that no tree may have, by their paths in the working tree.
fn set_aside(sandbox: &Sandbox, side: &Tree) -> Tree {
    let Some(meta) = side.get(BStr::new("meta.json")) else {
        return Tree::new();
    };
    let meta = sandbox.git(["cat-file", "blob", &meta.id]);
    let meta: Value = serde_json::from_str(&meta).expect("meta.json is JSON");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let aside = meta["aside"].as_array().into_iter().flatten();
    let leaves = aside.filter_map(|entry| {
        let place = text(&entry["place"])?;
        let (mode, id) = (text(&entry["mode"])?, text(&entry["id"])?);
        Some((place.strip_prefix("files/")?.into(), Leaf { mode, id }))
    });
    leaves.collect()
}

/// The `checkpoint_created` event in a snapshot's note.
fn created(sandbox: &Sandbox, snapshot: &Snapshot) -> Value {
    let note = sandbox.git(["notes", "--ref=checkpoints", "show", &snapshot.work]);
    let events = note.lines().filter(|line| !line.is_empty());
    let events: Vec<Value> = events
        .map(|line| serde_json::from_str(line).expect("an event is a line of JSON"))
        .collect();
    let mut created = events
        .into_iter()
        .filter(|event| event["type"] == "checkpoint_created");
    let event = created
        .next()
        .unwrap_or_else(|| panic!("no event of the creation in\n{note}"));
    assert_eq!(
        event["snapshot"],
        Value::from(snapshot.work.as_str()),
        "the event names its snapshot"
    );
    event
}

impl Kept {
    /// Fails unless every file, tracked or untracked and not ignored, is kept so that it can come back byte for byte:
    /// git's filters give its bytes again, or the raw bytes lie beside. Nothing may be kept that is not there.
    ///
    /// What the verdict lists as skipped is left out; what the index holds though the disk does not, because of a
    /// sparse checkout, is not looked at.
    pub fn is_complete(&self) -> &Self {
        let skipped = self.skipped();
        let mut expected = BTreeSet::new();
        for path in self.seen_by_git() {
            let on_disk = self
                .sandbox
                .path(path.to_path().expect("a path is bytes here"));
            let Some(stat) = self.stat(&on_disk) else {
                continue;
            };
            if skipped
                .iter()
                .any(|skipped| skipped.trim_end_with(|end| end == '/') == path.as_slice())
            {
                continue;
            }
            let Some(leaf) = self.work.get(&path) else {
                // A folder took the place of a file.
                assert!(stat.is_dir(), "{path:?} is not in the snapshot");
                continue;
            };
            self.is_kept(&path, leaf, &stat);
            expected.insert(path);
        }
        for path in self.work.keys().filter(|path| !expected.contains(*path)) {
            assert!(
                self.is_absent_on_purpose(path),
                "{path:?} is in the snapshot and not on disk"
            );
        }
        self
    }

    /// Nothing when a link took the place of a folder above: what lies behind a link is no part of the working tree.
    fn stat(&self, on_disk: &Path) -> Option<std::fs::Metadata> {
        let above = on_disk
            .ancestors()
            .skip(1)
            .take_while(|folder| *folder != self.sandbox.top());
        let is_behind_link = above.into_iter().any(Path::is_symlink);
        fs::symlink_metadata(on_disk)
            .ok()
            .filter(|_| !is_behind_link)
    }

    fn is_kept(&self, path: &BString, leaf: &Leaf, stat: &std::fs::Metadata) {
        let on_disk = self
            .sandbox
            .path(path.to_path().expect("a path is bytes here"));
        if stat.is_dir() {
            assert_eq!(leaf.mode, "160000", "{path:?} is a repository of its own");
        } else if stat.is_symlink() {
            let target = fs::read_link(on_disk)
                .expect("it is a link")
                .into_os_string()
                .into_encoded_bytes();
            assert_eq!(leaf.mode, "120000", "{path:?} is a link");
            assert_eq!(
                BString::from(snapshot::blob(&self.sandbox, &leaf.id)),
                target,
                "where {path:?} points to"
            );
        } else {
            self.is_file_kept(
                path,
                leaf,
                stat,
                &fs::read(on_disk).expect("a file that can be read"),
            );
        }
    }

    fn is_file_kept(&self, path: &BString, leaf: &Leaf, stat: &std::fs::Metadata, bytes: &[u8]) {
        let raw = self.side.get([b"raw/", path.as_slice()].concat().as_bstr());
        let kept = match raw {
            Some(raw) => snapshot::blob(&self.sandbox, &raw.id),
            None => self.snapshot.smudged(&self.sandbox, path, leaf),
        };
        assert!(
            kept == bytes,
            "{path:?} comes back otherwise: {:?} for {:?}",
            kept.as_bstr(),
            bytes.as_bstr()
        );
        if self.trusts("core.fileMode") {
            let mode = if stat.mode() & 0o100 == 0 {
                "100644"
            } else {
                "100755"
            };
            assert_eq!(leaf.mode, mode, "the mode of {path:?}");
        }
    }

    /// Index and untracked files, by git's own rules; conflicted files come once.
    fn seen_by_git(&self) -> BTreeSet<BString> {
        let words = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--full-name",
            "--",
            ":/",
        ];
        let listed = self.sandbox.git_with(&[], &words.map(AsRef::as_ref)).stdout;
        let paths = listed
            .split(|byte| *byte == 0)
            .filter(|path| !path.is_empty());
        paths
            .map(|path| path.trim_end_with(|end| end == '/').into())
            .collect()
    }

    fn is_absent_on_purpose(&self, path: &BString) -> bool {
        let words = [
            "ls-files".as_ref(),
            "-t".as_ref(),
            "--full-name".as_ref(),
            "--".as_ref(),
        ];
        let pathspec = [b":(top,literal)", path.as_slice()].concat();
        let listed = self
            .sandbox
            .git_with(&[], &[&words[..], &[os(&pathspec)]].concat())
            .stdout;
        // `S`: the index says that it does not belong into the working tree.
        listed.starts_with(b"S ") || self.work[path].mode == "160000"
    }

    fn trusts(&self, key: &str) -> bool {
        self.sandbox
            .try_git(["config", "--type=bool", "--default=true", key])
            .text()
            == "true"
    }

    /// The paths that the verdict lists as not kept.
    pub fn skipped(&self) -> Vec<BString> {
        let skipped = self.created["skipped"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        skipped
            .iter()
            .map(|skipped| skipped["path"].as_str().expect("a path is a string").into())
            .collect()
    }

    /// Fails unless exactly these paths were skipped, each for its reason.
    pub fn skips(&self, expected: &[(&str, &str)]) -> &Self {
        let skipped = self.created["skipped"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let word = |skipped: &Value, key: &str| {
            skipped[key]
                .as_str()
                .unwrap_or_default()
                .trim_end_matches('/')
                .to_owned()
        };
        let mut skipped: Vec<_> = skipped
            .iter()
            .map(|one| (word(one, "path"), word(one, "reason")))
            .collect();
        skipped.sort();
        let expected: Vec<_> = expected
            .iter()
            .map(|(path, reason)| ((*path).to_owned(), (*reason).to_owned()))
            .collect();
        assert_eq!(skipped, expected, "what the verdict lists");
        let verdict = if expected.is_empty() {
            "full"
        } else {
            "partial"
        };
        assert_eq!(
            self.created["verdict"], verdict,
            "a verdict is full or says what is missing"
        );
        self
    }

    /// Fails unless these bytes lie beside the trees at this path.
    pub fn holds(&self, path: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> &Self {
        let path = path.as_ref().as_bstr();
        let kept = self.snapshot.beside(&self.sandbox, path);
        let kept = kept.unwrap_or_else(|| panic!("no {path:?} beside, but {:?}", self.side.keys()));
        assert_eq!(
            kept.as_bstr(),
            bytes.as_ref().as_bstr(),
            "the bytes of {path:?}"
        );
        self
    }

    /// Fails unless these files of the git directory lie beside the trees, byte for byte.
    pub fn holds_git_files(&self, names: &[&str]) -> &Self {
        for name in names {
            let place = self.sandbox.git(["rev-parse", "--git-path", name]);
            let bytes =
                fs::read(self.sandbox.place().join(place)).expect("the operation has this file");
            self.holds(format!("git-dir/{name}"), bytes);
        }
        self
    }

    /// Fails unless the raw index file lies beside the trees: flags and stages are nowhere else.
    pub fn holds_index(&self) -> &Self {
        let place = self.sandbox.git(["rev-parse", "--git-path", "index"]);
        self.holds(
            "index",
            fs::read(self.sandbox.place().join(place)).expect("there is an index"),
        )
    }

    /// Fails unless this is what the kept file holds, before any filter.
    pub fn work_holds(&self, path: impl AsRef<[u8]>, bytes: impl AsRef<[u8]>) -> &Self {
        let path = path.as_ref().as_bstr();
        let leaf = self
            .work
            .get(path)
            .unwrap_or_else(|| panic!("{path:?} is not in the snapshot"));
        assert_eq!(
            snapshot::blob(&self.sandbox, &leaf.id).as_bstr(),
            bytes.as_ref().as_bstr(),
            "the bytes of {path:?}"
        );
        self
    }

    /// Fails unless git's own recipe makes the same tree of the working tree, but for what was set aside.
    pub fn equals_recipe(&self) -> &Self {
        let made = crate::recipe::working_tree(&self.sandbox);
        let tree = format!("{}^{{tree}}", self.snapshot.work);
        let ours = self.sandbox.git(["rev-parse", &tree]);
        let is_whole = set_aside(&self.sandbox, &self.side).is_empty();
        assert!(
            made.leaves == self.work && (ours == made.id || !is_whole),
            "git would keep\n{:#?}\nand we kept\n{:#?}",
            made.leaves,
            self.work
        );
        self
    }

    /// Fails unless git's own recipe makes the same tree of the index.
    pub fn equals_index(&self) -> &Self {
        let made = crate::recipe::index_tree(&self.sandbox);
        let ours = self
            .sandbox
            .git(["rev-parse", &format!("{}^{{tree}}", self.snapshot.index)]);
        let kept = self.snapshot.index_tree(&self.sandbox);
        assert!(
            ours == made.id,
            "git's index is\n{:#?}\nand we kept\n{kept:#?}",
            made.leaves
        );
        self
    }

    /// Fails unless the record names these operations in progress, the first one first.
    pub fn tells(&self, operations: &[&str]) -> &Self {
        let told = match &self.created["operations"] {
            Value::Array(all) => all.clone(),
            _ => self.created.get("operation").into_iter().cloned().collect(),
        };
        assert_eq!(
            told,
            operations
                .iter()
                .map(|word| Value::from(*word))
                .collect::<Vec<_>>(),
            "the operations"
        );
        self
    }
}
