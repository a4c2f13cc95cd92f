//! The same in every git of this machine, and hooks in the config where git takes them from there.

use std::process::Command;

use checkpoint_tests::{Git, Sandbox};

use super::{POLICY, tip};

/// Where the tests of this folder are in the names that the test harness gives them.
const HERE: &str = "hooks::";

#[test]
fn every_other_git_of_this_machine_is_held_too() {
    for git in Git::all().iter().skip(1) {
        let again = Command::new(std::env::current_exe().expect("a running test has a path"))
            .args([HERE, "--skip", "hooks::gits", "--test-threads=2"])
            .env("PATH", git.path())
            .output()
            .expect("it is this very program");
        let said = String::from_utf8_lossy(&again.stdout);
        assert!(again.status.success(), "{git:?}\n{said}");
        assert!(!said.contains(" 0 passed"), "{git:?}\n{said}");
    }
}

/// A clone of the guarded kind in which `init` has put the hooks, by a git that takes them from the config.
fn configured(git: &Git) -> Sandbox {
    let mut sandbox = Sandbox::committed();
    let tools = sandbox.scratch().join("tools");
    sandbox.set_env("PATH", git.only(&tools));
    sandbox.write(".git-checkpoint.toml", POLICY);
    sandbox.commit("second");
    sandbox.checkpoint(["init"]).exits(0);
    sandbox
}

#[test]
fn hooks_in_the_config_hold_where_git_takes_them_from_there() {
    let gits = Git::all();
    let Some(git) = gits.iter().find(|git| git.version >= Git::CONFIG_HOOKS) else {
        eprintln!(
            "NOT TRIED: no git on this machine takes hooks from its config; CHECKPOINT_TEST_GITS may name one"
        );
        return;
    };
    let sandbox = configured(git);
    let before = tip(&sandbox, "refs/heads/main");
    let hooks = sandbox.git(["config", "--get-regexp", r"^hook\.checkpoint-.*\.event"]);
    assert!(
        hooks.contains("hook.checkpoint-pre-commit.event pre-commit"),
        "{hooks}"
    );
    assert!(!sandbox.path(".git/hooks/pre-commit").exists());

    for commit in [
        "echo x >>README; git commit -q -a -m x",
        "git commit -q --allow-empty -m x --no-verify",
        "git config core.hooksPath /nowhere; git commit -q --allow-empty -m x; code=$?; git config --unset core.hooksPath; exit $code",
    ] {
        let refused = sandbox.terminal(commit);
        assert_ne!(refused.code, 0, "{commit}: {refused}");
        assert!(
            refused.text().contains("it is protected"),
            "{commit}: {refused}"
        );
        assert_eq!(tip(&sandbox, "refs/heads/main"), before, "{commit}");
    }
    sandbox
        .terminal("git switch -q -c feature && git commit -q -a -m x")
        .exits(0);
    sandbox.checkpoint(["doctor"]).exits(0);
    sandbox.checkpoint(["uninstall"]).exits(0);
    sandbox
        .terminal("git switch -q main && git commit -q --allow-empty -m x")
        .exits(0);
}

/// The repository's own config is not the only one that git reads.
#[test]
fn doctor_says_of_hooks_in_the_config_what_git_does_with_them() {
    let gits = Git::all();
    let Some(git) = gits.iter().find(|git| git.version >= Git::CONFIG_HOOKS) else {
        eprintln!(
            "NOT TRIED: no git on this machine takes hooks from its config; CHECKPOINT_TEST_GITS may name one"
        );
        return;
    };
    let sandbox = configured(git);
    sandbox.git(["config", "extensions.worktreeConfig", "true"]);
    sandbox.git(["worktree", "add", "-q", "-b", "feature", "../linked"]);
    sandbox.git(["switch", "-q", "--detach"]);
    sandbox.sh("git -C ../linked switch -q main");
    let check = |words: &str, is_held: bool| {
        let unset = words.replace("--add ", "");
        let unset = unset.rsplit_once(' ').expect("a key and a value").0;
        sandbox.sh(&format!("git -C ../linked config --worktree {words}"));
        let commit = "git -C ../linked hook run --ignore-missing pre-commit";
        assert_eq!(sandbox.terminal(commit).code != 0, is_held, "git: {words}");
        let doctor = sandbox.checkpoint(["doctor"]);
        assert_eq!(doctor.code == 0, is_held, "{words}: {doctor}");
        sandbox.sh(&format!(
            "git -C ../linked config --worktree --unset-all {unset}"
        ));
        sandbox.checkpoint(["doctor"]).exits(0);
    };
    check("hook.checkpoint-pre-commit.enabled true", true);
    check("hook.checkpoint-pre-commit.enabled false", false);
    check("hook.checkpoint-pre-commit.enabled Off", false);
    check("hook.checkpoint-pre-commit.enabled ''", false);
    check("hook.pre-commit.enabled false", git.version < (2, 55));
    check("hook.checkpoint-pre-commit.event ''", false);
    check("hook.checkpoint-pre-commit.event pre-push", true);
    check("hook.checkpoint-pre-commit.command true", false);
}
