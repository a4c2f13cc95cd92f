//! `delete`.

use crate::scene::Scene;

#[test]
fn what_was_deleted_can_be_had_back_by_the_line_that_is_printed() {
    let scene = Scene::new();
    let kept = scene.keep_named(1, "before-api-work");
    let said = scene.done(&["delete", "before-api-work"]);
    let id = kept.id();
    assert_eq!(
        said.out,
        format!("Deleted checkpoint 'before-api-work' (was {id})\n")
    );
    let way_back = format!("git checkpoint name {id} before-api-work");
    assert!(
        said.err.contains(&way_back) && said.err.contains("14 days"),
        "{}",
        said.err
    );
    assert_eq!(scene.done(&["list"]).out, "");
    assert_eq!(scene.git(&["tag", "--list"]), "");
    assert_eq!(
        scene.git(&["rev-parse", &kept.id.ref_name()]),
        kept.snapshot,
        "the state stays"
    );
    let named = scene.run_later(1, &["name", &id, "before-api-work"]);
    assert_eq!(named.code, 0, "{}", named.err);
    assert_eq!(
        scene.json(&["list"])["checkpoints"][0]["name"],
        "before-api-work"
    );
}

#[test]
fn one_unknown_name_deletes_nothing() {
    let scene = Scene::new();
    scene.keep_named(1, "safe");
    let unknown = (128, "checkpoint::unknown".to_owned());
    assert_eq!(scene.failure(&["delete", "safe", "other"]), unknown);
    assert_eq!(
        scene.json(&["list"])["checkpoints"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn deleting_twice_is_no_failure_and_said() {
    let scene = Scene::new();
    let kept = scene.keep(1);
    let deleted = scene.json(&["delete", &kept.id(), "latest"]);
    assert_eq!(
        deleted["deleted"].as_array().unwrap().len(),
        1,
        "the same one was meant twice"
    );
    let again = scene.run(&["delete", &kept.id()]);
    assert_eq!(again.code, 0);
    assert!(again.err.contains("was deleted before"), "{}", again.err);
    let log = scene.done(&["log", "--json"]).out;
    assert_eq!(log.matches("checkpoint_deleted").count(), 1, "{log}");
}

#[test]
fn something_has_to_be_named() {
    let scene = Scene::new();
    assert_eq!(scene.run(&["delete"]).code, 129);
}
