//! Files that are ignored in one state and not in the other.

use checkpoint_tests::Sandbox;

use super::round_trip;

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
