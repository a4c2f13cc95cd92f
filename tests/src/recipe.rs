//! What git itself would keep: the recipe with a copy of the index. Its objects go to a folder beside the world,
//! so that no checkpoint is complete only because git wrote an object for it.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use crate::snapshot::leaves;
use crate::{Sandbox, Tree};

/// A tree made by git, which is not in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The tree's id in hex.
    pub id: String,
    /// Its leaves.
    pub leaves: Tree,
}

/// The working tree as `git add --all` sees it: tracked files, and untracked ones that are not ignored.
pub fn working_tree(sandbox: &Sandbox) -> Made {
    let bench = Bench::new(sandbox);
    // Outside a sparse checkout's cone git would skip files; the sandbox may stand in a subfolder.
    bench.git(sandbox, &["add", "--all", "--sparse", "--", ":/"]);
    bench.write_tree(sandbox)
}

/// Stage 0 of the index.
///
/// Git writes no tree of an index with conflicts: there must be none.
pub fn index_tree(sandbox: &Sandbox) -> Made {
    Bench::new(sandbox).write_tree(sandbox)
}

struct Bench {
    index: PathBuf,
    objects: PathBuf,
    alternate: OsString,
}

impl Bench {
    fn new(sandbox: &Sandbox) -> Self {
        let folder = tempfile::Builder::new()
            .tempdir_in(sandbox.scratch())
            .expect("a new folder")
            .keep();
        let objects = folder.join("objects");
        fs_err::create_dir_all(&objects).expect("a new folder");
        let bench = Self {
            index: folder.join("index"),
            objects,
            alternate: path_of(sandbox, "objects").into(),
        };
        let index = path_of(sandbox, "index");
        if index.exists() {
            // With `-p`, or git takes a file for unchanged that changed in the index's own second.
            let copied = Command::new("cp")
                .arg("-p")
                .arg(index)
                .arg(&bench.index)
                .status();
            assert!(
                copied.is_ok_and(|status| status.success()),
                "the index can be copied"
            );
        }
        bench
    }

    fn git(&self, sandbox: &Sandbox, words: &[&str]) -> Vec<u8> {
        let env = [
            ("GIT_INDEX_FILE", self.index.as_os_str()),
            ("GIT_OBJECT_DIRECTORY", self.objects.as_os_str()),
            ("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.alternate),
        ];
        // A warning of git's about line ends shall be no error here.
        let words: Vec<_> = ["-c", "core.safecrlf=false"]
            .iter()
            .chain(words)
            .map(OsStr::new)
            .collect();
        sandbox.git_with(&env, &words).stdout
    }

    fn write_tree(&self, sandbox: &Sandbox) -> Made {
        let id = String::from_utf8(self.git(sandbox, &["write-tree"]))
            .expect("an id is ASCII")
            .trim()
            .to_owned();
        let listed = self.git(sandbox, &["ls-tree", "-r", "-z", "--full-tree", &id]);
        Made {
            leaves: leaves(&listed),
            id,
        }
    }
}

fn path_of(sandbox: &Sandbox, inside: &str) -> PathBuf {
    sandbox
        .place()
        .join(sandbox.git(["rev-parse", "--git-path", inside]))
}
