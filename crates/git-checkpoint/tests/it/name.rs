//! `name`.

use crate::scene::Scene;

#[test]
fn an_automatic_checkpoint_gets_a_tag() {
    let scene = Scene::new();
    let kept = scene.keep(1);
    let said = scene.done(&["name", &kept.id(), "before-api-work"]);
    assert_eq!(said.out, format!("{} before-api-work\n", kept.id.short()));
    assert_eq!(scene.git(&["tag", "--list"]), "checkpoint/before-api-work");
    let shown = scene.json(&["show", "before-api-work"]);
    assert_eq!(shown["checkpoint"]["id"], kept.id());
}

#[test]
fn a_taken_name_moves_only_when_that_is_asked_for() {
    let scene = Scene::new();
    let (old, new) = (scene.keep_named(2, "safe"), scene.keep(1));
    let taken = (1, "checkpoint::name_taken".to_owned());
    assert_eq!(scene.failure(&["name", &new.id(), "safe"]), taken);
    assert_eq!(scene.json(&["show", "safe"])["checkpoint"]["id"], old.id());
    let named = scene.json(&["name", &new.id(), "safe", "--replace"]);
    assert_eq!(named["replaced"], old.id());
    assert_eq!(scene.json(&["show", "safe"])["checkpoint"]["id"], new.id());
    let freed = scene.json(&["show", &old.id()]);
    assert_eq!(freed["checkpoint"]["name"], serde_json::Value::Null);
}

#[test]
fn a_second_name_is_refused_unless_the_first_is_given_up() {
    let scene = Scene::new();
    scene.keep_named(1, "first");
    let named = (1, "checkpoint::named_already".to_owned());
    assert_eq!(scene.failure(&["name", "first", "second"]), named);
    scene.done(&["name", "first", "second", "--replace"]);
    assert_eq!(scene.git(&["tag", "--list"]), "checkpoint/second");
}

#[test]
fn names_that_cannot_be_are_refused() {
    let scene = Scene::new();
    scene.keep(1);
    let invalid = (129, "checkpoint::name_invalid".to_owned());
    for name in ["", "a b", "a..b", "latest", "a.lock", "/a", "a\x1b"] {
        assert_eq!(
            scene.failure(&["name", "latest", name]),
            invalid,
            "{name:?}"
        );
    }
    assert_eq!(scene.git(&["tag", "--list"]), "");
}
