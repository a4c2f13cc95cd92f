//! Hooks that are there and do not hold, or may not.

use serde_json::Value;

use super::{check, findings, fix};
use crate::{
    install::{config::newer_git, scene},
    scene::{Said, Scene},
};

/// What mends what was found about hooks, as it is typed.
fn remedy(scene: &Scene) -> String {
    let found = findings(scene, "hooks");
    found[0].2.as_str().unwrap().to_owned()
}

/// Types it.
fn type_in(scene: &Scene, line: &str) -> Said {
    let line = line.replace("git checkpoint", env!("CARGO_BIN_EXE_git-checkpoint"));
    scene.command("sh", &["-c", &line]).output().unwrap().into()
}

#[test]
fn a_hook_of_ours_that_was_edited_is_not_in_force() {
    for edit in ["exit 0", "true"] {
        let scene = scene();
        scene.hook("pre-push", &scene.telling("theirs"), 0o755);
        scene.done(&["init"]);
        for name in ["pre-commit", "pre-push"] {
            let text = fs_err::read_to_string(scene.path().join(".git/hooks").join(name)).unwrap();
            let edited = text.replacen("#!/bin/sh\n", &format!("#!/bin/sh\n{edit}\n"), 1);
            scene.hook(name, &edited, 0o755);
            let says = format!("'{name}' was changed since it was installed, in line 2: {edit}");
            check(&scene, "hooks", "failure", &says);
            let mend = remedy(&scene);
            let (_, line) = mend.split_once("then: ").unwrap();
            assert_eq!(type_in(&scene, line).code, 0, "{line}");
            check(&scene, "hooks", "ok", "7 hooks in force");
        }
        assert!(
            scene
                .path()
                .join(".git/hooks/pre-push.checkpoint-chained")
                .exists()
        );
    }
}

#[test]
fn a_line_of_ours_that_may_not_be_reached_is_doubtful() {
    let line = "git-checkpoint hook pre-commit \"$@\"";
    let plant = |text: String, health: &str, says: &str| {
        let scene = scene();
        scene.hook("pre-commit", &text, 0o755);
        scene.done(&["init"]);
        scene.hook("pre-commit", &text, 0o755);
        check(&scene, "hooks", health, says);
        if health == "warning" {
            let mend = remedy(&scene);
            let (_, line) = mend.split_once("there: ").unwrap();
            let mended = text.replacen("#!/bin/sh\n", &format!("#!/bin/sh\n{line}\n"), 1);
            scene.hook("pre-commit", &mended, 0o755);
            check(&scene, "hooks", "ok", "7 hooks in force");
        }
    };
    plant(
        format!("#!/bin/sh\n{line} || exit\nmake lint\n"),
        "ok",
        "7 hooks in force",
    );
    let doubt = |number: usize| {
        format!("cannot tell whether 'pre-commit' is in force, by line {number} of")
    };
    plant(format!("#!/bin/sh\n{line} || true\n"), "warning", &doubt(2));
    plant(
        format!("#!/bin/sh\nexit 0\n{line} || exit\n"),
        "warning",
        &doubt(3),
    );
}

#[test]
fn a_line_of_ours_in_a_comment_is_none() {
    let scene = scene();
    scene.done(&["init"]);
    scene.hook(
        "pre-commit",
        "#!/bin/sh\ntrue # git-checkpoint hook pre-commit\n",
        0o755,
    );
    check(
        &scene,
        "hooks",
        "failure",
        "'pre-commit' was replaced by another one",
    );
    assert_eq!(fix(&scene)["healthy"], true);
    assert!(scene.guards_main());
}

#[test]
fn a_line_in_a_directory_of_somebody_else_may_be_doubtful_too() {
    let scene = scene();
    let dir = scene.beside("their-hooks");
    scene.git(&["config", "core.hooksPath", &dir]);
    let names = [
        "pre-rebase",
        "pre-applypatch",
        "pre-commit",
        "pre-merge-commit",
        "prepare-commit-msg",
        "post-commit",
        "pre-push",
    ];
    for name in names {
        let path = format!("{dir}/{name}");
        let line = format!("git-checkpoint hook {name} \"$@\" || exit");
        scene.hook(&path, &format!("#!/bin/sh\n{line}\n"), 0o755);
    }
    check(&scene, "hooks", "ok", "7 hooks in force");
    let hidden = "#!/bin/sh\nexit\ngit-checkpoint hook pre-push \"$@\" || exit\n";
    scene.hook(&format!("{dir}/pre-push"), hidden, 0o755);
    check(
        &scene,
        "hooks",
        "warning",
        "cannot tell whether 'pre-push' is in force, by line 3",
    );
}

