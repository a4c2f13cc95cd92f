//! AGit asked of a server that has none, or that says nothing.

use std::path::PathBuf;

use crate::scene::{Said, Scene};

/// A run with a change in it, whose remote takes push options, and whatever reference it is given.
fn begun() -> (Scene, PathBuf) {
    let scene = Scene::new();
    scene.policy("[runs]\npull-request = \"agit\"\n");
    let bare = scene.beside("origin.git");
    scene.git_at(&bare, &["config", "receive.advertisePushOptions", "true"]);
    let (_, dir) = scene.start("x");
    scene.write_at(&dir, "file", "two\n");
    (scene, dir)
}

/// What a finish said that has handed in nothing.
fn not_pushed(scene: &Scene) -> Said {
    let said = scene.run(&["finish", "x/run-1", "--cleanup=all"]);
    assert_eq!(said.code, 128, "{said:?}");
    assert!(!said.err.contains("pushed agent/x"), "{said:?}");
    assert!(!said.err.contains("already"), "{said:?}");
    let next = "hint: to go on: git agent-run finish x/run-1 --cleanup=all --no-pull-request\n";
    assert!(said.err.contains(next), "{said:?}");
    said
}

/// The branch goes to the server before it goes here.
fn goes_on_without_a_request(scene: &Scene) {
    let tip = scene.git(&["rev-parse", "agent/x/run-1"]);
    let words = ["finish", "x/run-1", "--no-pull-request", "--cleanup=all"];
    scene.done(&words);
    let bare = scene.beside("origin.git");
    let there = scene.git_at(&bare, &["rev-parse", "refs/heads/agent/x/run-1"]);
    assert_eq!(there, tip);
    let here = scene.try_git_at(
        scene.path(),
        &["rev-parse", "-q", "--verify", "agent/x/run-1"],
    );
    assert_ne!(here.code, 0, "it is no longer needed here");
}

#[test]
fn a_server_that_takes_the_reference_as_it_is_has_not_got_the_branch() {
    let (scene, dir) = begun();
    for _ in ["new", "up to date"] {
        let said = not_pushed(&scene);
        assert!(
            said.err.contains("not pushed: this server has no AGit"),
            "{said:?}"
        );
        assert!(said.err.contains("refs/for/main"), "{said:?}");
        assert!(dir.exists());
    }
    assert_eq!(scene.count("git_push_success"), 0);
    assert_eq!(scene.shown("x/run-1")["status"], "failed");
    goes_on_without_a_request(&scene);
}

#[test]
fn a_server_that_tells_of_no_request_has_opened_none() {
    let (scene, _) = begun();
    let bare = scene.beside("origin.git");
    // It keeps the reference from view.
    scene.git_at(&bare, &["config", "uploadpack.hideRefs", "refs/for"]);
    let said = not_pushed(&scene);
    let why = "not pushed: the server took 'refs/for/main', and told of no pull request";
    assert!(said.err.contains(why), "{said:?}");
    goes_on_without_a_request(&scene);
}
