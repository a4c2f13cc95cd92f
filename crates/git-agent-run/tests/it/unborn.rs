//! Runs that began before the first commit of a repository.

use crate::scene::Scene;

/// A run with work and without a commit, given up.
fn given_up() -> Scene {
    let scene = Scene::unborn();
    scene.done(&["start", "--task", "x"]);
    scene.write("file", "one\n");
    scene.git(&["add", "."]);
    scene.write("other", "two\n");
    let said = scene.done(&["abandon", "-m", "later"]);
    let next = "hint: to have it back: git agent-run resume x/run-1\n";
    assert!(said.err.contains(next), "{said:?}");
    assert_eq!(scene.git(&["symbolic-ref", "--short", "HEAD"]), "main");
    scene
}

fn is_back(scene: &Scene) {
    scene.done(&["resume", "x/run-1"]);
    let head = scene.git(&["symbolic-ref", "--short", "HEAD"]);
    assert_eq!(head, "agent/x/run-1");
    assert_eq!(
        scene
            .try_git_at(scene.path(), &["rev-parse", "-q", "--verify", "HEAD"])
            .code,
        1
    );
    let status = scene.git(&["status", "--porcelain"]);
    assert_eq!(status, "A  file\n?? other");
    assert_eq!(scene.read("file"), "one\n");
    scene.done(&["finish", "--no-push"]);
    assert_eq!(
        scene.git(&["ls-tree", "--name-only", "HEAD"]),
        "file\nother"
    );
}

#[test]
fn what_was_given_up_before_the_first_commit_goes_on() {
    is_back(&given_up());
}

#[test]
fn it_goes_on_when_there_are_commits_beside_it() {
    let scene = given_up();
    scene.git(&["add", "file"]);
    scene.git(&["commit", "-q", "-m", "one"]);
    fs_err::remove_file(scene.path().join("other")).unwrap();
    is_back(&scene);
    assert_eq!(scene.git(&["log", "--format=%s", "main"]), "one");
}
