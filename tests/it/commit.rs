//! `create --commit`: everything goes to the branch first, or nothing does.

use checkpoint_tests::{Fingerprint, Sandbox, Snapshot};

fn start() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    sandbox.append("README", "edited\n");
    sandbox.write("new.txt", "new\n");
    sandbox.remove("run.sh");
    sandbox.write("staged.txt", "staged\n");
    sandbox.git(["add", "staged.txt"]);
    sandbox
}

fn hook(sandbox: &Sandbox, name: &str, script: &str) {
    sandbox.write(
        format!(".git/hooks/{name}"),
        format!("#!/bin/sh\n{script}\n"),
    );
    sandbox.chmod(format!(".git/hooks/{name}"), 0o755);
}

#[test]
fn everything_is_committed_and_then_kept() {
    let sandbox = start();
    sandbox
        .checkpoint(["create", "done", "--commit", "-m", "Finish it"])
        .exits(0);
    assert_eq!(
        sandbox.git(["status", "--porcelain"]),
        "",
        "nothing is left to commit"
    );
    assert_eq!(
        sandbox.git(["log", "-1", "--format=%s"]),
        "Finish it",
        "in the user's words"
    );
    assert_eq!(
        Snapshot::only(&sandbox).head,
        Some(sandbox.git(["rev-parse", "HEAD"])),
        "the checkpoint has the new commit"
    );
}

#[test]
fn a_hook_that_refuses_leaves_everything_as_it_was() {
    for name in ["pre-commit", "commit-msg", "prepare-commit-msg"] {
        let sandbox = start();
        hook(&sandbox, name, "echo 'not like this' >&2; exit 1");
        let refs = sandbox.git(["for-each-ref"]);
        let before = Fingerprint::of(&sandbox).portable();
        let output = sandbox.checkpoint(["create", "done", "--commit", "-m", "Finish it"]);
        assert!([1, 128].contains(&output.code), "{name}: {output}");
        assert!(
            output.talk().contains("not like this"),
            "what the hook says is heard: {output}"
        );
        assert_eq!(
            sandbox.git(["for-each-ref"]),
            refs,
            "{name}: no commit and no checkpoint"
        );
        let later = Fingerprint::of(&sandbox).portable();
        let differences = before.differences(&later);
        // `git commit` leaves its message behind, whatever comes of it.
        let unexpected: Vec<_> = differences
            .lines()
            .filter(|line| !line.contains("COMMIT_EDITMSG"))
            .collect();
        assert!(
            unexpected.is_empty(),
            "{name}: files and index are as they were: {unexpected:#?}"
        );
    }
}

#[test]
fn with_nothing_to_commit_the_state_is_kept_all_the_same() {
    let sandbox = Sandbox::committed();
    sandbox.git(["switch", "--quiet", "--create", "feature"]);
    let head = sandbox.git(["rev-parse", "HEAD"]);
    let output = sandbox.checkpoint(["create", "clean", "--commit", "-m", "Nothing"]);
    assert_eq!(
        sandbox.git(["rev-parse", "HEAD"]),
        head,
        "no empty commit: {output}"
    );
    assert!([0, 1].contains(&output.code), "kept, or refused: {output}");
}

#[test]
fn a_merge_is_not_committed_on_the_side() {
    let sandbox = checkpoint_tests::odd::operations::merge();
    let before = (Fingerprint::of(&sandbox), sandbox.git(["for-each-ref"]));
    let output = sandbox.checkpoint(["create", "--commit", "-m", "In the merge"]);
    assert!(
        [1, 128].contains(&output.code),
        "conflicts cannot be committed: {output}"
    );
    before
        .0
        .assert_same(&Fingerprint::of(&sandbox), "a refusal changes nothing");
    assert_eq!(sandbox.git(["for-each-ref"]), before.1, "and keeps nothing");
}
