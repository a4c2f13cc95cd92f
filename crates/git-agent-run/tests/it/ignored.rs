//! Ignored files, which no checkpoint holds, do not go with a working tree unasked.

use std::path::{Path, PathBuf};

use crate::scene::Scene;

/// A run in a working tree of its own with these ignored files, under a policy with these lines.
fn begun(policy: &str, ignored: &[&str]) -> (Scene, PathBuf) {
    let scene = Scene::new();
    scene.write(".gitignore", ".env\nbuild/\n*.log\n");
    scene.policy(policy);
    let (_, dir) = scene.start("x");
    for path in ignored {
        scene.write_at(&dir, path, "ignored\n");
    }
    (scene, dir)
}

fn finish(scene: &Scene, words: &[&str]) -> String {
    let finish = ["finish", "x/run-1", "--no-pull-request", "--cleanup=all"];
    scene.done(&[&finish, words].concat()).err
}

fn is_there(dir: &Path, path: &str) {
    let read = fs_err::read_to_string(dir.join(path)).unwrap();
    assert_eq!(read, "ignored\n", "{path}");
}

#[test]
fn giving_up_does_nothing_where_they_would_be_lost() {
    let (scene, dir) = begun("", &[".env", "build/a/b", "build/c"]);
    scene.write_at(&dir, "file", "work\n");
    let before = (scene.picture(), scene.events());
    let tags = || scene.git(&["for-each-ref", "refs/tags/checkpoint"]);
    let said = scene.run(&["abandon", "x/run-1"]);
    assert_eq!(said.code, 1, "{said:?}");
    let want = "are in no checkpoint: .env, build/\n";
    assert!(said.err.contains(want), "{said:?}");
    assert!(
        said.err
            .contains("git agent-run abandon --discard-ignored x/run-1"),
        "{said:?}"
    );
    assert_eq!(
        (scene.picture(), scene.events(), tags()),
        (before.0, before.1, String::new())
    );
    is_there(&dir, "build/a/b");

    let said = scene.done(&["abandon", "--discard-ignored", "x/run-1"]);
    assert!(!dir.exists(), "{said:?}");
    assert!(
        said.err.contains("with ignored files: .env, build/\n"),
        "{said:?}"
    );
}

#[test]
fn a_finished_run_leaves_its_working_tree_with_them() {
    let (scene, dir) = begun("", &["a.log", "b.log", "c.log", "d.log", "e.log", "f.log"]);
    scene.write_at(&dir, "file", "work\n");
    let said = finish(&scene, &[]);
    let want = "a.log, b.log, c.log, d.log, e.log, and 1 more\n";
    assert!(said.contains("pushed") && said.contains(want), "{said}");
    assert!(
        said.contains("branch 'agent/x/run-1' stays: it is checked out"),
        "{said}"
    );
    is_there(&dir, "f.log");
    assert_eq!(scene.shown("x/run-1")["state"], "completed");
    let said = finish(&scene, &["--discard-ignored"]);
    assert!(said.contains("removed agent/x/run-1"), "{said}");
    assert!(!dir.exists());
}

#[test]
fn what_can_be_made_again_goes_by_the_policy() {
    let policy = "[runs]\ndiscard-ignored = [\"build/\"]\n";
    let (scene, dir) = begun(policy, &["build/a/b"]);
    assert!(finish(&scene, &[]).contains("removed"));
    assert!(!dir.exists());
    let (scene, dir) = begun(policy, &["build/a/b", "sub/build/x.o", ".env"]);
    let said = finish(&scene, &[]);
    assert!(
        said.contains("but go by --discard-ignored: .env\n"),
        "{said}"
    );
    is_there(&dir, "build/a/b");
    // An agent lets nothing more go by what it writes here.
    scene.write_at(
        &dir,
        ".git-checkpoint.toml",
        "[runs]\ndiscard-ignored = [\"build/\", \".env\"]\n",
    );
    finish(&scene, &[]);
    is_there(&dir, ".env");
}

#[test]
fn what_the_policy_includes_is_kept_and_comes_back() {
    let policy = "[capture]\ninclude = [\".env\", \"build/report\"]\n";
    let (scene, dir) = begun(policy, &[".env", "build/report"]);
    scene.done(&["abandon", "x/run-1"]);
    assert!(!dir.exists());
    scene.done(&["resume", "x/run-1"]);
    is_there(&dir, ".env");
    is_there(&dir, "build/report");
    scene.write_at(&dir, "build/other", "ignored\n");
    let said = scene.run(&["abandon", "x/run-1"]);
    assert!(
        said.err.contains("are in no checkpoint: build/\n"),
        "{said:?}"
    );
    is_there(&dir, "build/report");
}

#[test]
fn in_a_working_tree_that_was_there_before_they_are_nobodys_matter() {
    let scene = Scene::new();
    scene.write(".gitignore", ".env\n");
    scene.policy("");
    scene.write(".env", "ignored\n");
    scene.done(&["start", "--task", "x"]);
    scene.done(&["abandon", "x/run-1"]);
    is_there(scene.path(), ".env");
    assert_eq!(scene.git(&["symbolic-ref", "--short", "HEAD"]), "main");
}
