//! Undo and redo, as a stack.

use crate::scene::Scene;

#[test]
fn undo_and_redo_are_a_stack() {
    let scene = Scene::new();
    let states: Vec<String> = ["one\n", "two\n", "three\n"]
        .iter()
        .enumerate()
        .map(|(n, text)| {
            scene.write("file", text);
            scene.keep(&format!("s{n}"));
            scene.state()
        })
        .collect();
    scene.write("file", "unkept\n");
    let unkept = scene.state();
    scene.done(&["s0", "-f"]);
    scene.done(&["s1", "-f"]);
    assert_eq!(scene.state(), states[1]);

    let said = scene.done(&["--undo", "-f"]);
    assert!(said.out.starts_with("Undone, back to "), "{}", said.out);
    assert!(
        said.err.contains("git safe-restore --redo\n"),
        "{}",
        said.err
    );
    assert_eq!(scene.state(), states[0]);
    scene.done(&["--undo", "-f"]);
    assert_eq!(scene.state(), unkept, "what no checkpoint had is not lost");
    assert_eq!(
        scene.failure(&["--undo", "-f"]),
        (1, "restore::nothing_to_undo".to_owned())
    );

    let said = scene.done(&["--redo", "-f"]);
    assert!(
        said.err.contains("git safe-restore --undo\n"),
        "{}",
        said.err
    );
    assert_eq!(scene.state(), states[0]);
    scene.done(&["--redo", "-f"]);
    assert_eq!(scene.state(), states[1]);
    assert_eq!(
        scene.failure(&["--redo", "-f"]),
        (1, "restore::nothing_to_undo".to_owned())
    );

    scene.done(&["--undo", "-f"]);
    scene.done(&["s2", "-f"]);
    assert_eq!(
        scene.failure(&["--redo", "-f"]).0,
        1,
        "a new restore ends what could be redone"
    );
}

#[test]
fn an_undo_is_a_plan_first_too() {
    let scene = Scene::new();
    scene.keep("before");
    scene.write("file", "later\n");
    scene.done(&["before", "-f"]);
    let said = scene.run(&["--undo"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains(" M file\n"), "{}", said.out);
    let (exit, seen) = scene.on_terminal(&["--undo"], "y\n");
    assert_eq!(exit, 0, "{seen}");
    assert_eq!(scene.read("file").as_deref(), Some("later\n"));
}

#[test]
fn what_a_scope_changed_its_undo_changes_back() {
    for how in ["--files", "--exact", "--soft", "--mixed"] {
        let scene = Scene::new();
        scene.write("file", "then\n");
        scene.keep("before");
        scene.write("file", "two\n");
        scene.commit("two");
        scene.write("file", "staged\n");
        scene.git(&["add", "file"]);
        scene.write("file", "changed\n");
        let before = scene.state();
        scene.done(&["before", how, "-f"]);
        assert_ne!(scene.state(), before, "{how}");
        scene.done(&["--undo", "-f"]);
        assert_eq!(scene.state(), before, "{how}");
    }
}

#[test]
fn the_latest_backup_is_the_state_before_the_last_restore() {
    let scene = Scene::new();
    scene.keep("before");
    assert_eq!(
        scene.failure(&["--latest-backup", "-f"]),
        (1, "restore::no_backup".to_owned())
    );
    scene.write("file", "later\n");
    scene.done(&["before", "-f"]);
    scene.done(&["--latest-backup", "-f"]);
    assert_eq!(scene.read("file").as_deref(), Some("later\n"));
}

#[test]
fn what_happens_in_one_moment_has_an_order_too() {
    for pace in [0, -1] {
        let scene = Scene::new();
        let texts: Vec<String> = (0..6).map(|n| format!("{n}\n")).collect();
        for (n, text) in texts.iter().enumerate() {
            scene.write("file", text);
            scene.keep(&format!("s{n}"));
        }
        scene.pace(pace);
        for n in 0..texts.len() {
            scene.done(&[&format!("s{n}"), "-f"]);
        }
        for text in texts.iter().rev().skip(1) {
            scene.done(&["--undo", "-f"]);
            assert_eq!(scene.read("file").as_ref(), Some(text), "at pace {pace}");
        }
        for text in texts.iter().skip(1) {
            scene.done(&["--redo", "-f"]);
            assert_eq!(scene.read("file").as_ref(), Some(text), "at pace {pace}");
        }
    }
}
