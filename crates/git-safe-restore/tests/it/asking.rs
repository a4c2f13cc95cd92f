//! The question on a terminal.

use crate::scene::Scene;

fn changed() -> Scene {
    let scene = Scene::new();
    scene.keep("before");
    scene.write("file", "later\n");
    scene
}

#[test]
fn yes_does_it_after_the_plan_was_shown() {
    let scene = changed();
    let (exit, seen) = scene.on_terminal(&["before"], "y\n");
    assert_eq!(exit, 0, "{seen}");
    let plan = seen.find(" M file\n 1 file: 1 to change\n").unwrap();
    let question = seen
        .find("Restore? (d shows the differences) [y/d/N] ")
        .unwrap();
    let answer = seen.find("Restored ").unwrap();
    assert!(plan < question && question < answer, "{seen}");
    assert_eq!(scene.read("file").as_deref(), Some("one\n"));
}

#[test]
fn anything_else_leaves_all_as_it_is() {
    for answers in ["n\n", "\n", "what\n", "\u{4}"] {
        let scene = changed();
        let (before, n_checkpoints) = (scene.state(), scene.n_checkpoints());
        let (exit, seen) = scene.on_terminal(&["before"], answers);
        assert_eq!(exit, 1, "{seen}");
        assert!(seen.ends_with("nothing was changed\n"), "{seen}");
        assert_eq!(scene.state(), before);
        assert_eq!(scene.n_checkpoints(), n_checkpoints);
    }
}

#[test]
fn the_differences_are_shown_before_the_answer() {
    let scene = changed();
    scene.write("untracked", "gone soon\n");
    let (exit, seen) = scene.on_terminal(&["before"], "d\ny\n");
    assert_eq!(exit, 0, "{seen}");
    assert!(seen.contains("-later\n+one\n"), "from now to then: {seen}");
    assert!(
        seen.contains("-gone soon\n"),
        "untracked files as well: {seen}"
    );
    assert_eq!(seen.matches("[y/d/N] ").count(), 2, "{seen}");
    assert_eq!(scene.read("untracked"), None);
}

#[test]
fn the_differences_of_paths_are_those_of_the_paths() {
    let scene = changed();
    scene.write("dir/inner", "later too\n");
    let (exit, seen) = scene.on_terminal(&["before", "--", "dir"], "d\nn\n");
    assert_eq!(exit, 1, "{seen}");
    assert!(seen.contains("-later too\n+inner\n"), "{seen}");
    assert!(!seen.contains("-later\n"), "{seen}");
}

#[test]
fn force_and_dry_run_ask_nothing() {
    let scene = changed();
    let (exit, seen) = scene.on_terminal(&["before", "-n"], "");
    assert_eq!((exit, seen.contains("[y/d/N]")), (0, false), "{seen}");
    let (exit, seen) = scene.on_terminal(&["before", "-f"], "");
    assert_eq!((exit, seen.contains("[y/d/N]")), (0, false), "{seen}");
    assert_eq!(scene.read("file").as_deref(), Some("one\n"));
}

#[test]
fn a_long_plan_is_cut_to_a_screenful() {
    let scene = Scene::new();
    scene.keep("before");
    for n in 0..60 {
        scene.write(&format!("many/{n:02}"), "x\n");
    }
    let (_, seen) = scene.on_terminal(&["before"], "n\n");
    assert!(
        seen.contains(" D many/39\n and 20 more\n 60 files: 60 to delete\n"),
        "{seen}"
    );
    let said = scene.done(&["before", "-n"]);
    assert!(
        said.out.contains(" D many/59\n"),
        "data is whole: {}",
        said.out
    );
}
