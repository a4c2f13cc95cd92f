//! `doctor`: each fault that is planted is found, and told with what mends it.

mod hooks;

use serde_json::{Value, json};

use crate::{install::scene, scene::Scene};

/// Health and message of what was found about `what`, with its command.
fn findings(scene: &Scene, what: &str) -> Vec<(String, String, Value)> {
    let said = scene.run(&["doctor", "--json"]);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    let all = answer["findings"].as_array().unwrap().clone();
    let failed = all.iter().any(|it| it["health"] == "failure");
    assert_eq!(said.code, i32::from(failed), "{answer}");
    assert_eq!(answer["healthy"], !failed);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_it = all.iter().filter(|it| it["what"] == what);
    of_it
        .map(|it| {
            (
                text(&it["health"]),
                text(&it["message"]),
                it["command"].clone(),
            )
        })
        .collect()
}

/// Exactly one, like this.
fn check(scene: &Scene, what: &str, health: &str, message: &str) {
    let found = findings(scene, what);
    let is_it = |it: &(String, String, Value)| it.0 == health && it.1.contains(message);
    assert!(
        found.len() == 1 && is_it(&found[0]),
        "{health} {message}: {found:?}"
    );
    assert_eq!(
        found[0].2.is_null(),
        health == "ok",
        "a fault has a command: {found:?}"
    );
}

fn fix(scene: &Scene) -> Value {
    let said = scene.run(&["doctor", "--fix", "--json"]);
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn a_repository_without_hooks_is_only_told_so() {
    let scene = scene();
    check(&scene, "hooks", "warning", "not installed");
    check(&scene, "git", "ok", "");
    assert_eq!(fix(&scene)["mended"], json!([]), "nobody asked for hooks");
    scene.done(&["init"]);
    check(&scene, "hooks", "ok", "7 hooks in force");
    for what in ["settings", "policy", "leftovers", "records", "size"] {
        check(&scene, what, "ok", "");
    }
}

#[test]
fn hooks_that_are_not_in_force_are_told_and_put_back() {
    let plant = |message: &str, plant: &dyn Fn(&Scene)| {
        let scene = scene();
        scene.done(&["init"]);
        let installed = scene.setup();
        plant(&scene);
        let planted = scene.setup();
        check(&scene, "hooks", "failure", message);
        let shown = scene.run(&["doctor", "--fix", "--dry-run"]);
        assert!(
            shown.out.contains("would put hooks and settings in place"),
            "{}",
            shown.out
        );
        assert_eq!(scene.setup(), planted, "only shown");
        let answer = fix(&scene);
        assert_eq!(answer["healthy"], true, "{answer}");
        assert_eq!(scene.setup()["hooks/pre-push"], installed["hooks/pre-push"]);
        assert!(scene.guards_main());
    };
    plant("'pre-push' is gone", &|scene| {
        fs_err::remove_file(scene.path().join(".git/hooks/pre-push")).unwrap();
    });
    plant("'pre-push' is not executable", &|scene| {
        let text = fs_err::read_to_string(scene.path().join(".git/hooks/pre-push")).unwrap();
        scene.hook("pre-push", &text, 0o644);
    });
    let calls = |scene: &Scene, other: &str| {
        let text = fs_err::read_to_string(scene.path().join(".git/hooks/pre-push")).unwrap();
        scene.hook(
            "pre-push",
            &text.replace(env!("CARGO_BIN_EXE_git-checkpoint"), other),
            0o755,
        );
    };
    plant("which the hooks call, is gone", &|scene| {
        calls(scene, "/gone")
    });
    plant("is no git-checkpoint", &|scene| calls(scene, "/bin/true"));
    plant("is not executable", &|scene| {
        fs_err::write(scene.beside("plain"), "").unwrap();
        calls(scene, &scene.beside("plain"));
    });
    plant("cannot be run on this machine", &|scene| {
        scene.hook("../other-machine", "\x7fELF\u{1}", 0o755);
        calls(
            scene,
            scene.path().join(".git/other-machine").to_str().unwrap(),
        );
    });
}

#[test]
fn a_worktree_whose_hooks_are_elsewhere_is_told_from_all_of_them() {
    let scene = scene();
    scene.done(&["init"]);
    let linked = scene.beside("linked");
    scene.git(&["worktree", "add", "-q", &linked]);
    check(&scene, "hooks", "ok", "7 hooks");
    scene.git(&["config", "extensions.worktreeConfig", "true"]);
    fs_err::create_dir(scene.beside("other-hooks")).unwrap();
    let words = ["config", "--worktree", "core.hooksPath"];
    let other = scene.beside("other-hooks");
    scene.git(&[&["-C", &linked], &words[..], &[&other]].concat());
    check(
        &scene,
        "hooks",
        "failure",
        "no hook of ours runs in the worktree",
    );
    let mut there = scene.checkpoint(&["doctor"]);
    let said = there.current_dir(&linked).output().unwrap();
    let out = String::from_utf8_lossy(&said.stdout);
    assert!(
        out.contains("(worktree core.hooksPath), where these are not"),
        "{out}"
    );
}

#[test]
fn a_note_that_cannot_be_read_is_told_and_can_be_done_without() {
    let scene = scene();
    scene.done(&["init"]);
    let note = ".git/checkpoint/installed.json";
    scene.write(note, "{");
    let unreadable = (128, "setup::note_unreadable".to_owned());
    assert_eq!(scene.failure(&["uninstall"]), unreadable);
    check(&scene, "hooks", "failure", "installed.json");
    let found = findings(&scene, "hooks");
    assert!(
        found[0].2.as_str().unwrap().starts_with("rm /"),
        "{found:?}"
    );
    fs_err::remove_file(scene.path().join(note)).unwrap();
    scene.done(&["init"]);
    check(&scene, "hooks", "ok", "7 hooks");
}

#[test]
fn settings_that_went_are_told_and_put_back() {
    let scene = scene();
    scene.done(&["init"]);
    scene.git(&["config", "--unset", "notes.rewriteRef"]);
    check(&scene, "settings", "warning", "not set: notes.rewriteRef");
    assert_eq!(fix(&scene)["mended"].as_array().unwrap().len(), 1);
    check(&scene, "settings", "ok", "");
    assert_eq!(
        scene.git(&["config", "--get-all", "notes.rewriteRef"]),
        "refs/notes/agents"
    );
}

#[test]
fn a_policy_that_cannot_be_read_fails() {
    let scene = scene();
    check(&scene, "policy", "ok", "from the defaults");
    scene.write(".git-checkpoint.toml", "[branches]\nprotcted = []\n");
    check(&scene, "policy", "failure", "protcted");
    scene.write(
        ".git-checkpoint.toml",
        "[branches]\nprotected = [\"main\", \"x\"]\n",
    );
    let found = findings(&scene, "policy");
    assert!(
        found[0].0 == "ok" && found[0].1.contains("in the working tree"),
        "{found:?}"
    );
}

#[test]
fn a_copy_that_asks_for_less_is_told_not_to_count() {
    let scene = scene();
    let protected = |names: &str| format!("[branches]\nprotected = [{names}]\n");
    let looser = |names: &str| {
        scene.write(".git-checkpoint.toml", protected(names));
        let found = findings(&scene, "policy");
        found.into_iter().find(|it| it.0 == "warning")
    };
    let told = looser("\"x\"").unwrap();
    assert!(
        told.1
            .contains("asks for less than the defaults in branches.protected"),
        "{told:?}"
    );
    scene.write(".git-checkpoint.toml", protected("\"main\", \"keep\""));
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "policy"]);
    scene.git(&["branch", "-f", "main"]);
    assert_eq!(looser("\"keep\", \"main\", \"more\""), None);
    let told = looser("\"keep\"").unwrap();
    assert!(
        told.1
            .contains("than .git-checkpoint.toml of 'main' in branches.protected"),
        "{told:?}"
    );
    assert_eq!(told.2, "git diff main -- .git-checkpoint.toml");
}

