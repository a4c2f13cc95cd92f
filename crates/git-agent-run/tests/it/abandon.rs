use std::path::PathBuf;

use serde_json::json;

use crate::scene::Scene;

#[test]
fn what_is_given_up_comes_back_as_it_was() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("Bad idea");
    scene.write_at(&dir, "file", "two\n");
    scene.git_at(&dir, &["commit", "-q", "-a", "-m", "two"]);
    let tip = scene.git_at(&dir, &["rev-parse", "HEAD"]);
    scene.write_at(&dir, "file", "three\n");
    scene.git_at(&dir, &["add", "file"]);
    scene.write_at(&dir, "new", "new\n");
    let status = scene.git_at(&dir, &["status", "--porcelain"]);

    let said = scene.done(&["abandon", &branch, "-m", "it was no good"]);
    assert!(
        said.err
            .contains("its work is checkpoint abandoned/bad-idea/run-1"),
        "{said:?}"
    );
    assert!(
        said.err.contains("git agent-run resume bad-idea/run-1"),
        "{said:?}"
    );
    assert!(!dir.exists() && !scene.beside("repo.runs").exists());
    let gone = scene.try_git_at(scene.path(), &["rev-parse", "--verify", "-q", &branch]);
    assert_ne!(gone.code, 0);
    scene.git(&[
        "rev-parse",
        "--verify",
        "refs/tags/checkpoint/abandoned/bad-idea/run-1",
    ]);
    let run = scene.shown("bad-idea/run-1");
    assert_eq!(
        (&run["is_abandoned"], &run["state"]),
        (&json!(true), &json!("failed"))
    );
    assert_eq!(
        scene.failure(&["progress", "bad-idea/run-1", "--percent", "1"]),
        (1, "run::abandoned".to_owned())
    );
    assert_eq!(
        scene.failure(&["abandon", &branch]),
        (1, "run::abandoned".to_owned())
    );
    assert_eq!(
        scene.failure(&["finish", &branch]),
        (1, "run::abandoned".to_owned())
    );

    scene.git(&["gc", "-q", "--prune=now"]);
    scene.done(&["resume", "bad-idea/run-1"]);
    assert_eq!(scene.git_at(&dir, &["rev-parse", "HEAD"]), tip);
    assert_eq!(
        scene.git_at(&dir, &["symbolic-ref", "--short", "HEAD"]),
        branch
    );
    assert_eq!(scene.git_at(&dir, &["status", "--porcelain"]), status);
    assert_eq!(
        scene.git_at(&dir, &["diff", "--cached", "--name-only"]),
        "file"
    );
    assert_eq!(scene.shown("bad-idea/run-1")["state"], "running");
    scene.done(&["abandon", &branch]);
    assert_eq!(
        scene.count("run_abandoned"),
        2,
        "a second time, under another name"
    );
}

#[test]
fn in_a_working_tree_that_was_there_before_no_work_leaves_the_files() {
    let scene = Scene::new();
    scene.done(&["start", "--task", "here"]);
    scene.write("file", "two\n");
    scene.done(&["abandon"]);
    assert_eq!(scene.git(&["symbolic-ref", "--short", "HEAD"]), "main");
    assert_eq!(
        scene.read("file"),
        "two\n",
        "without a commit the work just goes back with HEAD"
    );

    scene.done(&["start", "--task", "here"]);
    scene.git(&["commit", "-q", "-a", "-m", "two"]);
    scene.write("file", "three\n");
    let said = scene.done(&["abandon"]);
    assert!(
        said.err
            .contains("stays: it is checked out, and its files have changes"),
        "{said:?}"
    );
    assert_eq!(scene.read("file"), "three\n");
    assert_eq!(
        scene.git(&["symbolic-ref", "--short", "HEAD"]),
        "agent/here/run-2"
    );

    scene.git(&["commit", "-q", "-a", "-m", "three"]);
    scene.done(&["abandon", "here/run-2"]);
    assert_eq!(scene.git(&["symbolic-ref", "--short", "HEAD"]), "main");
    assert_eq!(
        scene.read("file"),
        "one\n",
        "what is committed is in the checkpoint"
    );
    scene.done(&["resume", "here/run-2"]);
    assert_eq!(scene.read("file"), "three\n");
}

