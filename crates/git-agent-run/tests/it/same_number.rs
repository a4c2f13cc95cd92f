//! Two clones that have given their runs the same number.

use crate::scene::Scene;

#[test]
fn who_comes_second_is_led_to_the_next_number() {
    let scene = Scene::new();
    let (_, dir) = scene.start("same");
    scene.write_at(&dir, "mine", "mine\n");
    let other = scene.beside("other");
    let url = scene.git(&["remote", "get-url", "origin"]);
    scene.git(&["clone", "-q", &url, other.to_str().unwrap()]);
    scene.done_at(&other, &["start", "--task", "same"]);
    scene.write_at(&other, "theirs", "theirs\n");
    scene.done_at(&other, &["finish", "--no-pull-request"]);

    let said = scene.run_at(&dir, &["finish", "--no-pull-request"]);
    assert_eq!(said.code, 128, "{said:?}");
    assert!(!said.err.contains("pull --rebase"), "{said:?}");
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_git-agent-run"))
        .parent()
        .unwrap();
    scene.set(
        "PATH",
        &format!("{}:{}", folder.display(), crate::scene::path()),
    );
    let (_, typed) = said
        .err
        .split_once("to go on by the next number: ")
        .unwrap();
    let done = scene
        .command("sh", scene.path(), &["-c", typed])
        .output()
        .unwrap();
    assert!(done.status.success(), "{typed}: {done:?}");

    let bare = scene.beside("origin.git");
    let files = |branch: &str| scene.git_at(&bare, &["ls-tree", "--name-only", branch]);
    assert_eq!(
        files("agent/same/run-1"),
        "file\ntheirs",
        "theirs is as it was"
    );
    assert_eq!(files("agent/same/run-2"), "file\nmine");
}
