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
    scene.keep_named(3, "safe");
    scene.keep(2);
    let schemas = git_checkpoint::schemas();
    let file = scene.beside("records");
    let commands: [&[&str]; 10] = [
        &["list"],
        &["show", "safe"],
        &["diff", "safe"],
        &["name", "latest", "api"],
        &["summary"],
        &["log", "-n", "1"],
        &["export", "-o", &file],
        &["import", &file],
        &["delete", "safe"],
        &["prune", "--dry-run"],
    ];
    for command in commands {
        let document = scene.json(command);
        let (_, schema) = schemas
            .iter()
            .find(|(name, _)| *name == command[0])
            .unwrap();
        assert_eq!(keys(&document), keys(&schema["properties"]), "{command:?}");
        let view = &document["checkpoint"];
        if command[0] == "show" {
            assert_eq!(
                keys(view),
                keys(&schema["$defs"]["CheckpointView"]["properties"])
            );
        }
    }
}
