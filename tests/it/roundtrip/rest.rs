//! What has gone wrong once, and belongs to nothing else.

use checkpoint_tests::Sandbox;

use super::round_trip;

/// An entry may be intended to be added and assumed to be unchanged at once.
#[test]
fn two_flags_on_one_entry() {
    round_trip("flags", &Sandbox::committed(), |sandbox| {
        sandbox.write("new", "new\n");
        sandbox.git(["add", "--intent-to-add", "new"]);
        sandbox.git(["update-index", "--assume-unchanged", "new", "README"]);
    });
}

#[test]
fn a_folder_that_held_but_attributes_goes_with_them() {
    round_trip("attributes", &Sandbox::committed(), |sandbox| {
        sandbox.write("new/folder/.gitattributes", "* text\n");
    });
}

/// `git symbolic-ref` gives a branch another name.
#[test]
fn a_branch_that_is_another_name_for_one() {
    let sandbox = Sandbox::committed();
    sandbox.git(["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    sandbox.git(["switch", "--quiet", "alias"]);
    sandbox.append("README", "edited\n");
    round_trip("alias", &sandbox, |sandbox| {
        sandbox.git(["symbolic-ref", "HEAD", "refs/heads/main"]);
        sandbox.append("README", "and more\n");
    });
}

/// A git directory that lies in the working tree under another name is not the working tree's, though it was added.
#[test]
fn a_git_directory_that_was_added_is_left_alone() {
    let sandbox = Sandbox::committed();
    sandbox.sh("mv .git real && echo 'gitdir: real' >.git");
    sandbox.append("README", "edited\n");
    sandbox.checkpoint(["create", "kept"]).exits(0);
    let head = sandbox.git(["rev-parse", "HEAD"]);
    sandbox.git([
        "add",
        "--force",
        "real/config",
        "real/description",
        "README",
    ]);
    sandbox.git(["commit", "--quiet", "-m", "too much"]);
    sandbox.git(["safe-restore", "kept", "--exact", "--force"]);
    assert_eq!(sandbox.git(["rev-parse", "HEAD"]), head);
    assert_eq!(
        sandbox.git(["status", "--porcelain", "README"]),
        " M README"
    );
    assert!(sandbox.path("real/config").exists());
}
