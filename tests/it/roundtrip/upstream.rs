//! What a branch follows goes with the branch, and comes back with it.

use checkpoint_tests::Sandbox;

use super::round_trip;

/// A clone on a branch of its own name that follows one over there.
fn clone() -> Sandbox {
    let mut sandbox = Sandbox::committed();
    sandbox.git(["branch", "to.pic+x"]);
    sandbox.git(["clone", "--quiet", ".", "../clone"]);
    sandbox.move_to("clone");
    sandbox.git(["switch", "--quiet", "to.pic+x"]);
    sandbox
}

fn follows(sandbox: &Sandbox) -> String {
    sandbox.git([
        "for-each-ref",
        "--format=%(refname:short) %(upstream)",
        "refs/heads",
    ])
}

#[test]
fn what_a_deleted_branch_followed_comes_back_and_goes_with_undo() {
    round_trip("deleted", &clone(), |sandbox| {
        sandbox.git(["switch", "--quiet", "main"]);
        sandbox.git(["branch", "--quiet", "-D", "to.pic+x"]);
    });
}

#[test]
fn what_a_renamed_branch_followed_comes_back() {
    let sandbox = clone();
    let before = follows(&sandbox);
    assert!(
        before.contains("to.pic+x refs/remotes/origin/to.pic+x"),
        "{before}"
    );
    sandbox.checkpoint(["create", "kept"]).exits(0);
    sandbox.git(["branch", "-m", "renamed"]);
    let renamed = follows(&sandbox);
    sandbox.git(["safe-restore", "kept", "--exact", "--force"]);
    let back = follows(&sandbox);
    assert!(
        back.contains("to.pic+x refs/remotes/origin/to.pic+x"),
        "{back}"
    );
    sandbox.git(["safe-restore", "--undo", "--force"]);
    assert_eq!(follows(&sandbox), renamed);
    let left = sandbox.try_git(["config", "--get-regexp", "^branch[.]to[.]pic"]);
    assert_eq!(left.code, 1, "nothing is left of it: {left}");
}

/// A branch that is there, or that somebody has made follow another since, keeps what it follows.
#[test]
fn what_the_configuration_says_by_then_stays() {
    let sandbox = clone();
    sandbox.checkpoint(["create", "kept"]).exits(0);
    sandbox.git(["switch", "--quiet", "--detach"]);
    sandbox.git(["branch", "--quiet", "-D", "to.pic+x"]);
    sandbox.git(["config", "branch.to.pic+x.remote", "elsewhere"]);
    sandbox.git(["safe-restore", "kept", "--exact", "--force"]);
    let remote = sandbox.git(["config", "branch.to.pic+x.remote"]);
    assert_eq!(remote, "elsewhere");
    sandbox.git(["safe-restore", "--undo", "--force"]);
    let remote = sandbox.git(["config", "branch.to.pic+x.remote"]);
    assert_eq!(remote, "elsewhere", "undo takes away only what was set");
}
