//! `validate`.

use serde_json::{Value, json};

use crate::scene::Scene;

fn codes(findings: &Value) -> Vec<&str> {
    let findings = findings.as_array().unwrap();
    findings
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect()
}

/// `--json` of a run that may refuse.
fn validated(scene: &Scene, args: &[&str]) -> (i32, Value) {
    let said = scene.run(&[&["validate", "--json"], args].concat());
    (said.code, serde_json::from_str(&said.out).unwrap())
}

#[test]
fn a_state_with_nothing_special_may_be_kept() {
    let scene = Scene::new();
    scene.git(&["switch", "-qc", "topic"]);
    scene.write("file", "two\n");
    let said = scene.done(&["validate"]);
    assert_eq!(
        said.out,
        "On branch topic\nChanges: 1 changed\nA checkpoint may be taken\n"
    );
    assert_eq!(said.err, "");
}

#[test]
fn nothing_is_written() {
    let scene = Scene::new();
    scene.write("untracked", "never seen before\n");
    let count = || {
        (
            scene.git(&["count-objects", "-v"]),
            scene.git(&["for-each-ref"]),
        )
    };
    let before = count();
    scene.done(&["validate"]);
    assert_eq!(count(), before);
}

#[test]
fn what_one_should_know_is_a_warning() {
    let scene = Scene::new();
    scene.git(&["init", "-q", "nested"]);
    let (code, valid) = validated(&scene, &[]);
    assert_eq!(code, 0);
    assert_eq!(valid["valid"], true);
    assert_eq!(valid["verdict"], "partial");
    assert_eq!(
        codes(&valid["warnings"]),
        ["validate::protected", "validate::partial"]
    );
    assert_eq!(valid["skipped"][0]["path"], "nested/");
    scene.git(&["switch", "-q", "--detach"]);
    scene.git(&["bisect", "start", "-q"]);
    let (_, valid) = validated(&scene, &[]);
    assert_eq!(valid["operations"], json!(["bisect"]));
    let want = [
        "validate::operation",
        "validate::detached",
        "validate::partial",
    ];
    assert_eq!(codes(&valid["warnings"]), want);
}

#[test]
fn what_create_would_refuse_is_an_error() {
    let scene = Scene::new();
    scene.write(".git-checkpoint.toml", "[capture]\nnested = \"refuse\"\n");
    scene.git(&["init", "-q", "nested"]);
    let (code, invalid) = validated(&scene, &[]);
    assert_eq!((code, &invalid["valid"]), (1, &json!(false)));
    assert_eq!(codes(&invalid["errors"]), ["checkpoint::nested"]);
    assert_eq!(invalid["verdict"], Value::Null);
    let said = scene.run(&["validate"]);
    assert!(
        said.out.ends_with("No checkpoint may be taken\n"),
        "{}",
        said.out
    );
}

#[test]
fn the_test_command_of_the_policy_has_a_say() {
    let scene = Scene::new();
    let policy = |command: &str| {
        let text = format!("[checkpoint]\ntest-command = \"{command}\"\n");
        scene.write(".git-checkpoint.toml", text);
    };
    policy("echo heard; test -f file");
    let said = scene.done(&["validate"]);
    assert!(
        said.out
            .contains("Tests: passed (echo heard; test -f file)\n"),
        "{}",
        said.out
    );
    assert_eq!(said.err, "heard\n", "standard output is for the answer");
    policy("exit 3");
    let (code, invalid) = validated(&scene, &[]);
    assert_eq!(code, 1);
    assert_eq!(
        invalid["test"],
        json!({"command": "exit 3", "passed": false, "exit_status": 3})
    );
    assert_eq!(codes(&invalid["errors"]), ["validate::test_failed"]);
    let (code, valid) = validated(&scene, &["--no-test"]);
    assert_eq!((code, &valid["test"]), (0, &Value::Null));
}
