//! What git shows is not always what it has.

use checkpoint_tests::Sandbox;

use super::round_trip;

/// `git replace` shows other objects under the names of these; a checkpoint keeps and writes the real ones.
#[test]
fn replaced_objects_are_kept_as_they_are() {
    let sandbox = Sandbox::committed();
    sandbox.append("README", "second\n");
    sandbox.commit("second");
    let blob = sandbox.git(["rev-parse", "HEAD:README"]);
    let first = sandbox.git(["rev-parse", "HEAD~1:README"]);
    sandbox.git(["replace", &blob, &first]);
    sandbox.write("copy", "read me\nsecond\n");
    sandbox.append("src/main.c", "// edited\n");
    round_trip("blob", &sandbox, |sandbox| {
        sandbox.sh("rm README copy && echo other >src/main.c");
        sandbox.git(["add", "--all"]);
    });
    let (head, before) = (
        sandbox.git(["rev-parse", "HEAD"]),
        sandbox.git(["rev-parse", "HEAD~1"]),
    );
    sandbox.git(["replace", &head, &before]);
    let sandbox = sandbox.forget_checkpoints();
    round_trip("commit", &sandbox, |sandbox| {
        sandbox.sh("rm README copy && echo other >src/main.c");
        sandbox.git(["add", "--all"]);
    });
}

/// From a folder too, a relative path to the rules means one from the top.
#[test]
fn rules_by_a_relative_path_are_found_from_a_folder() {
    let mut sandbox = Sandbox::committed();
    sandbox.git(["config", "core.excludesFile", "rules/ignore"]);
    sandbox.git(["config", "core.attributesFile", "rules/attributes"]);
    sandbox.write("rules/ignore", "*.o\n");
    sandbox.write("rules/attributes", "*.txt text eol=crlf\n");
    sandbox.write("main.o", "built\n");
    sandbox.write("new.txt", "new\r\n");
    sandbox.stand_in("src");
    round_trip("rules", &sandbox, |sandbox| {
        sandbox.sh("rm ../new.txt && echo more >>main.c");
    });
    sandbox.checkpoint(["create", "again"]).exits(0);
    let kept = sandbox.git([
        "ls-tree",
        "-r",
        "--full-tree",
        "--name-only",
        "checkpoint/again",
    ]);
    assert!(!kept.contains("new.txt"), "a tag publishes nothing: {kept}");
    let state = sandbox.git(["for-each-ref", "--format=%(refname)", "refs/checkpoints"]);
    let state = state.lines().last().expect("one was just made");
    let kept = sandbox.git(["ls-tree", "-r", "--full-tree", state]);
    assert!(!kept.contains("main.o"), "it is ignored: {kept}");
    let blob = sandbox.git(["cat-file", "blob", &format!("{state}:new.txt")]);
    assert_eq!(blob, "new", "line ends are git's own in there");
}
