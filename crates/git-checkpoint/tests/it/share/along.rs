//! Records go along with a plain `git push`, once `init` has set that up.

use super::Party;
use crate::scene::Said;

const SPEC: &str = "+refs/notes/checkpoints*:refs/notes/remotes/origin/checkpoints*";

impl Party {
    /// The hooks are in place, with the program of this test.
    fn set_up() -> Self {
        let party = Self::new();
        party.scene.done(&["init", "--no-policy"]);
        party
    }

    fn notes_there(&self) -> String {
        self.scene.git(&["ls-remote", "origin", "refs/notes/*"])
    }

    /// Commits and pushes to a branch that nobody protects.
    fn push_by_git(&self) -> Said {
        self.scene.git(&["switch", "-q", "-C", "work"]);
        self.scene
            .git(&["commit", "-q", "--allow-empty", "-m", "work"]);
        let said = self.scene.try_git(&["push", "origin", "work"]);
        assert_eq!(said.code, 0, "{}", said.err);
        said
    }
}

#[test]
fn init_sets_up_that_records_are_shared_and_uninstall_takes_it_back() {
    let party = Party::new();
    let config = party.scene.path().join(".git/config");
    let before = fs_err::read(&config).unwrap();
    party.scene.done(&["init", "--no-policy"]);
    assert!(
        party
            .scene
            .git(&["config", "--get-all", "remote.origin.fetch"])
            .lines()
            .any(|line| line == SPEC)
    );
    assert_eq!(
        party.scene.git(&["config", "notes.guard.mergeStrategy"]),
        "cat_sort_uniq"
    );
    party.scene.git(&["fetch", "-q", "origin"]);
    party.scene.done(&["doctor"]);
    assert_eq!(
        party.scene.json(&["init", "--no-policy"])["unchanged"],
        true
    );
    party.scene.done(&["uninstall"]);
    assert_eq!(fs_err::read(&config).unwrap(), before, "byte for byte");

    party.scene.done(&["init", "--no-policy"]);
    // git writes into the section that is last in the file: it is ours.
    party.scene.git(&[
        "config",
        "--add",
        "remote.origin.fetch",
        "+refs/pull/*:refs/remotes/pull/*",
    ]);
    party.scene.done(&["uninstall"]);
    let left = party
        .scene
        .git(&["config", "--get-all", "remote.origin.fetch"]);
    assert_eq!(
        left,
        "+refs/heads/*:refs/remotes/origin/*\n+refs/pull/*:refs/remotes/pull/*"
    );
    assert_eq!(
        party
            .scene
            .try_git(&["config", "--get-regexp", "^notes\\."])
            .out,
        ""
    );
}

#[test]
fn a_remote_that_came_later_is_told_by_doctor() {
    let party = Party::new();
    party
        .scene
        .git(&["remote", "rename", "origin", "elsewhere"]);
    party.scene.git(&["remote", "remove", "elsewhere"]);
    party.scene.done(&["init", "--no-policy"]);
    party
        .scene
        .git(&["remote", "add", "origin", &party.scene.beside("remote.git")]);
    let said = party.scene.run(&["doctor"]);
    assert!(
        said.out
            .contains("records are not shared by themselves: not set: remote.origin.fetch"),
        "{}",
        said.out
    );
    party.scene.done(&["doctor", "--fix"]);
    assert!(
        party
            .scene
            .git(&["config", "--get-all", "remote.origin.fetch"])
            .contains(SPEC)
    );
    party.scene.git(&[
        "config",
        "--add",
        "remote.origin.fetch",
        "+refs/notes/*:refs/notes/*",
    ]);
    let said = party.scene.run(&["doctor"]);
    assert_eq!(said.code, 1);
    assert!(
        said.out
            .contains("every fetch from 'origin' overwrites records"),
        "{}",
        said.out
    );
}

