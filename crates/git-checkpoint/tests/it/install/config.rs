//! By the repository's config, with a git that says it reads hooks there.
//!
//! The git of this machine may be older: then only what is written is looked at here, by `git config`.

use std::os::unix::fs::PermissionsExt as _;

use super::scene;
use crate::scene::{Said, Scene};

/// A folder whose only git says that it is 2.54.
pub(crate) fn newer_git(scene: &Scene) -> String {
    let dir = scene.beside("newer");
    fs_err::create_dir_all(&dir).unwrap();
    let real = scene.git(&["--exec-path"]);
    let text = format!(
        "#!/bin/sh\n[ \"$1\" = --version ] && echo 'git version 2.54.0' && exit\nexec '{real}/git' \"$@\"\n"
    );
    let path = format!("{dir}/git");
    fs_err::write(&path, text).unwrap();
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

fn run(scene: &Scene, args: &[&str]) -> Said {
    let path = newer_git(scene);
    let said: Said = scene
        .checkpoint(args)
        .env("PATH", path)
        .output()
        .unwrap()
        .into();
    assert_eq!(said.code, 0, "{args:?}: {}", said.err);
    said
}

#[test]
fn hooks_go_into_the_config_and_come_out_byte_for_byte() {
    let scene = scene();
    scene.hook("pre-commit", &scene.telling("theirs"), 0o755);
    scene.git(&["config", "core.hooksPath", "/their/own"]);
    let before = scene.setup();
    run(&scene, &["init"]);
    let after = scene.setup();
    assert_eq!(
        after["hooks/pre-commit"], before["hooks/pre-commit"],
        "no file is touched"
    );
    let get = |key: &str| scene.git(&["config", "--local", "--get-all", key]);
    assert_eq!(get("hook.checkpoint-pre-commit.event"), "pre-commit");
    let command = get("hook.checkpoint-pre-commit.command");
    assert!(command.contains("hook pre-commit \"$@\""), "{command}");
    assert!(
        command.contains("printf '%s\\n' "),
        "as it was meant: {command}"
    );
    assert_eq!(get("notes.rewriteRef"), "refs/notes/agents");
    assert_eq!(get("core.hooksPath"), "/their/own");
    assert!(
        run(&scene, &["init", "--json"])
            .out
            .contains("\"unchanged\":true")
    );
    assert_eq!(scene.setup(), after);
    let said = run(&scene, &["doctor"]);
    assert!(
        said.out
            .contains("7 hooks in force, by the repository's config"),
        "{}",
        said.out
    );
    run(&scene, &["uninstall"]);
    assert_eq!(scene.setup(), before);
}

#[test]
fn what_others_have_added_since_stays() {
    let scene = scene();
    let before = fs_err::read_to_string(scene.path().join(".git/config")).unwrap();
    run(&scene, &["init", "--strict"]);
    scene.git(&["config", "notes.displayRef", "refs/notes/theirs"]);
    scene.git(&["config", "--add", "notes.rewriteRef", "refs/notes/theirs"]);
    scene.git(&["config", "remote.origin.url", "/somewhere"]);
    run(&scene, &["uninstall"]);
    let config = scene.git(&["config", "--local", "--list"]);
    assert!(!config.contains("checkpoint"), "{config}");
    assert!(!config.contains("agents"), "{config}");
    for left in [
        "notes.displayref=",
        "notes.rewriteref=refs/notes/theirs",
        "remote.origin.url=",
    ] {
        assert!(config.contains(left), "{left} in {config}");
    }
    let text = fs_err::read_to_string(scene.path().join(".git/config")).unwrap();
    assert!(text.starts_with(before.trim_end()), "{text}");
}

#[test]
fn what_was_added_to_a_setting_of_ours_is_not_thrown_away() {
    let scene = scene();
    run(&scene, &["init"]);
    let key = "hook.checkpoint-pre-commit.command";
    let was = scene.git(&["config", key]);
    scene.git(&["config", key, "mine; theirs"]);
    let before = scene.setup();
    let path = newer_git(&scene);
    let mut uninstall = scene.checkpoint(&["uninstall"]);
    let said: Said = uninstall.env("PATH", path).output().unwrap().into();
    assert_eq!(said.code, 1, "{}", said.err);
    let changed = format!("'{key}' was changed since it was installed: mine; theirs");
    assert!(said.err.contains(&changed), "{}", said.err);
    assert_eq!(scene.setup(), before);
    scene.git(&["config", key, &was]);
    run(&scene, &["uninstall"]);
    assert!(
        !scene
            .git(&["config", "--local", "--list"])
            .contains("checkpoint")
    );
}

#[test]
fn another_git_moves_the_hooks() {
    let scene = scene();
    scene.hook("pre-commit", &scene.telling("theirs"), 0o755);
    let before = scene.setup();
    scene.done(&["init"]);
    assert!(
        scene
            .setup()
            .contains_key("hooks/pre-commit.checkpoint-chained")
    );
    run(&scene, &["init"]);
    assert_eq!(
        scene.setup()["hooks/pre-commit"],
        before["hooks/pre-commit"]
    );
    assert!(
        !scene
            .git(&["config", "--get-regexp", "^hook\\."])
            .is_empty()
    );
    scene.done(&["init"]);
    assert_eq!(
        scene.try_git(&["config", "--get-regexp", "^hook\\."]).code,
        1
    );
    assert!(scene.guards_main());
    scene.done(&["uninstall"]);
    assert_eq!(scene.setup(), before);
}

#[test]
fn notes_of_others_are_rewritten_as_they_want() {
    let scene = scene();
    scene.git(&["config", "notes.rewriteRef", "refs/notes/theirs"]);
    scene.done(&["init"]);
    let get = |key: &str| scene.try_git(&["config", "--get-all", key]).out;
    assert_eq!(
        get("notes.rewriteRef"),
        "refs/notes/theirs\nrefs/notes/agents\n"
    );
    assert_eq!(
        get("notes.rewriteMode"),
        "",
        "theirs are concatenated, as before"
    );
    scene.done(&["uninstall"]);
    assert_eq!(get("notes.rewriteRef"), "refs/notes/theirs\n");
}
