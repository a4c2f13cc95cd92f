//! Folders with nothing in them, of which no tree tells: plain ones and those of submodules.

use checkpoint_tests::Sandbox;

use super::round_trip;

#[test]
fn a_new_empty_folder_goes_and_comes_back_with_undo() {
    let sandbox = Sandbox::committed();
    sandbox.mkdir("old/empty");
    round_trip("new and old", &sandbox, |sandbox| {
        sandbox.mkdir("new/empty/folder");
        sandbox.sh("rmdir old/empty");
    });
    let sandbox = Sandbox::committed();
    round_trip("nothing else has changed", &sandbox, |sandbox| {
        sandbox.mkdir("src/new");
    });
    let sandbox = Sandbox::committed();
    sandbox.mkdir("a/b");
    round_trip("one above another", &sandbox, |sandbox| {
        sandbox.mkdir("a/b/c/d");
    });
}

/// A superproject whose submodule `sub` is not checked out: git has an empty folder for it.
fn with_submodule() -> Sandbox {
    let sandbox = Sandbox::committed();
    let id = sandbox.git(["rev-parse", "HEAD"]);
    sandbox.write(
        ".gitmodules",
        "[submodule \"sub\"]\n\tpath = sub\n\turl = ./\n",
    );
    let entry = format!("160000,{id},sub");
    sandbox.git(["update-index", "--add", "--cacheinfo", &entry]);
    sandbox.git(["add", ".gitmodules"]);
    sandbox.git(["commit", "--quiet", "-m", "submodule"]);
    sandbox.mkdir("sub");
    sandbox
}

#[test]
fn the_folder_of_a_submodule_goes_and_comes() {
    let sandbox = with_submodule();
    sandbox.sh("rmdir sub");
    round_trip("gone, then made by git", &sandbox, |sandbox| {
        sandbox.git(["reset", "--quiet", "--hard"]);
    });
    round_trip("there, then a file", &with_submodule(), |sandbox| {
        sandbox.sh("rmdir sub && echo file >sub");
    });
    let sandbox = with_submodule();
    sandbox.sh("rmdir sub && echo file >sub");
    round_trip("a file, then there", &sandbox, |sandbox| {
        sandbox.sh("rm sub && mkdir sub");
    });
}

#[test]
fn the_folder_of_a_submodule_in_conflict_comes_back() {
    let sandbox = with_submodule();
    sandbox.git(["switch", "--quiet", "--create", "other"]);
    let ours = sandbox.git(["rev-parse", "HEAD"]);
    sandbox.git(["update-index", "--cacheinfo", &format!("160000,{ours},sub")]);
    sandbox.git(["commit", "--quiet", "-m", "moved on"]);
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.git(["rm", "--quiet", "--cached", "sub"]);
    sandbox.git(["commit", "--quiet", "-m", "removed"]);
    assert_eq!(
        sandbox.try_git(["merge", "other"]).code,
        1,
        "one removed it"
    );
    sandbox.mkdir("sub");
    round_trip("conflict", &sandbox, |sandbox| {
        sandbox.git(["merge", "--abort"]);
        sandbox.sh("rmdir sub 2>/dev/null || true");
    });
}

/// What is a repository of its own now was plain files then: where these are as they were, nothing stands in the way.
#[test]
fn a_repository_that_comes_about_around_files_is_no_obstacle() {
    let sandbox = Sandbox::committed();
    sandbox.write("inner/file", "inner\n");
    sandbox.write("inner/run", "#!/bin/sh\n");
    sandbox.chmod("inner/run", 0o755);
    sandbox.symlink("inner/link", "file");
    sandbox.checkpoint(["create", "kept"]).exits(0);
    sandbox.git(["init", "--quiet", "inner"]);
    sandbox.append("README", "edited\n");
    sandbox.git(["safe-restore", "kept", "--exact", "--force"]);
    assert_eq!(sandbox.read("README"), b"read me\n");
    assert!(
        sandbox.path("inner/.git").is_dir(),
        "it is not ours to remove"
    );

    sandbox.append("inner/file", "edited\n");
    let refused = sandbox.try_git(["safe-restore", "kept", "--exact", "--force"]);
    assert_eq!(refused.code, 1, "its own work is not kept by us: {refused}");
    assert_eq!(sandbox.read("inner/file"), b"inner\nedited\n");
}
