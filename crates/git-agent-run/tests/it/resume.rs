//! What is told of a run that goes on, and of the way back to it.

use serde_json::Value;

use crate::scene::Scene;

#[test]
fn a_branch_that_a_checkpoint_moves_is_told_of() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    scene.write_at(&dir, "file", "two\n");
    let given_up = scene.json(&["abandon", "x/run-1"], 0);
    let at = given_up["checkpoint"]["id"].as_str().unwrap().to_owned();
    scene.done(&["resume", "x/run-1"]);
    scene.git_at(&dir, &["commit", "-q", "-am", "two"]);
    scene.git_at(&dir, &["commit", "-q", "--allow-empty", "-m", "three"]);
    let tip = |long: bool| {
        let length = if long { "--short=40" } else { "--short=7" };
        scene.git(&["rev-parse", length, &branch])
    };
    let (before, full) = (tip(false), tip(true));

    let said = scene.done(&["resume", "x/run-1", "--at", &at]);
    let told = format!(
        "branch moved from {before} to {}, 2 commits set aside\n",
        tip(false)
    );
    assert!(said.err.contains(&told), "{said:?}");
    scene.git_at(&dir, &["reset", "-q", "--hard", &full]);
    let told = scene.json(&["resume", "x/run-1", "--at", &at], 0);
    let moved = &told["branch_moved"];
    assert_eq!(moved["from"], full.as_str(), "{told}");
    assert_eq!(moved["to"], tip(true).as_str());
    assert_eq!(moved["set_aside"], 2);

    let again = scene.json(&["resume", "x/run-1", "--at", &at], 0);
    assert_eq!(again["branch_moved"], Value::Null);
}

#[test]
fn what_is_abandoned_from_inside_names_the_way_back_from_there() {
    let scene = Scene::new();
    let (_, dir) = scene.start("x");
    scene.write_at(&dir, "deep/file", "two\n");
    let said = scene.done_at(&dir.join("deep"), &["abandon"]);
    let top = scene.path().display();
    let next = format!("hint: to have it back: git -C {top} agent-run resume x/run-1\n");
    assert!(said.err.contains(&next), "{said:?}");
    scene.done(&["resume", "x/run-1"]);
    let said = scene.done(&["abandon", "x/run-1"]);
    let next = "hint: to have it back: git agent-run resume x/run-1\n";
    assert!(said.err.contains(next), "{said:?}");
}

#[test]
fn a_checkpoint_of_another_branch_is_not_put_back() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    let at = scene.shown("x/run-1")["checkpoint"].clone();
    scene.write_at(&dir, "file", "two\n");
    let said = scene.failure(&["resume", "x/run-1", "--at", at.as_str().unwrap()]);
    assert_eq!(said, (1, "run::other_branch".to_owned()));
    let head = scene.git_at(&dir, &["symbolic-ref", "--short", "HEAD"]);
    assert_eq!(head, branch);
    assert_eq!(scene.git_at(&dir, &["status", "--porcelain"]), " M file");
}
