//! After a restore that died halfway.

use checkpoint_model::id::CheckpointId;
use serde_json::json;

use crate::scene::Scene;

/// A restore of `before` that died when it had written nothing but its journal and one of two files.
fn died() -> (Scene, CheckpointId, String) {
    let scene = Scene::new();
    let target = scene.keep("before");
    scene.write("file", "later\n");
    scene.write("dir/inner", "later\n");
    let there_before = scene.state();
    let backup = scene.keep_backup();
    scene.write("file", "one\n");
    let journal = json!({
        "version": 1, "target": target, "backup": backup, "scope": "exact", "action": "restore",
        "token": "0123456789abcdef0123456789abcdef",
    });
    scene.write(".git/checkpoint/restore.json", journal.to_string());
    (scene, target, there_before)
}

#[test]
fn a_restore_is_refused_until_the_last_one_is_finished() {
    let (scene, ..) = died();
    assert_eq!(
        scene.failure(&["before", "-f"]),
        (1, "restore::unfinished".to_owned())
    );
    let said = scene.run(&["before"]);
    assert!(
        said.err.contains("--continue") && said.err.contains("--abort"),
        "{}",
        said.err
    );
}

#[test]
fn continue_finishes_it() {
    let (scene, target, there_before) = died();
    let said = scene.done(&["--continue"]);
    assert!(
        said.out
            .starts_with(&format!("Restored {} before: ", target.short())),
        "{}",
        said.out
    );
    assert_eq!(scene.read("dir/inner").as_deref(), Some("inner\n"));
    assert_eq!(
        scene.failure(&["--continue"]),
        (1, "restore::nothing_under_way".to_owned())
    );
    scene.done(&["--undo", "-f"]);
    assert_eq!(scene.state(), there_before);
}

#[test]
fn abort_goes_back() {
    let (scene, _, there_before) = died();
    let said = scene.done(&["--abort"]);
    assert!(said.out.starts_with("Given up, back to "), "{}", said.out);
    assert_eq!(scene.state(), there_before);
    assert_eq!(
        scene.failure(&["--abort"]),
        (1, "restore::nothing_under_way".to_owned())
    );
}

#[test]
fn a_journal_that_cannot_be_read_is_told() {
    let (scene, ..) = died();
    scene.write(".git/checkpoint/restore.json", "{\"version\":1,\"tar");
    for args in [["--continue"], ["--abort"]] {
        assert_eq!(
            scene.failure(&args).1,
            "restore::journal_broken",
            "{args:?}"
        );
    }
}
