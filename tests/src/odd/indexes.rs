//! Index files with flags, extensions and layouts that a tree cannot tell.

use super::{Odd, dirty};
use crate::Sandbox;

/// All of them.
pub const ALL: &[Odd] = &[
    ("intent to add", intent_to_add),
    ("assume unchanged", assume_unchanged),
    ("skip-worktree, file present", skip_worktree),
    ("skip-worktree, file absent", skip_worktree_absent),
    ("skip-worktree below a file", skip_worktree_below_a_file),
    ("sparse cone", sparse_cone),
    ("sparse patterns", sparse_patterns),
    ("file outside the sparse cone", file_outside_the_cone),
    ("sparse index", sparse_index),
    ("file in a collapsed folder", file_in_a_collapsed_folder),
    ("split index", split_index),
    ("index version 4", version_4),
    ("untracked cache", untracked_cache),
    ("index without checksum", without_checksum),
    ("many files", many_files),
    ("no index file", without_file),
    ("empty index", empty),
    ("index rewritten in the same second", racy),
    ("index lock held", locked),
];

fn start() -> Sandbox {
    let sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox
}

/// `git add --intent-to-add`, for a file and a program; another such file is gone from the disk.
pub fn intent_to_add() -> Sandbox {
    let sandbox = start();
    for name in ["intended.txt", "intended.sh", "gone.txt"] {
        sandbox.write(name, "intended\n");
    }
    sandbox.chmod("intended.sh", 0o755);
    sandbox.git([
        "add",
        "--intent-to-add",
        "intended.txt",
        "intended.sh",
        "gone.txt",
    ]);
    sandbox.remove("gone.txt");
    sandbox
}

/// `git update-index --assume-unchanged`, and changed all the same.
pub fn assume_unchanged() -> Sandbox {
    let sandbox = start();
    sandbox.git(["update-index", "--assume-unchanged", "README", "src/main.c"]);
    sandbox.write("README", "changed behind git's back\n");
    sandbox
}

/// `git update-index --skip-worktree`, the file being there with other bytes.
pub fn skip_worktree() -> Sandbox {
    let sandbox = start();
    sandbox.git(["update-index", "--skip-worktree", "README"]);
    sandbox.write("README", "my local settings\n");
    sandbox
}

/// `git update-index --skip-worktree`, the file being away.
pub fn skip_worktree_absent() -> Sandbox {
    let sandbox = start();
    sandbox.git(["update-index", "--skip-worktree", "README"]);
    sandbox.remove("README");
    sandbox
}

/// The same, with a file where the folder of the absent one was.
pub fn skip_worktree_below_a_file() -> Sandbox {
    let sandbox = start();
    sandbox.git(["update-index", "--skip-worktree", "doc/guide.txt"]);
    sandbox.sh("rm -r doc");
    sandbox.write("doc", "a file now\n");
    sandbox
}

/// A sparse checkout of `src` only.
pub fn sparse_cone() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["sparse-checkout", "set", "--cone", "src"]);
    assert!(
        !sandbox.path("doc").exists(),
        "what is outside the cone is away"
    );
    sandbox.append("src/main.c", "// edited\n");
    sandbox.write("src/new.c", "// new\n");
    sandbox
}

/// A sparse checkout by patterns.
pub fn sparse_patterns() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["sparse-checkout", "set", "--no-cone", "/*", "!/doc/"]);
    sandbox.append("src/main.c", "// edited\n");
    sandbox
}

/// Files that the user put outside the cone: one tracked, one not.
pub fn file_outside_the_cone() -> Sandbox {
    let sandbox = sparse_cone();
    sandbox.write("doc/guide.txt", "put there by hand\n");
    sandbox.write("doc/new.txt", "new outside\n");
    sandbox
}