#[test]
fn two_hooks_that_both_were_somebodys_are_both_kept() {
    let scene = scene();
    scene.hook("pre-push", &scene.telling("from before"), 0o755);
    scene.done(&["init"]);
    scene.hook("pre-push", &scene.telling("since then"), 0o755);
    check(
        &scene,
        "hooks",
        "failure",
        "still holds the hook from before",
    );
    for command in ["init", "uninstall"] {
        let refused = (1, "setup::hook_replaced".to_owned());
        assert_eq!(scene.failure(&[command]), refused);
    }
    assert_eq!(type_in(&scene, &remedy(&scene)).code, 0);
    check(&scene, "hooks", "ok", "7 hooks in force");
    let setup = scene.setup();
    let holds = |name: &str, text: &str| {
        assert_eq!(setup[name].1, scene.telling(text).as_bytes(), "{name}");
    };
    holds("hooks/pre-push.before", "from before");
    holds("hooks/pre-push.checkpoint-chained", "since then");
}

/// By a git that says it reads hooks in its config.
fn newer(scene: &Scene, args: &[&str]) -> Said {
    let mut command = scene.checkpoint(args);
    let global = scene.beside("gitconfig");
    command
        .env("PATH", newer_git(scene))
        .env("GIT_CONFIG_GLOBAL", global);
    command.output().unwrap().into()
}

fn hooks_of(said: &Said) -> Vec<Value> {
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    let all = answer["findings"].as_array().unwrap().clone();
    all.into_iter().filter(|it| it["what"] == "hooks").collect()
}

#[test]
fn a_hook_in_the_config_that_is_switched_off_is_told_with_where() {
    let check = |plant: &[&str], says: &str, key: &str| {
        let scene = scene();
        fs_err::write(scene.beside("gitconfig"), "").unwrap();
        assert_eq!(newer(&scene, &["init"]).code, 0);
        scene.git(&["config", "extensions.worktreeConfig", "true"]);
        scene.git(&["worktree", "add", "-q", &scene.beside("linked"), "main"]);
        let global = scene.beside("gitconfig");
        let git = |words: &[&str]| {
            let mut git = scene.command("git", words);
            let done = git.env("GIT_CONFIG_GLOBAL", &global).status().unwrap();
            assert!(done.success(), "{words:?}");
        };
        assert!(hooks_of(&newer(&scene, &["doctor", "--json"]))[0]["health"] == "ok");
        let linked = scene.beside("linked");
        let at: &[&str] = if plant.contains(&"--worktree") {
            &["-C", &linked]
        } else {
            &[]
        };
        git(&[at, &["config"], plant].concat());
        let found = hooks_of(&newer(&scene, &["doctor", "--json"]));
        assert_eq!(found.len(), 1, "{found:?}");
        let message = found[0]["message"].as_str().unwrap();
        assert!(message.contains(says) && message.contains(key), "{message}");
        assert_eq!(found[0]["fixable"], false, "init could not mend it");
        let command = found[0]["command"].as_str().unwrap();
        git(&command.split_whitespace().skip(1).collect::<Vec<_>>());
        assert!(hooks_of(&newer(&scene, &["doctor", "--json"]))[0]["health"] == "ok");
    };
    let enabled = "hook.checkpoint-pre-commit.enabled";
    check(
        &["--global", enabled, "no"],
        "by 'hook.checkpoint-pre-commit.enabled' of the global config",
        "",
    );
    check(
        &[enabled, "false"],
        "'pre-commit' is switched off, by",
        "of the local config",
    );
    check(
        &["--worktree", enabled, "off"],
        "is switched off in the worktree '",
        "of the worktree config",
    );
    check(
        &["hook.pre-push.enabled", "0"],
        "'pre-push' is switched off, by",
        "hook.pre-push.enabled",
    );
}

#[test]
fn a_command_in_the_config_that_was_edited_is_told() {
    let scene = scene();
    fs_err::write(scene.beside("gitconfig"), "").unwrap();
    assert_eq!(newer(&scene, &["init"]).code, 0);
    let key = "hook.checkpoint-pre-push.command";
    let was = scene.git(&["config", key]);
    scene.git(&["config", key, &format!("exit 0; {was}")]);
    let found = hooks_of(&newer(&scene, &["doctor", "--json"]));
    let message = found[0]["message"].as_str().unwrap();
    assert_eq!(message, format!("'{key}' is not as it was installed"));
    let command = found[0]["command"].as_str().unwrap();
    assert!(
        command.contains(&format!("git config --local --unset-all {key}")),
        "{command}"
    );
    scene.git(&["config", "--local", "--unset-all", key]);
    assert_eq!(newer(&scene, &["init"]).code, 0);
    assert_eq!(scene.git(&["config", key]), was);
}

#[test]
fn an_old_git_beside_hooks_in_the_config_is_told_once() {
    let scene = scene();
    fs_err::write(scene.beside("gitconfig"), "").unwrap();
    assert_eq!(newer(&scene, &["init"]).code, 0);
    check(&scene, "hooks", "failure", "does not read them from there");
    assert_eq!(fix(&scene)["healthy"], true);
    assert!(scene.guards_main());
}
