//! `show`.

use checkpoint_model::{
    verdict::{SkipReason, Skipped},
    words::{CheckpointKind, Phase},
};

use crate::scene::Scene;

#[test]
fn everything_that_is_known_is_shown() {
    let scene = Scene::new();
    scene.write("file", "one\ntwo\n");
    scene.write("new file", "new\n");
    let skipped = Skipped {
        path: "big.bin".into(),
        reason: SkipReason::TooLarge,
        bytes: Some(200 << 20),
    };
    let kept = scene.keep_partly(2, vec![skipped], |request| {
        request.name = Some("before-api-work".parse().unwrap());
        request.description = "All is well here.\n\nMore.".to_owned();
        request.kind = CheckpointKind::SafeState;
        request.phase = Some(Phase::Implement);
        request.session = Some("s1".to_owned());
        request.agent = Some("James".to_owned());
        request.task = Some("t1".to_owned());
        request.state = Some("tests_passing=12 tests_failing=0".parse().unwrap());
    });
    scene.tell_restored(&kept, None, 1);
    let said = scene.done(&["show", "before-api-work"]);
    let want = format!(
        "checkpoint {id}
Name:      before-api-work
Date:      2027-01-15 06:00:00 +0000 (2 hours ago)
By:        ada on desk
Type:      safe_state
Phase:     implement
Session:   s1
Agent:     James
Task:      t1
State:     tests_passing=12 tests_failing=0
Branch:    main
HEAD:      {head}
Worktree:  {worktree}
Snapshot:  {snapshot}
Files:     1 tracked, 1 changed, 1 untracked; 12 bytes read
Verdict:   partial, 1 not captured
Restored:  1 time, last 60 minutes ago

    All is well here.

    More.

Not captured:
  big.bin  200.00 MiB  untracked and larger than capture.max-file-size

 file     | 1 +
 new file | 1 +
 2 files changed, 2 insertions(+)
",
        id = kept.id,
        head = scene.git(&["rev-parse", "HEAD"]),
        worktree = scene.path().display(),
        snapshot = kept.snapshot,
    );
    let shown: String = said
        .out
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    assert_eq!(shown, want);
}

#[test]
fn the_latest_is_meant_where_none_is_named() {
    let scene = Scene::new();
    scene.keep(2);
    let latest = scene.keep(1);
    let shown = scene.json(&["show"]);
    assert_eq!(shown["checkpoint"]["id"], latest.id());
    assert_eq!(shown["changes"], serde_json::json!([]));
    assert!(
        scene
            .done(&["show"])
            .out
            .contains("no changes since its HEAD")
    );
}

#[test]
fn a_machine_gets_every_file_with_its_numbers() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.write("caf\u{e9}\n.txt", "a\nb\n");
    scene.write("picture", b"\x00\x01");
    scene.keep(1);
    let changes = &scene.json(&["show", "latest"])["changes"];
    let want = serde_json::json!([
        {"path": "caf\u{e9}\n.txt", "old_path": null, "status": "added", "added": 2, "removed": 0},
        {"path": "file", "old_path": null, "status": "modified", "added": 1, "removed": 1},
        {"path": "picture", "old_path": null, "status": "added", "added": null, "removed": null},
    ]);
    assert_eq!(*changes, want);
}

#[test]
fn an_unknown_checkpoint_brings_what_looks_like_it() {
    let scene = Scene::new();
    scene.keep_named(1, "before-api-work");
    let said = scene.run(&["show", "before-api-wrok"]);
    assert_eq!(said.code, 128, "{}", said.err);
    assert!(
        said.err.contains("did you mean 'before-api-work'?"),
        "{}",
        said.err
    );
    assert_eq!(said.out, "");
    let unknown = (128, "checkpoint::unknown".to_owned());
    assert_eq!(scene.failure(&["show", "nothing-like-it"]), unknown);
    let invalid = (129, "checkpoint::selector_invalid".to_owned());
    assert_eq!(scene.failure(&["show", "a b"]), invalid);
}

#[test]
fn an_ambiguous_beginning_brings_its_candidates() {
    let scene = Scene::new();
    let (one, other) = (scene.keep(1), scene.keep(1));
    let said = scene.run(&["show", &one.id.short()]);
    assert_eq!(said.code, 128, "{}", said.err);
    assert!(
        said.err.contains(&one.id()) && said.err.contains(&other.id()),
        "{}",
        said.err
    );
    let listed = scene.done(&["list"]).out;
    let unique: Vec<_> = listed
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    for short in unique {
        scene.done(&["show", short]);
    }
}

#[test]
fn a_lost_record_is_told_from_the_snapshot() {
    let scene = Scene::new();
    let kept = scene.keep_named(1, "before-api-work");
    scene.git(&["update-ref", "-d", "refs/notes/checkpoints"]);
    let said = scene.done(&["show", "before-api-work"]);
    assert!(said.out.contains(&kept.id()), "{}", said.out);
    assert!(said.err.contains("its record is lost"), "{}", said.err);
}

#[test]
fn hostile_names_and_words_reach_no_terminal() {
    let scene = Scene::new();
    scene.write("evil\x1b[2J", "x\n");
    scene.keep_as(1, |request| {
        request.description = "\x1b]0;owned\x07".to_owned();
        request.agent = Some("a\nb\x1b[31m".to_owned());
    });
    let said = scene.done(&["show"]);
    assert!(
        !said.out.contains('\x1b') && !said.out.contains('\x07'),
        "{:?}",
        said.out
    );
    assert!(
        said.out.contains("Agent:     a\\nb\\u{1b}[31m"),
        "{}",
        said.out
    );
}