#[test]
fn head_is_detached_again_where_it_was() {
    let scene = Scene::new();
    let before = scene.git(&["rev-parse", "HEAD"]);
    scene.git(&["switch", "-q", "--detach"]);
    let detached = || {
        let at = scene.git(&["rev-parse", "--symbolic-full-name", "HEAD"]);
        at == "HEAD" && scene.git(&["rev-parse", "HEAD"]) == before
    };
    scene.done(&["start", "--task", "x"]);
    scene.write("file", "two\n");
    let said = scene.done(&["abandon"]);
    assert!(detached(), "{said:?}");
    assert_eq!(
        scene.read("file"),
        "two\n",
        "without a commit the work stays"
    );
    scene.done(&["start", "--task", "x"]);
    scene.git(&["commit", "-q", "-a", "-m", "two"]);
    scene.done(&["abandon"]);
    assert!(detached());
    assert_eq!(scene.read("file"), "one\n");
    assert_eq!(scene.git(&["branch", "--list", "agent/*"]), "");
}

#[test]
fn no_branch_is_checked_out_twice() {
    let scene = Scene::new();
    scene.done(&["start", "--task", "x"]);
    let other = scene.beside("other");
    scene.git(&["worktree", "add", "-q", other.to_str().unwrap(), "main"]);
    let said = scene.done(&["abandon"]);
    assert!(
        said.err.contains("branch 'agent/x/run-1' stays: "),
        "{said:?}"
    );
    assert_eq!(
        scene.git(&["symbolic-ref", "--short", "HEAD"]),
        "agent/x/run-1"
    );
}

#[test]
fn a_branch_that_is_checked_out_nowhere_and_not_pushed_stays() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    scene.write_at(&dir, "file", "two\n");
    scene.git_at(&dir, &["commit", "-q", "-a", "-m", "two"]);
    scene.git(&["worktree", "remove", dir.to_str().unwrap()]);
    let said = scene.done(&["abandon", &branch]);
    assert!(
        said.err
            .contains("stays: it has commits that are not pushed"),
        "{said:?}"
    );
    scene.git(&["rev-parse", "--verify", &branch]);
}

#[test]
fn a_working_tree_in_the_middle_of_a_rebase_is_left_alone() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    scene.write_at(&dir, "file", "two\n");
    scene.git_at(&dir, &["commit", "-q", "-a", "-m", "two"]);
    scene.write("file", "three\n");
    scene.git(&["commit", "-q", "-a", "-m", "three"]);
    let rebase = scene.try_git_at(&dir, &["rebase", "main"]);
    assert_eq!(rebase.code, 1, "{rebase:?}");
    let before = scene.picture();
    for words in [["abandon", &branch], ["finish", &branch]] {
        assert_eq!(scene.failure(&words), (1, "run::off_branch".to_owned()));
        assert_eq!(scene.picture(), before);
    }
}

#[test]
fn a_run_goes_on_from_a_checkpoint() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    let first = scene.shown("x/run-1")["checkpoint"]
        .as_str()
        .unwrap()
        .to_owned();
    scene.write_at(&dir, "file", "two\n");
    scene.done(&["abandon", &branch]);
    scene.done(&["resume", &branch]);
    assert_eq!(fs_err::read_to_string(dir.join("file")).unwrap(), "two\n");
    let missing = scene.failure(&["resume", &branch, "--at", "no-such-checkpoint"]);
    assert_eq!(missing, (128, "checkpoint::unknown".to_owned()));
    assert!(!first.is_empty());
}

