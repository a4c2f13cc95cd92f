//! Files that are ignored in one state and not in the other.

use checkpoint_tests::Sandbox;

use super::round_trip;
use super::state::State;

/// With the rule gone, a file that a checkpoint says nothing of is untracked: a backup holds it, and so does the backup
/// of the undo, as a file that is ignored.
#[test]
fn a_file_that_was_ignored_comes_back_with_undo_and_goes_with_redo() {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitignore", "*.o\n");
    sandbox.write("main.o", "built\n");
    round_trip("rule gone", &sandbox, |sandbox| {
        sandbox.remove(".gitignore");
        sandbox.append("README", "edited\n");
    });
}

/// The checkpoint does not know what was in it: whoever takes it into the index has it still when it is ignored again.
#[test]
fn a_file_that_was_ignored_stays_though_it_was_added_since() {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitignore", "*.o\n");
    sandbox.commit("rules");
    sandbox.write("main.o", "built\n");
    round_trip("added", &sandbox, |sandbox| {
        sandbox.git(["add", "--force", "main.o"]);
        sandbox.git(["commit", "--quiet", "-m", "by force"]);
    });
    round_trip(
        "added with the rule gone",
        &sandbox.forget_checkpoints(),
        |sandbox| {
            sandbox.remove(".gitignore");
            sandbox.commit("everything");
        },
    );
}

/// A repository whose checkpoint `kept` holds a file that is ignored, tracked then and gone since.
fn with_a_file_that_was_tracked() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitignore", "*.o\n");
    sandbox.write("sub/main.o", "built\n");
    sandbox.git(["add", "--force", "sub/main.o"]);
    sandbox.commit("by force");
    sandbox.checkpoint(["create", "kept"]).exits(0);
    sandbox.git(["rm", "--quiet", "sub/main.o"]);
    sandbox.commit("gone");
    sandbox
}

#[test]
fn an_ignored_file_that_a_restore_of_a_part_has_made_goes_with_undo() {
    for words in [
        ["kept", "--force", "--", "*.o"],
        ["kept", "--force", "--", "sub"],
        ["kept", "--force", "--files", "--"],
    ] {
        let sandbox = with_a_file_that_was_tracked();
        let before = State::of(&sandbox);
        sandbox.safe_restore(words).exits(0);
        let after = State::of(&sandbox);
        assert_eq!(sandbox.read("sub/main.o"), b"built\n");
        for _ in 0..2 {
            sandbox.git(["safe-restore", "--undo", "--force"]);
            before.assert_same(&sandbox, &format!("{words:?}: it is undone"));
            sandbox.git(["safe-restore", "--redo", "--force"]);
            after.assert_same(&sandbox, &format!("{words:?}: and done again"));
        }
    }
}

#[test]
fn an_ignored_file_that_a_checkpoint_includes_goes_with_undo() {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitignore", "*.o\n");
    sandbox.commit("rules");
    sandbox.write("main.o", "built\n");
    sandbox
        .checkpoint(["create", "kept", "--include", "*.o"])
        .exits(0);
    sandbox.remove("main.o");
    let before = State::of(&sandbox);
    sandbox.safe_restore(["kept", "--force"]).exits(0);
    assert_eq!(sandbox.read("main.o"), b"built\n");
    sandbox.safe_restore(["--undo", "--force"]).exits(0);
    before.assert_same(&sandbox, "it is undone");
}

#[test]
fn an_ignored_file_that_was_changed_since_stays_and_is_told() {
    let sandbox = with_a_file_that_was_tracked();
    sandbox
        .safe_restore(["kept", "--force", "--", "*.o"])
        .exits(0);
    sandbox.write("sub/main.o", "built anew\n");
    let shown = sandbox.safe_restore(["--undo", "--dry-run"]).exits(0);
    assert!(shown.talk().contains("sub/main.o"), "{shown}");
    let undone = sandbox.safe_restore(["--undo", "--force"]).exits(0);
    assert!(undone.talk().contains("sub/main.o"), "{undone}");
    assert_eq!(sandbox.read("sub/main.o"), b"built anew\n");
}

#[test]
fn an_ignored_file_that_was_made_halfway_goes_when_that_is_given_up() {
    let sandbox = with_a_file_that_was_tracked();
    let before = State::of(&sandbox);
    let words = ["kept", "--force", "--", "*.o"];
    sandbox.breaking_restore(&words, "check::before:1:eio", None);
    assert_eq!(sandbox.read("sub/main.o"), b"built\n");
    sandbox.safe_restore(["--abort"]).exits(0);
    before.assert_same(&sandbox, "it was given up");
    sandbox.breaking_restore(&words, "check::before:1:eio", None);
    sandbox.safe_restore(["--continue"]).exits(0);
    sandbox.breaking_restore(&["--undo", "--force"], "files::before_delete:1:eio", None);
    sandbox.safe_restore(["--continue"]).exits(0);
    before.assert_same(&sandbox, "continued, and undone in two steps");
}

#[test]
fn what_a_restore_has_written_goes_with_undo_though_a_rule_would_hide_it() {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitignore", "*.o\n");
    sandbox.commit("rules");
    sandbox.write("sub/.gitignore", "!deep/*.o\n");
    sandbox.write("sub/deep/main.o", "wanted\n");
    round_trip("given back", &sandbox, |sandbox| {
        sandbox.sh("rm -r sub");
    });
}
