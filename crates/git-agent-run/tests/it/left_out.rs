//! What a finish leaves out of its commit.

use serde_json::json;

use crate::scene::Scene;

fn begun() -> (Scene, std::path::PathBuf) {
    let scene = Scene::new();
    scene.policy("[capture]\nexclude = [\"*.log\"]\nmax-file-size = \"1KiB\"\n");
    let (_, dir) = scene.start("x");
    scene.write_at(&dir, "file", "two\n");
    scene.write_at(&dir, "run.log", "log\n");
    scene.write_at(&dir, "large", &"x".repeat(3000));
    (scene, dir)
}

#[test]
fn what_no_checkpoint_holds_is_told_and_keeps_the_working_tree() {
    let (scene, dir) = begun();
    let said = scene.done_at(&dir, &["finish", "--no-pull-request", "--cleanup"]);
    let told = "warning: 2 paths are not committed, and not in the checkpoint:\n  large: ";
    assert!(said.err.contains(told), "{said:?}");
    assert!(said.err.contains("\n  run.log: excluded by"), "{said:?}");
    let stays = format!(
        "working tree '{}' stays: in no commit: large, run.log\n",
        dir.display()
    );
    assert!(said.err.contains(&stays), "{said:?}");
    let committed = scene.git_at(&dir, &["show", "--name-only", "--format="]);
    assert_eq!(committed, "file");
}

#[test]
fn machines_are_told_too() {
    let (scene, _) = begun();
    let said = scene.json(&["finish", "x/run-1", "--no-pull-request"], 0);
    let step = &said["done"][1];
    assert_eq!(step["step"], "left_out", "{said}");
    assert_eq!(step["paths"][0]["path"], "large");
    assert_eq!(
        step["paths"][1],
        json!({ "path": "run.log", "reason": "excluded" })
    );
}
