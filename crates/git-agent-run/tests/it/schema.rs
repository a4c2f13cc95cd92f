//! What is printed is what the published schemas say.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::scene::Scene;

fn keys(object: &Value) -> BTreeSet<&str> {
    let object = object.as_object().unwrap();
    object.keys().map(String::as_str).collect()
}

#[test]
fn every_document_has_the_fields_of_its_schema_and_no_others() {
    let scene = Scene::new();
    let schemas = git_agent_run::schemas();
    let check = |words: &[&str], name: &str, code: i32| {
        let document = scene.json(words, code);
        let (_, schema) = schemas.iter().find(|(it, _)| *it == name).unwrap();
        assert_eq!(keys(&document), keys(&schema["properties"]), "{words:?}");
        let run = &schema["$defs"]["RunView"]["properties"];
        if let Some(run) = run.as_object().map(|_| keys(run))
            && document["run"].is_object()
        {
            assert_eq!(keys(&document["run"]), run, "{words:?}");
        }
        document
    };
    check(&["start", "--task", "x", "--worktree"], "run-start", 0);
    check(
        &["progress", "x/run-1", "--percent", "10"],
        "run-progress",
        0,
    );
    check(&["list"], "run-list", 0);
    check(&["show", "x/run-1"], "run-show", 0);
    scene.write_at(&scene.beside("repo.runs/x-1"), "file", "two\n");
    check(&["finish", "x/run-1"], "run-finish", 3);
    check(&["finish", "x/run-1", "--no-pull-request"], "run-finish", 0);
    check(&["abandon", "x/run-1"], "run-abandon", 0);
    check(&["resume", "x/run-1"], "run-resume", 0);
    check(&["log", "-n", "1"], "run-log", 0);
}
