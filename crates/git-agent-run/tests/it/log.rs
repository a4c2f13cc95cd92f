use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use serde_json::Value;

use crate::scene::Scene;

#[test]
fn events_are_streamed_as_they_happen_from_any_working_tree() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    let mut command = scene.agent_run(scene.path(), &["log", "--follow", "--json"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let type_of = |line: &Value| line["event"]["type"].as_str().unwrap().to_owned();
    assert_eq!(type_of(&next()), "task_started");
    assert_eq!(type_of(&next()), "git_branch_created");

    scene.done_at(&dir, &["progress", "--step", "read", "--percent", "10"]);
    let line = next();
    assert_eq!(type_of(&line), "task_progress");
    assert_eq!(line["event"]["step"], "read");
    assert_eq!(line["event"]["percent"], 10);
    assert_eq!(line["command"], "agent-run log");
    scene.write_at(&dir, "file", "two\n");
    scene.done(&["finish", &branch, "--no-pull-request"]);
    let rest: Vec<_> = (0..3).map(|_| type_of(&next())).collect();
    assert_eq!(
        rest,
        ["git_commit_created", "git_push_success", "task_completed"]
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_run_can_be_asked_for_alone() {
    let scene = Scene::new();
    scene.start("one");
    scene.start("two");
    let said = scene.done(&["log", "two/run-1"]);
    assert_eq!(said.out.lines().count(), 2, "{said:?}");
    assert!(said.out.contains("agent/two/run-1") && !said.out.contains("agent/one/run-1"));
    let said = scene.done(&["log", "-n", "1"]);
    assert_eq!(said.out.lines().count(), 1, "{said:?}");
}

#[test]
fn states_of_a_task_are_told_and_listed() {
    let scene = Scene::new();
    scene.start("one");
    let (two, _) = scene.start("two");
    scene.done(&[
        "progress",
        "one/run-1",
        "--state",
        "paused",
        "--percent",
        "30",
    ]);
    let list = scene.done(&["list"]);
    assert!(list.out.contains("paused 30 %"), "{list:?}");
    scene.done(&["progress", "one/run-1", "--state", "completed"]);
    let active = scene.json(&["list", "--active"], 0);
    let runs = active["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1, "{active}");
    assert_eq!(runs[0]["branch"], two.as_str());
    assert_eq!(
        scene.json(&["list", "--agent", "nobody"], 0)["runs"],
        serde_json::json!([])
    );
    assert_eq!(
        scene.json(&["list", "--task", "two"], 0)["runs"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
