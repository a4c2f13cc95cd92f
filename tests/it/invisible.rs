//! A checkpoint leaves no trace but itself.

use checkpoint_tests::{Fingerprint, Sandbox, keep};

use crate::random;

#[test]
fn a_checkpoint_of_any_state_is_invisible_and_whole() {
    random::check(random::any_edits(), |edits| {
        keep(random::after(edits)).is_complete();
    });
}

#[test]
fn a_checkpoint_is_whole_also_where_git_looks_away() {
    random::check(random::flagged_edits(), |edits| {
        keep(random::after(edits)).is_complete().equals_index();
    });
}

#[test]
fn every_way_to_make_one_is_invisible() {
    let sandbox = Sandbox::committed();
    sandbox.append("README", "edited\n");
    sandbox.write("new.txt", "new\n");
    let before = Fingerprint::of(&sandbox);
    let ways: [&[&str]; 9] = [
        &["create"],
        &["create", "by-name"],
        &["create", "with/slashes", "-m", "told"],
        &["create", "--json"],
        &["create", "-q"],
        &[
            "create",
            "--type",
            "milestone",
            "--phase",
            "validate",
            "--session",
            "s",
            "--agent",
            "a",
            "--task",
            "t",
        ],
        &[
            "create",
            "--state",
            "tasks_completed=3",
            "--state",
            "tests_failing=0",
        ],
        &["create", "--no-untracked", "--exclude", "*.txt"],
        &["create", "by-name", "--replace"],
    ];
    for way in ways {
        let output = sandbox.checkpoint(way).exits(0);
        before.assert_same(
            &Fingerprint::of(&sandbox),
            &format!("{output} is invisible"),
        );
    }
}

#[test]
fn a_refusal_is_invisible() {
    let sandbox = Sandbox::committed();
    sandbox.append("README", "edited\n");
    sandbox.checkpoint(["create", "taken"]).exits(0);
    let refs = sandbox.git(["for-each-ref"]);
    let before = Fingerprint::of(&sandbox);
    for (words, code) in [
        (["create", "taken"], 1),
        (["create", "-x"], 129),
        (["create", "a..b"], 129),
    ] {
        let output = sandbox.checkpoint(words).exits(code);
        before.assert_same(
            &Fingerprint::of(&sandbox),
            &format!("{output} is invisible"),
        );
        assert_eq!(
            sandbox.git(["for-each-ref"]),
            refs,
            "no ref is new after {output}"
        );
    }
}

#[test]
fn a_state_that_was_kept_is_kept_again_only_when_it_changed() {
    let sandbox = Sandbox::committed();
    sandbox.append("README", "edited\n");
    let count = || {
        sandbox
            .git(["for-each-ref", "refs/checkpoints/"])
            .lines()
            .count()
    };
    sandbox.checkpoint(["create", "--if-changed"]).exits(0);
    assert_eq!(count(), 1, "the first is kept");
    sandbox.checkpoint(["create", "--if-changed"]).exits(0);
    assert_eq!(count(), 1, "the same again is not");
    sandbox.checkpoint(["create"]).exits(0);
    assert_eq!(count(), 2, "unless asked for");
    sandbox.git(["add", "README"]);
    sandbox.checkpoint(["create", "--if-changed"]).exits(0);
    assert_eq!(count(), 3, "the index alone is a change");
    sandbox.git(["switch", "--quiet", "--create", "other"]);
    sandbox.checkpoint(["create", "--if-changed"]).exits(0);
    assert_eq!(count(), 4, "and so is the branch");
}

#[test]
fn the_users_hooks_do_not_run() {
    let sandbox = Sandbox::committed();
    let hooks = [
        "pre-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "post-checkout",
        "post-index-change",
        "pre-auto-gc",
        "post-rewrite",
        "fsmonitor-watchman",
    ];
    for hook in hooks {
        let path = format!(".git/hooks/{hook}");
        sandbox.write(&path, "#!/bin/sh\ntouch \"$HOME/hook-ran\"\nexit 1\n");
        sandbox.chmod(&path, 0o755);
    }
    sandbox.append("README", "edited\n");
    keep(sandbox).is_complete().equals_recipe();
}
