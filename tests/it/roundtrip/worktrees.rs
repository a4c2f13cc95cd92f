//! More than one working tree at one repository.

use checkpoint_tests::Sandbox;

use super::round_trip;

/// `git worktree add --force` puts one branch into two worktrees. Back on it here, nothing changes there.
#[test]
fn a_branch_that_is_checked_out_twice_comes_back_where_it_does_not_move() {
    let mut sandbox = Sandbox::committed();
    sandbox.git(["worktree", "add", "--quiet", "-b", "shared", "../one"]);
    sandbox.git(["worktree", "add", "--quiet", "--force", "../two", "shared"]);
    sandbox.move_to("one");
    sandbox.append("README", "edited\n");
    round_trip("shared", &sandbox, |sandbox| {
        sandbox.git(["switch", "--quiet", "--detach"]);
        sandbox.commit("moved on");
    });
}

#[test]
fn a_branch_that_is_checked_out_elsewhere_does_not_move() {
    let sandbox = Sandbox::committed();
    sandbox.git(["switch", "--quiet", "--create", "topic"]);
    sandbox.checkpoint(["create", "kept"]).exits(0);
    sandbox.commit("moved on");
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.git(["worktree", "add", "--quiet", "../other", "topic"]);
    let refused = sandbox.try_git(["safe-restore", "kept", "--exact", "--force"]);
    assert_eq!(refused.code, 1, "{refused}");
    assert!(refused.talk().contains("is checked out at"), "{refused}");
    assert_eq!(sandbox.git(["symbolic-ref", "HEAD"]), "refs/heads/main");
}
