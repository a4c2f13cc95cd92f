//! Everything one can go back to.

use crate::scene::Scene;

#[test]
fn one_table_holds_all_there_is_to_go_back_to() {
    let scene = Scene::new();
    let id = scene.keep("before");
    scene.write("file", "later\n");
    scene.done(&["before", "-f"]);
    let said = scene.done(&["--list"]);
    let kinds: Vec<_> = said
        .out
        .lines()
        .map(|line| line.split("  ").nth(2).unwrap_or("").trim())
        .collect();
    assert_eq!(kinds.len(), 4, "{}", said.out);
    assert!(
        said.out.lines().any(|line| line.starts_with(&id.short())
            && line.contains("checkpoint")
            && line.ends_with("before")),
        "{}",
        said.out
    );
    assert!(said.out.contains("backup (--undo)"), "{}", said.out);
    assert!(said.out.contains("  commit "), "{}", said.out);
    assert!(said.out.contains("commit (initial): one"), "{}", said.out);
    assert!(said.err.contains("git safe-restore <id>"), "{}", said.err);

    scene.done(&["--undo", "-f"]);
    let said = scene.done(&["--list"]);
    assert!(said.out.contains("backup (--redo)"), "{}", said.out);
    assert!(!said.out.contains("backup (--undo)"), "{}", said.out);
}

#[test]
fn a_machine_is_told_the_same() {
    let scene = Scene::new();
    let id = scene.keep("before");
    let (exit, document) = scene.json(&["--list"]);
    assert_eq!(
        (exit, document["command"].as_str()),
        (0, Some("safe-restore --list"))
    );
    let entries = document["entries"].as_array().unwrap();
    let kinds: Vec<_> = entries
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["checkpoint", "commit", "reflog"]);
    assert_eq!(entries[0]["name"], id.short());
    assert_eq!(entries[1]["commit"], scene.git(&["rev-parse", "HEAD"]));
}

#[test]
fn an_unborn_branch_has_checkpoints_only() {
    let scene = Scene::new();
    scene.git(&["switch", "-q", "--orphan", "new"]);
    scene.keep("empty");
    let (_, document) = scene.json(&["--list"]);
    let entries = document["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
}