#[test]
fn records_ride_along_with_a_push() {
    let party = Party::set_up();
    party.scene.keep_named(2, "safe");
    let said = party.push_by_git();
    assert!(
        party.notes_there().contains("refs/notes/checkpoints"),
        "{}",
        said.err
    );
    assert!(
        !said.err.contains("records"),
        "nothing is said: {}",
        said.err
    );
    party.clone("other", &[]);
    party.at("other", &["fetch"]);
    party.at("other", &["create", "theirs"]);
    party.at("other", &["push"]);
    party.push_by_git();
    party.scene.done(&["fetch"]);
    let there = party
        .scene
        .git(&["ls-remote", "origin", "refs/notes/checkpoints"]);
    let here = party.scene.git(&["rev-parse", "refs/notes/checkpoints"]);
    assert!(there.starts_with(&here), "merged on the way: {there}");
    assert!(party.scene.done(&["list"]).out.contains("theirs"));
}

#[test]
fn nothing_rides_along_with_a_push_that_is_only_tried() {
    let party = Party::set_up();
    party.scene.keep_named(2, "safe");
    party.scene.git(&["config", "alias.try", "push --dry-run"]);
    for words in [
        &["push", "-n", "origin", "HEAD:work"][..],
        &["push", "origin", "HEAD:work", "--dry-run"],
        &["try", "origin", "HEAD:work"],
    ] {
        party.scene.git(words);
        let there = party.notes_there();
        // Elsewhere no process can be seen.
        assert!(there.is_empty() || !cfg!(target_os = "linux"), "{words:?}");
    }
    party.push_by_git();
    assert!(party.notes_there().contains("refs/notes/checkpoints"));
}

#[test]
fn a_timeout_that_is_no_number_is_told() {
    let party = Party::set_up();
    party.scene.keep_named(2, "safe");
    party
        .scene
        .git(&["config", "checkpoint.shareTimeout", "2s"]);
    let said = party.push_by_git().err;
    let told = "checkpoint.shareTimeout = '2s' is no number of seconds; 5 counts";
    assert!(said.contains(told), "{said}");
    assert!(party.notes_there().contains("refs/notes/checkpoints"));
}

#[test]
fn nothing_rides_along_where_it_was_not_asked_for() {
    let party = Party::set_up();
    party.scene.keep_named(2, "safe");
    party
        .scene
        .git(&["config", "checkpoint.shareOnPush", "false"]);
    party.push_by_git();
    party
        .scene
        .git(&["config", "--unset", "checkpoint.shareOnPush"]);
    let second = party.scene.beside("second.git");
    party.scene.git(&["init", "-q", "--bare", &second]);
    party.scene.git(&["remote", "add", "second", &second]);
    party.scene.git(&["push", "-q", "second", "work"]);
    party.scene.git(&["push", "-q", &second, "work:other"]);
    assert_eq!(
        party.scene.git(&["ls-remote", &second, "refs/notes/*"]),
        "",
        "it is not set up for it"
    );
    assert_eq!(party.notes_there(), "");
}

#[test]
fn a_push_is_never_held_up_by_records() {
    let party = Party::set_up();
    party.scene.keep_named(2, "safe");
    let serve = |what: &str| {
        let script = format!(
            "sh -c 'test -n \"$GIT_CHECKPOINT_SHARING\" && {what}; exec git-receive-pack \"$@\"' sh"
        );
        party
            .scene
            .git(&["config", "remote.origin.receivepack", &script]);
    };
    party.scene.git(&["config", "checkpoint.shareTimeout", "1"]);
    serve("sleep 100");
    let said = party.push_by_git();
    assert!(
        said.err
            .contains("records are not shared with 'origin': 'origin' did not answer in time"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("hint: git checkpoint push origin"),
        "{}",
        said.err
    );
    serve("exit 7");
    let said = party.push_by_git();
    assert!(
        said.err.contains("records are not shared with 'origin'"),
        "{}",
        said.err
    );
    party.hook("update", "case $1 in refs/notes/*) exit 1;; esac");
    party
        .scene
        .git(&["config", "--unset", "remote.origin.receivepack"]);
    let said = party.push_by_git();
    assert!(
        said.err.contains("refuses 'refs/notes/checkpoints'"),
        "{}",
        said.err
    );
    assert_eq!(party.notes_there(), "");
    assert_eq!(
        party.scene.json(&["list"])["checkpoints"]
            .as_array()
            .unwrap()
            .len(),
        4,
        "and no record is lost"
    );
}