#[test]
fn a_policy_that_is_no_file_is_told() {
    let scene = scene();
    let path = scene.path().join(".git-checkpoint.toml");
    std::os::unix::fs::symlink("/no/such/file", &path).unwrap();
    check(
        &scene,
        "policy",
        "failure",
        "it is a link to nowhere; the defaults count",
    );
    let found = findings(&scene, "policy");
    assert_eq!(
        found[0].1.matches(".git-checkpoint.toml").count(),
        1,
        "{found:?}"
    );
    scene.done(&["init"]);
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "a link"]);
    scene.git(&["branch", "-f", "main"]);
    fs_err::remove_file(&path).unwrap();
    let found = findings(&scene, "policy");
    let says = "of 'main': it is no file there; the defaults count";
    assert!(
        found[0].0 == "failure" && found[0].1.contains(says),
        "{found:?}"
    );
}

#[test]
fn an_index_that_a_killed_commit_left_behind_is_given_it() {
    let scene = scene();
    let hook = |name: &str, script: &str| {
        let path = format!(".git/hooks/{name}");
        scene.write(&path, format!("#!/bin/sh\n{script}\n"));
        let mode = ["+x", &path];
        assert!(scene.command("chmod", &mode).status().unwrap().success());
    };
    // Git goes on when the process is killed.
    hook("commit-msg", "kill -9 $(ps -o ppid= -p $PPID)");
    scene.write("killed", "killed\n");
    let said = scene.run(&["create", "--commit", "-m", "all of it"]);
    assert_ne!(said.code, 0, "it is killed");
    while scene.git(&["log", "-1", "--format=%s"]) != "all of it" {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let lags = scene.git(&["status", "--porcelain"]);
    assert!(lags.contains("D  killed"), "{lags}");
    check(
        &scene,
        "leftovers",
        "failure",
        "a commit was stopped: all of it",
    );
    assert_eq!(fix(&scene)["mended"][0]["error"], Value::Null);
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
    check(&scene, "leftovers", "ok", "");
}

#[test]
fn what_a_dead_process_left_is_told_and_removed_if_it_is_ours() {
    let scene = scene();
    scene.keep(1);
    let old = |path: &str| {
        scene.write(path, "");
        let path = scene.path().join(path);
        let touched = scene
            .command("touch", &["-d", "2020-01-01", path.to_str().unwrap()])
            .status();
        assert!(touched.unwrap().success());
    };
    old(".git/checkpoint/list-cache.4711");
    check(&scene, "leftovers", "warning", "list-cache.4711");
    fix(&scene);
    check(&scene, "leftovers", "ok", "");
    let lock = "0199a1b2-c3d4-7000-8000-000000000000.lock";
    old(&format!(".git/refs/checkpoints/{lock}"));
    check(&scene, "leftovers", "warning", lock);
    fix(&scene);
    check(&scene, "leftovers", "ok", "");
    old(".git/index.lock");
    check(&scene, "leftovers", "warning", "index.lock");
    fix(&scene);
    check(&scene, "leftovers", "warning", "index.lock");
    fs_err::remove_file(scene.path().join(".git/index.lock")).unwrap();
    for lock in ["HEAD.lock", "refs/heads/feat.lock", "config.lock"] {
        old(&format!(".git/{lock}"));
        check(&scene, "leftovers", "warning", "is more than an hour old");
        fs_err::remove_file(scene.path().join(".git").join(lock)).unwrap();
    }
    for copy in ["hooks/.checkpoint-a1b2", "index.checkpoint-4711"] {
        old(&format!(".git/{copy}"));
        check(
            &scene,
            "leftovers",
            "warning",
            "was left by a process that died",
        );
        fix(&scene);
        check(&scene, "leftovers", "ok", "");
    }
    scene.write(".git/checkpoint/restore.json", "{}");
    check(
        &scene,
        "leftovers",
        "failure",
        "a restore was stopped halfway",
    );
}

#[test]
fn records_and_states_that_lost_each_other_are_told() {
    let scene = scene();
    let (one, other) = (scene.keep_named(2, "one"), scene.keep(1));
    check(&scene, "records", "ok", "2 records, 2 states");
    scene.git(&["notes", "--ref=checkpoints", "remove", &one.snapshot]);
    check(&scene, "records", "warning", "1 checkpoint has no record");
    fix(&scene);
    check(&scene, "records", "ok", "2 records, 2 states");
    scene.git(&["update-ref", "-d", &other.id.ref_name()]);
    check(
        &scene,
        "records",
        "warning",
        "1 checkpoint made here lost the state",
    );
}

#[test]
fn records_that_are_not_as_they_should_be_are_told() {
    let scene = scene();
    let kept = scene.keep(1);
    scene.git(&[
        "notes",
        "--ref=checkpoints",
        "append",
        "-m",
        "{broken",
        &kept.snapshot,
    ]);
    check(&scene, "records", "warning", "is not as it should be");

    let scene = self::scene();
    let blob = scene.git(&["hash-object", "-w", "file"]);
    scene.git(&["update-ref", "refs/notes/agents", &blob]);
    let found = findings(&scene, "records");
    let is_told =
        |it: &(String, String, Value)| it.1.contains("'refs/notes/agents' holds no notes");
    assert!(found.iter().any(is_told), "{found:?}");

    let scene = self::scene();
    scene.git(&["update-ref", "refs/notes/agents", "HEAD"]);
    let found = findings(&scene, "records");
    let is_told = |it: &(String, String, Value)| it.1.contains("holds 'file', which is no note");
    assert!(found.iter().any(is_told), "{found:?}");
}

#[test]
fn what_may_still_be_in_use_is_told_as_that() {
    let scene = scene();
    let now = |path: &str| {
        scene.write(path, "");
        let at = scene.path().join(path);
        let words = ["-d", "@1800000000", at.to_str().unwrap()];
        assert!(scene.command("touch", &words).status().unwrap().success());
        check(&scene, "leftovers", "warning", "perhaps");
        assert_eq!(fix(&scene)["mended"], json!([]), "{path}");
        assert!(at.exists());
        fs_err::remove_file(at).unwrap();
    };
    now(".git/hooks/.checkpoint-a1b2c3");
    now(".git/index.lock");
    now(".git/refs/heads/feat.lock");
    now(".checkpoint-a1B2c3");
    check(&scene, "leftovers", "ok", "");
}

#[test]
fn a_repair_that_fails_says_what_is_in_its_way() {
    let scene = scene();
    scene.done(&["init"]);
    fs_err::remove_file(scene.path().join(".git/hooks/pre-push")).unwrap();
    scene.git(&["config", "--unset", "notes.rewriteRef"]);
    scene.write(".git/config.lock", "");
    let said = scene.run(&["doctor", "--fix"]);
    assert_eq!(said.code, 1);
    let failed = said
        .out
        .lines()
        .find(|line| line.starts_with("failed:"))
        .unwrap();
    assert!(
        failed.contains("if no git is running here: rm "),
        "{failed}"
    );
}
