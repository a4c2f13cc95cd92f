//! Runs whose clone is no longer where it was, or that another clone goes on with.

use std::path::{Path, PathBuf};

use crate::scene::Scene;

/// A run in a working tree of its own, with a commit and with work that is not committed.
fn begun(scene: &Scene) -> PathBuf {
    let (_, dir) = scene.start("x");
    scene.git_at(&dir, &["commit", "-q", "--allow-empty", "-m", "two"]);
    scene.write_at(&dir, "file", "work\n");
    dir
}

/// Takes the run over; everything that is of it is refused before, and is possible then.
fn taken_over(scene: &Scene, top: &Path) -> PathBuf {
    for words in [
        ["finish", "x/run-1"],
        ["abandon", "x/run-1"],
        ["resume", "x/run-1"],
    ] {
        let said = scene.run_at(top, &words);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(
            said.err.contains("run 'x/run-1' is of another clone: '"),
            "{said:?}"
        );
        let next = "git agent-run resume --take-over x/run-1";
        assert!(said.err.contains(next), "{said:?}");
    }
    let said = scene.done_at(top, &["resume", "--take-over", "x/run-1", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let old = scene.path().join(".git");
    assert_eq!(document["taken_from"], old.to_str().unwrap(), "{document}");
    let common = scene.git_at(
        top,
        &["rev-parse", "--path-format=absolute", "--git-common-dir"],
    );
    assert_eq!(document["run"]["repository"], common.as_str(), "{document}");
    scene.done_at(top, &["progress", "x/run-1", "--percent", "50"]);
    PathBuf::from(document["worktree"].as_str().unwrap())
}

#[test]
fn a_repository_that_was_moved_goes_on_with_its_runs() {
    let scene = Scene::new();
    scene.done(&["start", "--task", "x"]);
    scene.write("file", "work\n");
    let moved = scene.beside("moved");
    fs_err::rename(scene.path(), &moved).unwrap();
    scene.done_at(&moved, &["show"]);
    assert_eq!(taken_over(&scene, &moved), moved);
    let said = scene.done_at(&moved, &["finish", "--no-pull-request"]);
    assert!(said.err.contains("pushed agent/x/run-1"), "{said:?}");
    // Once more changes nothing.
    scene.done_at(&moved, &["resume", "--take-over", "x/run-1"]);
}

#[test]
fn a_working_tree_that_was_left_behind_or_moved_along_is_found_again() {
    for is_along in [true, false] {
        let scene = Scene::new();
        let dir = begun(&scene);
        let there = scene.beside("there");
        fs_err::create_dir(&there).unwrap();
        fs_err::rename(scene.path(), there.join("repo")).unwrap();
        let mut want = dir.clone();
        if is_along {
            fs_err::rename(scene.beside("repo.runs"), there.join("repo.runs")).unwrap();
            want = there.join("repo.runs").join(dir.file_name().unwrap());
        }
        let moved = there.join("repo");
        assert_eq!(taken_over(&scene, &moved), want, "moved along: {is_along}");
        let read = fs_err::read_to_string(want.join("file")).unwrap();
        assert_eq!(read, "work\n", "what was not committed is there");
        scene.done_at(&moved, &["finish", "x/run-1", "--no-push", "--cleanup"]);
        assert!(
            !want.exists(),
            "it is still the run's own, moved along: {is_along}"
        );
        assert_eq!(scene.git_at(&moved, &["fsck", "--no-dangling"]), "");
    }
}

#[test]
fn a_copy_leaves_the_working_tree_of_the_original_alone() {
    let scene = Scene::new();
    let dir = begun(&scene);
    let copy = scene.beside("copy");
    let words = [scene.path().to_str().unwrap(), copy.to_str().unwrap()];
    scene
        .command("cp", scene.path(), &[&["-a"], &words[..]].concat())
        .status()
        .unwrap();
    let before = fs_err::read(dir.join(".git")).unwrap();

    let own = taken_over(&scene, &copy);
    assert_eq!(own, scene.beside("copy.runs").join("x-1"));
    let subject = scene.git_at(&own, &["log", "-1", "--format=%s %D"]);
    assert_eq!(subject, "two HEAD -> agent/x/run-1");
    scene.write_at(&own, "file", "work of the copy\n");
    scene.done_at(
        &copy,
        &["finish", "x/run-1", "--no-pull-request", "--cleanup"],
    );
    assert!(!own.exists());
    let now = fs_err::read(dir.join(".git")).unwrap();
    assert_eq!(now, before, "it still knows where it belongs");
    assert_eq!(fs_err::read_to_string(dir.join("file")).unwrap(), "work\n");
    assert_eq!(scene.git_at(&dir, &["status", "--porcelain"]), " M file");
    scene.done_at(&dir, &["finish", "--no-push"]);
}

#[test]
fn another_clone_goes_on_from_what_was_pushed() {
    let scene = Scene::new();
    let dir = begun(&scene);
    scene.done_at(&dir, &["finish", "--no-pull-request"]);
    let other = scene.beside("other");
    let url = scene.git(&["remote", "get-url", "origin"]);
    scene.git(&["push", "-q", "origin", "refs/notes/agents"]);
    scene.git(&["clone", "-q", &url, other.to_str().unwrap()]);
    let notes = "refs/notes/agents:refs/notes/agents";
    scene.git_at(&other, &["fetch", "-q", "origin", notes]);
    let own = taken_over(&scene, &other);
    assert_eq!(own, scene.beside("other.runs").join("x-1"));
    assert_eq!(fs_err::read_to_string(own.join("file")).unwrap(), "work\n");

    // Without the commits there is nothing to go on from.
    let none = scene.beside("none");
    scene.git(&[
        "clone",
        "-q",
        "--single-branch",
        "--no-local",
        &url,
        none.to_str().unwrap(),
    ]);
    scene.git_at(&none, &["fetch", "-q", "origin", notes]);
    let said = scene.run_at(&none, &["resume", "--take-over", "x/run-1"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("the branch 'agent/x/run-1' is gone"),
        "{said:?}"
    );
    let heads = scene.git_at(
        &none,
        &["for-each-ref", "--format=%(refname)", "refs/heads"],
    );
    assert_eq!(heads, "refs/heads/main", "nothing was changed");

    // What was given up there comes along with its checkpoint, or not at all.
    scene.done_at(&dir, &["abandon", "x/run-1"]);
    scene.git(&["push", "-q", "origin", "refs/notes/agents"]);
    let third = scene.beside("third");
    scene.git(&["clone", "-q", &url, third.to_str().unwrap()]);
    scene.git_at(&third, &["fetch", "-q", "origin", notes]);
    let said = scene.run_at(&third, &["resume", "--take-over", "x/run-1"]);
    assert_eq!(said.code, 1, "{said:?}");
    let next = "git checkpoint push --with-state ";
    assert!(
        said.err.contains("that is not here") && said.err.contains(next),
        "{said:?}"
    );
}
