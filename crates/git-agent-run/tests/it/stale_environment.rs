//! Processes that still have the environment of another run than the one they stand in.

use crate::scene::Scene;

fn id_of(scene: &Scene, run: &str) -> String {
    scene.shown(run)["id"].as_str().unwrap().to_owned()
}

#[test]
fn the_branch_says_which_run_is_meant_and_the_environment_is_told_of() {
    let scene = Scene::new();
    let (_, first) = scene.start("x");
    let (_, second) = scene.start("x");
    scene.set("GIT_AGENT_RUN", &id_of(&scene, "x/run-2"));
    let told = "warning: GIT_AGENT_RUN is of x/run-2; the run of this branch is meant: x/run-1\n";
    scene.write_at(&first, "file", "two\n");
    for words in [
        ["progress", "--percent=10"].as_slice(),
        &["show"],
        &["finish", "--no-pull-request"],
        &["resume"],
        &["abandon"],
    ] {
        let said = scene.done_at(&first, words);
        assert!(said.err.starts_with(told), "{words:?}: {said:?}");
    }
    assert!(!first.exists(), "what was stood in is given up");
    assert!(second.exists(), "the other one is not touched");
    let other = scene.shown("x/run-2");
    assert_eq!(other["is_abandoned"], false);
    assert_eq!(other["percent"], serde_json::Value::Null);
    assert_eq!(scene.shown("x/run-1")["is_abandoned"], true);
}

#[test]
fn elsewhere_the_environment_says_it() {
    let scene = Scene::new();
    let (_, first) = scene.start("x");
    scene.start("x");
    let id = id_of(&scene, "x/run-1");
    scene.set("GIT_AGENT_RUN", &id);
    for dir in [scene.path(), &first] {
        let said = scene.done_at(dir, &["progress", "--percent=10"]);
        assert!(said.err.starts_with("x/run-1 running"), "{said:?}");
        let said = scene.done_at(dir, &["show"]);
        assert!(said.out.contains(&id), "{said:?}");
        assert_eq!(said.err, "");
    }
    // Nobody works in one that was given up, whatever is checked out.
    scene.done(&["abandon", "x/run-2"]);
    scene.git(&["switch", "-q", "-c", "agent/x/run-2"]);
    let said = scene.done(&["show"]);
    assert!(said.out.contains(&id), "{said:?}");
}

#[test]
fn an_environment_of_no_run_here_is_told_of() {
    let scene = Scene::new();
    let (_, dir) = scene.start("x");
    scene.set("GIT_AGENT_RUN", "of-another-repository");
    let said = scene.done_at(&dir, &["progress", "--percent=10"]);
    let told = "warning: GIT_AGENT_RUN is of no run here; the run of this branch is meant: x/run-1";
    assert!(said.err.starts_with(told), "{said:?}");
    let (code, error) = scene.failure(&["progress", "--percent=10"]);
    assert_eq!((code, error.as_str()), (1, "run::unknown"));
}
