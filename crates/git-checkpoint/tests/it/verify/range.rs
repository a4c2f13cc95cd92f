//! The commits of a pull request.

use super::{checks, fails, verified, why};
use crate::scene::Scene;

fn with_policy(policy: &str) -> Scene {
    let scene = Scene::new();
    scene.write(".git-checkpoint.toml", policy);
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "policy"]);
    scene.git(&["switch", "-qc", "topic"]);
    scene
}

fn commit(scene: &Scene, message: &str) -> String {
    scene.git(&["commit", "-q", "--allow-empty", "-m", message]);
    scene.git(&["rev-parse", "HEAD"])
}

/// The record of an agent's commit, as the commands of agents write it.
fn note(scene: &Scene, commit: &str, branch: &str) {
    let line = format!(
        "{{\"id\":\"019b7caa-76e8-7000-8000-000000000001\",\"at\":\"2027-01-15T08:00:00Z\",\"by\":{{\"user\":\"ada\",\"host\":\"desk\",\"agent\":\"claude\"}},\"type\":\"git_commit_created\",\"commit\":\"{commit}\",\"branch\":\"{branch}\"}}"
    );
    scene.git(&["notes", "--ref=agents", "add", "-f", "-m", &line, commit]);
}

#[test]
fn agents_do_not_commit_to_protected_branches() {
    let scene = with_policy("");
    let id = commit(&scene, "work\n\nAgent-Session: 7");
    let document = fails(&scene, &["--range", "main..HEAD"], &["feature-branch"]);
    assert_eq!(
        why(&document, "feature-branch"),
        "an agent made it, and there is no refs/notes/agents here"
    );
    note(&scene, &id, "topic");
    fails(&scene, &["--range", "main..HEAD"], &[]);
    note(&scene, &id, "main");
    let document = fails(&scene, &["--range", "main..HEAD"], &["feature-branch"]);
    assert_eq!(
        why(&document, "feature-branch"),
        "it was made on 'main', which is protected"
    );
    // People's commits are no matter of this check.
    commit(&scene, "by hand");
    fails(&scene, &["--range", "HEAD~1..HEAD"], &[]);
}

#[test]
fn a_push_has_a_checkpoint_where_the_policy_asks_for_one() {
    let scene = with_policy("[checkpoint]\nrequire = \"push\"\n");
    commit(&scene, "work");
    let document = fails(&scene, &["--range", "main..HEAD"], &["checkpoint-required"]);
    assert!(
        document.to_string().contains("git checkpoint create"),
        "{document:#}"
    );
    scene.done(&["create", "-q", "done"]);
    fails(&scene, &["--range", "main..HEAD"], &[]);
    // The policy of the branch that is looked at does not free it.
    commit(&scene, "more");
    scene.write(".git-checkpoint.toml", "");
    scene.git(&["commit", "-qam", "no policy"]);
    fails(
        &scene,
        &["--range", "HEAD~2..HEAD"],
        &["checkpoint-required"],
    );
    let (_, document) = verified(&scene, &["--range", "HEAD..HEAD"]);
    assert!(checks(&document, "not_asked").contains(&"checkpoint-required".to_owned()));
}

#[test]
fn the_commits_of_agents_have_checkpoints_where_the_policy_asks_for_them() {
    let scene = with_policy("[checkpoint]\nrequire = \"run\"\n");
    scene.done(&["create", "-q", "before"]);
    let id = scene.json(&["show", "before"])["checkpoint"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let made = commit(
        &scene,
        &format!("work\n\nAgent-Task: a\nCheckpoint-Id: {id}"),
    );
    note(&scene, &made, "topic");
    fails(&scene, &["--range", "main..HEAD"], &[]);
    let made = commit(&scene, "work\n\nAgent-Task: a");
    note(&scene, &made, "topic");
    let document = fails(&scene, &["--range", "main..HEAD"], &["checkpoint-required"]);
    assert_eq!(
        why(&document, "checkpoint-required"),
        "an agent made it without a checkpoint before it"
    );
    let made = commit(
        &scene,
        "work\n\nCheckpoint-Id: 01900000-0000-7000-8000-000000000000",
    );
    note(&scene, &made, "topic");
    fails(
        &scene,
        &["--range", "HEAD~1..HEAD"],
        &["checkpoint-required"],
    );
}

#[test]
fn a_range_is_no_option() {
    let scene = with_policy("");
    let (code, error) = scene.failure(&["verify", "--range=--output=x"]);
    assert_eq!((code, error.as_str()), (128, "verify::range_unknown"));
    assert!(!scene.path().join("x").exists());
}
