//! A stopped operation is kept with everything git needs to go on.

use checkpoint_tests::odd::operations;
use checkpoint_tests::{Kept, Sandbox, keep};

/// What all of them have in common: files, index and operation are kept.
fn check(sandbox: Sandbox, operations: &[&str], git_files: &[&str]) -> Kept {
    let kept = keep(sandbox);
    kept.is_complete()
        .skips(&[])
        .tells(operations)
        .holds_git_files(git_files);
    kept
}

/// The commits that only the operation's files name must outlive a `git gc`.
fn keeps_alive(kept: &Kept, commits: &[&str]) {
    let reached = kept.sandbox.git(["rev-list", &kept.snapshot.work]);
    for commit in commits {
        let id = kept.sandbox.git(["rev-parse", commit]);
        assert!(reached.contains(&id), "the snapshot keeps {commit} alive");
    }
}

#[test]
fn a_merge_with_conflicts() {
    let kept = check(
        operations::merge(),
        &["merge"],
        &["MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "AUTO_MERGE"],
    );
    kept.holds_index().equals_recipe();
    kept.holds("conflicts/1/both.txt", "base\n")
        .holds("conflicts/2/both.txt", "from main\n");
    kept.holds("conflicts/3/both.txt", "from topic\n");
    keeps_alive(&kept, &["MERGE_HEAD"]);
}

#[test]
fn a_merge_that_only_waits_for_its_commit() {
    let kept = check(
        operations::merge_without_commit(),
        &["merge"],
        &["MERGE_HEAD", "MERGE_MSG", "MERGE_MODE"],
    );
    kept.equals_recipe().equals_index();
    keeps_alive(&kept, &["MERGE_HEAD"]);
}

#[test]
fn a_merge_of_three_heads() {
    let kept = check(
        operations::octopus(),
        &["merge"],
        &["MERGE_HEAD", "MERGE_MSG"],
    );
    kept.equals_recipe().equals_index();
    keeps_alive(&kept, &["topic~2", "other"]);
}

#[test]
fn a_squashed_merge() {
    check(operations::squash(), &[], &["SQUASH_MSG"])
        .equals_recipe()
        .equals_index();
}

#[test]
fn a_merge_with_an_autostash() {
    let kept = check(
        operations::merge_with_autostash(),
        &["merge"],
        &["MERGE_HEAD", "MERGE_AUTOSTASH"],
    );
    keeps_alive(&kept, &["MERGE_HEAD", "MERGE_AUTOSTASH"]);
}

#[test]
fn a_rebase_with_conflicts() {
    let files = [
        "rebase-merge/done",
        "rebase-merge/git-rebase-todo",
        "rebase-merge/onto",
        "rebase-merge/orig-head",
        "REBASE_HEAD",
    ];
    let kept = check(operations::rebase(), &["rebase"], &files);
    kept.equals_recipe().holds_index();
    // The old tip of the branch: without it there is no way back.
    keeps_alive(&kept, &["REBASE_HEAD", "ORIG_HEAD", "topic"]);
}

#[test]
fn a_rebase_stopped_to_edit() {
    let files = [
        "rebase-merge/amend",
        "rebase-merge/stopped-sha",
        "rebase-merge/git-rebase-todo",
    ];
    let kept = check(operations::rebase_stopped_to_edit(), &["rebase"], &files);
    kept.equals_recipe().equals_index();
    keeps_alive(&kept, &["main"]);
}

#[test]
fn a_rebase_of_merges_with_its_labels() {
    let kept = check(
        operations::rebase_of_merges(),
        &["rebase"],
        &[
            "rebase-merge/git-rebase-todo",
            "rebase-merge/refs-to-delete",
        ],
    );
    let labels = kept
        .sandbox
        .git(["for-each-ref", "--format=%(refname)", "refs/rewritten/"]);
    keeps_alive(&kept, &labels.lines().collect::<Vec<_>>());
}

#[test]
fn a_rebase_with_an_autostash() {
    let kept = check(
        operations::rebase_with_autostash(),
        &["rebase"],
        &["rebase-merge/autostash"],
    );
    let stash = kept.sandbox.sh("cat .git/rebase-merge/autostash");
    keeps_alive(&kept, &[&stash]);
}

#[test]
fn a_rebase_by_patches() {
    let files = [
        "rebase-apply/next",
        "rebase-apply/last",
        "rebase-apply/onto",
        "rebase-apply/orig-head",
        "rebase-apply/0002",
    ];
    let kept = check(operations::rebase_by_patches(), &["rebase-apply"], &files);
    keeps_alive(&kept, &["topic"]);
}

#[test]
fn a_mailbox_that_does_not_apply() {
    let files = [
        "rebase-apply/applying",
        "rebase-apply/next",
        "rebase-apply/0001",
        "rebase-apply/0002",
        "rebase-apply/0003",
    ];
    check(operations::mailbox(), &["am"], &files)
        .equals_recipe()
        .equals_index();
}

#[test]
fn a_mailbox_with_conflicts() {
    check(
        operations::mailbox_with_conflicts(),
        &["am"],
        &["rebase-apply/applying", "rebase-apply/0002"],
    )
    .holds_index();
}

#[test]
fn a_cherry_pick_with_conflicts() {
    let kept = check(
        operations::cherry_pick(),
        &["cherry-pick"],
        &["CHERRY_PICK_HEAD", "MERGE_MSG"],
    );
    keeps_alive(&kept, &["CHERRY_PICK_HEAD"]);
}

#[test]
fn a_cherry_pick_of_a_range() {
    let files = [
        "CHERRY_PICK_HEAD",
        "sequencer/todo",
        "sequencer/head",
        "sequencer/abort-safety",
    ];
    let kept = check(
        operations::cherry_pick_of_a_range(),
        &["cherry-pick"],
        &files,
    );
    // What is still to be picked is named in the list of things to do.
    keeps_alive(&kept, &["CHERRY_PICK_HEAD", "topic"]);
}

#[test]
fn a_revert_with_conflicts() {
    let kept = check(
        operations::revert(),
        &["revert"],
        &["REVERT_HEAD", "MERGE_MSG"],
    );
    keeps_alive(&kept, &["REVERT_HEAD"]);
}

#[test]
fn a_revert_of_a_range() {
    check(
        operations::revert_of_a_range(),
        &["revert"],
        &["REVERT_HEAD", "sequencer/todo", "sequencer/head"],
    );
}

#[test]
fn a_bisect() {
    let files = [
        "BISECT_LOG",
        "BISECT_START",
        "BISECT_TERMS",
        "BISECT_NAMES",
        "BISECT_EXPECTED_REV",
    ];
    let kept = check(operations::bisect(), &["bisect"], &files);
    kept.equals_recipe().equals_index();
    keeps_alive(&kept, &["refs/bisect/bad", "main"]);
}

#[test]
fn a_merge_in_a_bisect() {
    let kept = check(
        operations::merge_in_a_bisect(),
        &["merge", "bisect"],
        &["MERGE_HEAD", "BISECT_LOG", "BISECT_START"],
    );
    keeps_alive(&kept, &["MERGE_HEAD", "refs/bisect/bad"]);
}

#[test]
fn a_stash_applied_with_conflicts() {
    let kept = check(operations::stash_with_conflicts(), &[], &[]);
    kept.holds_index()
        .holds("conflicts/2/both.txt", "and changed\n")
        .holds("conflicts/3/both.txt", "stashed\n");
}
