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