/// The same as [`sparse_cone`] with whole folders as one entry of the index.
pub fn sparse_index() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write("doc/more/deep.txt", "deep\n");
    sandbox.commit("deep");
    sandbox.git(["sparse-checkout", "set", "--cone", "--sparse-index", "src"]);
    let listed = sandbox.git(["ls-files", "--sparse", "--stage"]);
    assert!(listed.contains("040000"), "a folder is collapsed: {listed}");
    sandbox.append("src/main.c", "// edited\n");
    sandbox.write("src/staged.c", "// staged\n");
    sandbox.git(["add", "src/staged.c"]);
    sandbox.write("src/new.c", "// new\n");
    sandbox
}

/// Files in a folder that the sparse index has as one entry.
pub fn file_in_a_collapsed_folder() -> Sandbox {
    let sandbox = sparse_index();
    sandbox.write("doc/guide.txt", "put there by hand\n");
    sandbox.write("doc/more/new.txt", "new in a collapsed folder\n");
    sandbox
}

/// A split index, with entries of both parts changed since.
pub fn split_index() -> Sandbox {
    let sandbox = start();
    sandbox.git(["config", "splitIndex.maxPercentChange", "100"]);
    sandbox.git(["update-index", "--split-index"]);
    sandbox.write("after.txt", "staged after the split\n");
    sandbox.git(["add", "after.txt", "src/lib/list.c"]);
    sandbox.git(["rm", "--quiet", "--cached", "README"]);
    let git_dir = fs_err::read_dir(sandbox.path(".git")).expect("it has a git directory");
    let names = git_dir.map(|entry| {
        entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned()
    });
    assert!(
        names
            .into_iter()
            .any(|name| name.starts_with("sharedindex.")),
        "the index is split"
    );
    sandbox
}

/// `git update-index --index-version 4`: paths are packed.
pub fn version_4() -> Sandbox {
    let sandbox = start();
    sandbox.git(["update-index", "--index-version", "4"]);
    assert_eq!(sandbox.read(".git/index")[7], 4, "the version");
    sandbox
}

/// `git update-index --force-untracked-cache`
pub fn untracked_cache() -> Sandbox {
    let sandbox = start();
    sandbox.git(["update-index", "--force-untracked-cache"]);
    sandbox.git(["status", "--porcelain"]);
    assert!(has(&sandbox, b"UNTR"), "the cache is in the index");
    sandbox.write("src/after.txt", "new after the cache was filled\n");
    sandbox
}

/// `index.skipHash`: zeros where the checksum is.
pub fn without_checksum() -> Sandbox {
    let sandbox = start();
    sandbox.git(["config", "index.skipHash", "true"]);
    sandbox.git(["update-index", "--force-write-index"]);
    assert!(
        sandbox.read(".git/index").ends_with(&[0; 20]),
        "no checksum"
    );
    sandbox
}

/// `feature.manyFiles`: version 4, untracked cache, no checksum.
pub fn many_files() -> Sandbox {
    let sandbox = start();
    sandbox.git(["config", "feature.manyFiles", "true"]);
    sandbox.git(["update-index", "--force-write-index"]);
    sandbox
}

/// Commits and files, and no index file: everything is deleted in the index and untracked on disk.
pub fn without_file() -> Sandbox {
    let sandbox = start();
    sandbox.remove(".git/index");
    sandbox
}

/// `git read-tree --empty`: the same with an index file.
pub fn empty() -> Sandbox {
    let sandbox = start();
    sandbox.git(["read-tree", "--empty"]);
    sandbox
}

/// A file changed to other bytes of the same length in the second in which it was staged.
pub fn racy() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write("racy.txt", "first\n");
    sandbox.git(["add", "racy.txt"]);
    let old = fs_err::metadata(sandbox.path("racy.txt")).expect("just written");
    sandbox.write("racy.txt", "other\n");
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(sandbox.path("racy.txt"))
        .expect("our own file");
    file.set_modified(old.modified().expect("every file has a time"))
        .expect("our own file");
    sandbox
}

/// Another git is at work, or was killed.
pub fn locked() -> Sandbox {
    let sandbox = start();
    sandbox.write(".git/index.lock", "");
    sandbox
}

fn has(sandbox: &Sandbox, extension: &[u8]) -> bool {
    sandbox
        .read(".git/index")
        .windows(extension.len())
        .any(|window| window == extension)
}
