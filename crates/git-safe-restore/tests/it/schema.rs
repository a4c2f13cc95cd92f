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
    scene.keep("before");
    scene.write("file", "later\n");
    let schemas = git_safe_restore::schemas();
    let check = |args: &[&str], name: &str, code: i32, outcome: Option<&str>| {
        let (exit, document) = scene.json(args);
        let (_, schema) = schemas.iter().find(|(it, _)| *it == name).unwrap();
        assert_eq!(keys(&document), keys(&schema["properties"]), "{args:?}");
        assert_eq!(
            (exit, document["outcome"].as_str()),
            (code, outcome),
            "{args:?}"
        );
        document
    };
    check(&["--list"], "safe-restore-list", 0, None);
    let planned = check(&["before", "-n"], "safe-restore", 0, Some("planned"));
    assert_eq!(planned["plan"]["files"][0]["path"], "file");
    check(&["before"], "safe-restore", 1, Some("refused"));
    let done = check(&["before", "-f"], "safe-restore", 0, Some("restored"));
    assert_eq!(
        done["plan"], planned["plan"],
        "what was planned is what was done"
    );
    assert!(done["backup"].is_string(), "{done}");
    let same = check(&["before", "-f"], "safe-restore", 0, Some("unchanged"));
    assert_eq!(same["backup"], Value::Null);
    let undone = check(&["--undo", "-f"], "safe-restore", 0, Some("restored"));
    assert_eq!(undone["action"], "undo");
    assert_eq!(undone["checkpoint"]["id"], done["backup"]);
    scene.commit("two");
    let back = &["--rollback", "1", "-f"];
    let back = check(back, "safe-restore", 0, Some("restored"));
    assert_eq!(back["checkpoint"], Value::Null);
}
