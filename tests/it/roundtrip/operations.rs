//! Operations in progress.

use checkpoint_tests::Sandbox;

use super::round_trip;

/// With reftable what a merge has stashed is a reference, elsewhere it is a file.
#[test]
fn what_a_merge_has_stashed_comes_back() {
    for format in ["--ref-format=files", "--ref-format=reftable"] {
        let sandbox = Sandbox::with_init(&[format]);
        sandbox.fill();
        sandbox.git(["switch", "--quiet", "--create", "other"]);
        sandbox.write("README", "other\n");
        sandbox.commit("other");
        sandbox.git(["switch", "--quiet", "main"]);
        sandbox.write("README", "main\n");
        sandbox.commit("main");
        sandbox.append("run.sh", "# stashed\n");
        let merge = sandbox.try_git(["merge", "--autostash", "other"]);
        assert_eq!(merge.code, 1, "there is a conflict: {merge}");
        round_trip(format, &sandbox, |sandbox| {
            sandbox.git(["update-ref", "--no-deref", "-d", "MERGE_AUTOSTASH"]);
            sandbox.git(["merge", "--abort"]);
        });
    }
}
