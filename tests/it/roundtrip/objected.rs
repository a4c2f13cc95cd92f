//! What `git fsck` objects to comes back, and no tree of ours has it.

use checkpoint_tests::odd::objected;
use checkpoint_tests::{Sandbox, Snapshot};

use super::round_trip;

fn wipe(sandbox: &Sandbox) {
    sandbox.git(["reset", "--quiet", "--hard"]);
    sandbox.git(["clean", "--quiet", "-d", "--force"]);
    sandbox.write("README", "work goes on\n");
}

/// The other way round: the checkpoint is plain, what comes after it is not.
fn spoil(sandbox: &Sandbox) {
    sandbox.sh("rm -rf .gitmodules .gitattributes src/.gitignore");
    sandbox.symlink(".gitmodules", "README");
    sandbox.write(".gitattributes/inner", "inner\n");
    sandbox.symlink("src/.gitignore", "nowhere");
}

#[test]
fn what_git_objects_to_comes_back_unseen() {
    for (name, build) in objected::ALL {
        round_trip(name, &build(), wipe);
        round_trip(name, &build(), spoil);
    }
}

#[test]
fn what_git_objects_to_goes_and_comes_back_with_undo() {
    round_trip("plain", &Sandbox::committed(), spoil);
}

#[test]
fn git_finds_nothing_to_object_to_in_a_snapshot() {
    for (name, build) in objected::ALL {
        let sandbox = build();
        let before = strict(&sandbox);
        sandbox.checkpoint(["create", "kept"]).exits(0);
        assert_eq!(strict(&sandbox), before, "{name}");
    }
}

/// What `git fsck --strict` says.
fn strict(sandbox: &Sandbox) -> Vec<String> {
    let found = sandbox.try_git(["fsck", "--strict", "--no-dangling", "--no-progress"]);
    let said = found.text() + &found.talk();
    let lines = said.lines().filter(|line| !line.starts_with("notice:"));
    lines.map(ToOwned::to_owned).collect()
}

#[test]
fn what_head_has_already_stays_in_the_trees() {
    let sandbox = Sandbox::committed();
    sandbox.symlink(".gitignore", "README");
    sandbox.commit("a link, against all advice");
    sandbox.append("README", "edited\n");
    sandbox.checkpoint(["create", "kept"]).exits(0);
    let snapshot = Snapshot::only(&sandbox);
    assert!(
        snapshot
            .work_tree(&sandbox)
            .contains_key(b".gitignore".as_slice()),
        "git complains of it already, and a stash entry would have it"
    );
}
