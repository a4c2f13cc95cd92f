//! A snapshot is a stash entry: where this tool is not installed, git alone brings a plain state back.

use checkpoint_tests::{Sandbox, Snapshot, keep, recipe};

use crate::random;

/// What must be the same again: names, contents and modes of the files, and the index.
#[derive(Debug, PartialEq, Eq)]
struct State {
    status: String,
    index: recipe::Made,
    files: recipe::Made,
}

fn state(sandbox: &Sandbox) -> State {
    let status = sandbox.git([
        "--no-optional-locks",
        "status",
        "--porcelain",
        "--untracked-files=all",
        "--no-renames",
    ]);
    State {
        status,
        index: recipe::index_tree(sandbox),
        files: recipe::working_tree(sandbox),
    }
}

/// Destroys the state with git, and brings it back with git.
fn restores(sandbox: &Sandbox, snapshot: &Snapshot) {
    let before = state(sandbox);
    // A folder that only an ignore rule protects is none of a checkpoint's business.
    sandbox.git(["reset", "--quiet", "--hard"]);
    sandbox.git(["clean", "-q", "-f", "-d", "-x"]);
    let is_staged = before.index.id != sandbox.git(["rev-parse", "HEAD^{tree}"]);
    sandbox.git(["stash", "apply", "--quiet", "--index", &snapshot.work]);
    if !is_staged {
        // With nothing staged git takes `--index` for not said, and stages what is new (git-stash(1)).
        sandbox.git(["reset", "--quiet"]);
    }
    assert_eq!(before, state(sandbox), "git brings back what was there");
}

#[test]
fn git_stash_apply_brings_a_state_of_every_kind_back() {
    let sandbox = Sandbox::committed();
    sandbox.append("README", "staged\n");
    sandbox.write("staged-new.txt", "staged\n");
    sandbox.git(["add", "README", "staged-new.txt"]);
    sandbox.git(["rm", "--quiet", "--cached", "link"]);
    sandbox.git(["mv", "doc/guide.txt", "doc/moved.txt"]);
    sandbox.append("README", "and edited\n");
    sandbox.append("src/main.c", "// edited\n");
    sandbox.remove("run.sh");
    sandbox.chmod("src/lib/list.c", 0o755);
    sandbox.symlink("new/link", "nowhere");
    sandbox.write("new/untracked.txt", "untracked\n");
    let kept = keep(sandbox);
    restores(&kept.sandbox, &kept.snapshot);
}

#[test]
fn git_stash_apply_brings_a_state_with_nothing_staged_back() {
    let sandbox = Sandbox::committed();
    sandbox.append("README", "edited\n");
    sandbox.remove("run.sh");
    sandbox.write("new/untracked.txt", "untracked\n");
    let kept = keep(sandbox);
    restores(&kept.sandbox, &kept.snapshot);
}

#[test]
fn git_stash_apply_brings_any_plain_state_back() {
    random::check(random::plain_edits(), |edits| {
        let kept = keep(random::after(edits));
        restores(&kept.sandbox, &kept.snapshot);
    });
}
