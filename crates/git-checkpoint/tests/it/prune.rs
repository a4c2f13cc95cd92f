//! `prune`.

use serde_json::{Value, json};

use crate::scene::{Kept, Scene};

fn scene(policy: &str) -> Scene {
    let scene = Scene::new();
    scene.write(".git-checkpoint.toml", policy);
    scene
}

fn removed(answer: &Value) -> Vec<(Value, Value)> {
    let removed = answer["removed"].as_array().unwrap().iter();
    removed
        .map(|it| (it["checkpoint"].clone(), it["why"].clone()))
        .collect()
}

fn pair(kept: &Kept, why: &str) -> (Value, Value) {
    (json!(kept.id()), json!(why))
}

#[test]
fn what_goes_is_shown_with_its_reason_before_it_goes() {
    let scene = scene("[retention]\nautomatic-count = 2\nautomatic-days = 10\ngrace-days = 1\n");
    let named = scene.keep_named(24 * 90, "stays");
    let old = scene.keep(24 * 11);
    let unwanted = scene.keep_named(24 * 8, "unwanted");
    let (third, second, first) = (scene.keep(3), scene.keep(2), scene.keep(1));
    scene.done(&["delete", "unwanted"]);
    let plan = scene.json(&["prune", "--dry-run"]);
    assert_eq!(plan["dry_run"], true);
    assert_eq!(removed(&plan), [pair(&old, "count"), pair(&third, "count")]);
    let shown = scene.done(&["prune", "--dry-run"]);
    assert!(
        shown
            .out
            .contains("more than retention.automatic-count are newer"),
        "{}",
        shown.out
    );
    assert!(
        shown.err.contains("would remove 2 checkpoints, 4 kept"),
        "{}",
        shown.err
    );
    assert_eq!(
        scene
            .git(&["for-each-ref", "refs/checkpoints"])
            .lines()
            .count(),
        6
    );

    let done = scene.json(&["prune"]);
    assert_eq!(done["dry_run"], false);
    assert_eq!(removed(&done), removed(&plan), "it does what it said");
    let refs = scene.git(&["for-each-ref", "--format=%(refname)", "refs/checkpoints"]);
    let left: Vec<_> = refs.lines().collect();
    assert_eq!(
        left,
        [&named, &unwanted, &second, &first].map(|kept| kept.id.ref_name())
    );
    assert!(
        scene
            .run(&["prune"])
            .err
            .contains("nothing to prune, 4 kept")
    );
    scene.git(&["fsck", "--strict"]);
}

#[test]
fn deleted_ones_go_when_their_grace_is_over() {
    let scene = scene("[retention]\ngrace-days = 0\n");
    let kept = scene.keep_named(1, "unwanted");
    scene.done(&["delete", "unwanted"]);
    assert_eq!(removed(&scene.json(&["prune"])), [pair(&kept, "deleted")]);
    let shown = scene.json(&["show", &kept.id()]);
    assert_eq!(shown["checkpoint"]["place"], "pruned", "its record stays");
    assert_eq!(shown["changes"], Value::Null);
    let gone = (1, "checkpoint::state_missing".to_owned());
    assert_eq!(scene.failure(&["name", &kept.id(), "again"]), gone);
    assert_eq!(scene.failure(&["diff", &kept.id()]), gone);
}

#[test]
fn what_a_restore_stands_on_stays() {
    let scene = scene("[retention]\nautomatic-count = 0\n");
    let (target, backup, other) = (scene.keep(4), scene.keep(3), scene.keep(2));
    scene.tell_restored(&target, Some(&backup), 3);
    assert_eq!(removed(&scene.json(&["prune"])), [pair(&other, "count")]);
}

#[test]
fn a_broken_policy_removes_nothing() {
    let scene = scene("[retention]\nautomatic-cuont = 0\n");
    scene.keep(1);
    let said = scene.run(&["prune"]);
    assert_ne!(said.code, 0);
    assert!(said.err.contains("automatic-cuont"), "{}", said.err);
    assert_eq!(
        scene
            .git(&["for-each-ref", "refs/checkpoints"])
            .lines()
            .count(),
        1
    );
}

#[test]
fn what_an_unfinished_restore_needs_stays_in_whatever_working_tree() {
    let scene = scene("[retention]\nautomatic-count = 1\ngrace-days = 1\n");
    let kept: Vec<_> = (1..=6).map(|n| scene.keep(24 * 20 - n)).collect();
    let journal = |target: &Kept, backup: &Kept| {
        let journal = json!({ "version": 1, "target": target.id(), "backup": backup.id() });
        journal.to_string()
    };
    scene.write(".git/checkpoint/restore.json", journal(&kept[0], &kept[1]));
    let other = ".git/worktrees/other/checkpoint/restore.json";
    scene.write(other, journal(&kept[3], &kept[4]));
    assert_eq!(
        removed(&scene.json(&["prune"])),
        [pair(&kept[2], "count")],
        "the newest, and what the journals name, stay"
    );

    scene.write(other, "{\"version\": 1, \"target\":");
    assert_eq!(
        scene.failure(&["prune"]),
        (128, "checkpoint::journal_broken".to_owned()),
        "it may need any of them"
    );
}
