//! `summary`.

use checkpoint_model::words::CheckpointKind;

use crate::scene::Scene;

#[test]
fn the_numbers_are_those_of_all_checkpoints() {
    let scene = Scene::new();
    let named = scene.keep_named(5, "safe");
    scene.tell_restored(&named, None, 4);
    scene.keep_as(3, |request| request.kind = CheckpointKind::Backup);
    let unwanted = scene.keep(2);
    scene.done(&["delete", &unwanted.id()]);
    // What does not compress shows on the disk.
    let noise: Vec<u8> = (0..40_000_u32)
        .flat_map(|n| {
            n.wrapping_mul(2_654_435_761)
                .rotate_left(n % 32)
                .to_le_bytes()
        })
        .collect();
    scene.write("noise", noise);
    let latest = scene.keep(1);
    let summary = scene.json(&["summary"]);
    let numbers = [
        "total",
        "named",
        "automatic",
        "partial",
        "deleted",
        "used_for_rollback",
    ];
    assert_eq!(
        numbers.map(|key| summary[key].as_u64().unwrap()),
        [3, 1, 2, 0, 1, 1]
    );
    assert_eq!(
        summary["by_type"],
        serde_json::json!({"manual": 1, "automatic": 1, "backup": 1})
    );
    assert_eq!(summary["latest"]["id"], latest.id());
    let bytes = summary["bytes"].as_u64().unwrap();
    assert!(
        bytes > 10_000,
        "the noise is kept by a checkpoint alone: {bytes}"
    );
    let said = scene.done(&["summary"]);
    assert!(
        said.out.starts_with("checkpoints        3\n"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("kept on disk by checkpoints alone: "),
        "{}",
        said.out
    );
}

#[test]
fn what_a_branch_holds_too_is_not_counted() {
    let scene = Scene::new();
    scene.write("file", "noise ".repeat(50_000));
    scene.keep(1);
    let before = scene.json(&["summary"])["bytes"].as_u64().unwrap();
    scene.git(&["commit", "-qam", "the same"]);
    let after = scene.json(&["summary"])["bytes"].as_u64().unwrap();
    assert!(after < before, "{after} < {before}");
}

#[test]
fn filters_count_only_what_they_leave() {
    let scene = Scene::new();
    scene.keep_named(5, "safe");
    scene.keep_as(3, |request| request.session = Some("s1".to_owned()));
    assert_eq!(scene.json(&["summary", "--session", "s1"])["total"], 1);
    assert_eq!(scene.json(&["summary", "--named"])["total"], 1);
    assert_eq!(scene.json(&["summary", "--session", "s2"])["bytes"], 0);
}

#[test]
fn a_repository_without_checkpoints_or_commits_has_a_summary() {
    let scene = Scene::new();
    scene.git(&["switch", "-q", "--orphan", "empty"]);
    let summary = scene.json(&["summary"]);
    assert_eq!(
        (&summary["total"], &summary["latest"]),
        (&0.into(), &serde_json::Value::Null)
    );
    scene.done(&["summary"]);
}