/// The run `x` with a commit, whose working tree was removed by hand: its branch, and where that was.
fn removed(scene: &Scene) -> (String, PathBuf) {
    let (branch, dir) = scene.start("x");
    scene.write_at(&dir, "file", "two\n");
    scene.git_at(&dir, &["commit", "-q", "-a", "-m", "two"]);
    fs_err::remove_dir_all(&dir).unwrap();
    scene.git(&["worktree", "prune"]);
    (branch, dir)
}

#[test]
fn a_working_tree_that_was_removed_by_hand_is_made_again() {
    let scene = Scene::new();
    let (branch, dir) = removed(&scene);
    scene.done(&["resume", "x/run-1"]);
    assert_eq!(fs_err::read_to_string(dir.join("file")).unwrap(), "two\n");
    assert_eq!(
        scene.git_at(&dir, &["symbolic-ref", "--short", "HEAD"]),
        branch
    );
    scene.done(&["abandon", "x/run-1"]);
    scene.done(&["resume", "x/run-1"]);
    assert_eq!(fs_err::read_to_string(dir.join("file")).unwrap(), "two\n");
}

#[test]
fn a_run_ends_without_the_working_tree_that_was_removed_by_hand() {
    let scene = Scene::new();
    let (branch, _) = removed(&scene);
    scene.done(&["finish", "x/run-1", "--no-pull-request", "--cleanup=all"]);
    let gone = scene.try_git_at(scene.path(), &["rev-parse", "--verify", "-q", &branch]);
    assert_ne!(gone.code, 0, "it is at the remote");
    assert_eq!(scene.shown("x/run-1")["is_linked"], false);

    let (branch, dir) = scene.start("y");
    scene.git_at(&dir, &["commit", "-q", "--allow-empty", "-m", "two"]);
    fs_err::remove_dir_all(&dir).unwrap();
    scene.git(&["worktree", "prune"]);
    scene.done(&["abandon", "y/run-1"]);
    scene.git(&["rev-parse", "--verify", &branch]);
    scene.done(&["resume", "y/run-1"]);
    assert!(dir.join("file").exists());
}

#[test]
fn what_cannot_come_back_is_not_said_to() {
    let scene = Scene::new();
    scene.done(&["start", "--task", "x"]);
    scene.git(&["switch", "-q", "main"]);
    scene.git(&["branch", "-q", "-D", "agent/x/run-1"]);
    let said = scene.done(&["abandon", "x/run-1"]);
    assert!(!said.err.contains("resume"), "{said:?}");
    assert_eq!(
        scene.failure(&["resume", "x/run-1"]),
        (1, "run::branch_gone".to_owned())
    );
}

#[test]
fn given_up_twice_it_is_kept_once() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    scene.write_at(&dir, "file", "two\n");
    scene.git(&["worktree", "lock", dir.to_str().unwrap()]);
    let said = scene.done(&["abandon", &branch]);
    assert!(
        said.err
            .contains("stays: cannot remove a locked working tree\n"),
        "{said:?}"
    );
    let names = || scene.git(&["for-each-ref", "refs/tags/checkpoint/abandoned"]);
    let once = names();
    assert!(!once.is_empty());
    scene.done(&["abandon", &branch]);
    assert_eq!(names(), once, "nothing has changed");
    scene.write_at(&dir, "file", "three\n");
    scene.done(&["abandon", &branch]);
    assert_ne!(names(), once, "what is new is kept, too");
}

#[test]
fn what_the_checkpoint_does_not_hold_is_named_and_stays() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    let nested = dir.join("nested");
    scene.git(&["init", "-q", nested.to_str().unwrap()]);
    scene.write_at(&nested, "file", "theirs\n");
    let said = scene.done(&["abandon", &branch]);
    assert!(
        said.err
            .contains("stays: the checkpoint does not hold nested"),
        "{said:?}"
    );
    assert!(nested.join("file").exists());
}
