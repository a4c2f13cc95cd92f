//! The samples for people who have a manager of hooks, as far as they can be tried without it.

use std::path::Path;

use super::scene;
use crate::scene::Scene;

fn root(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs_err::read_to_string(root.join(name)).unwrap()
}

/// What follows `key: ` in a file, and the name of the hook that it calls.
fn commands(text: &str, key: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter_map(|line| {
        let command = line.trim().strip_prefix(key)?;
        let (_, rest) = command.split_once("git-checkpoint hook ")?;
        let name = rest.split([' ', '\'']).next()?;
        Some((name.to_owned(), command.to_owned()))
    });
    lines.collect()
}

/// Runs a command as a manager would, with the program of this test.
fn run(scene: &Scene, command: &str, env: &[(&str, &str)]) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_git-checkpoint");
    let command = command.replace("git-checkpoint hook", &format!("{program} hook"));
    let mut shell = scene.command("sh", &["-c", &command]);
    let said = shell.envs(env.iter().copied()).output().unwrap();
    let err = String::from_utf8_lossy(&said.stderr).into_owned();
    (said.status.code().unwrap(), err)
}

#[test]
fn entries_for_pre_commit_hold_on_protected_branches() {
    let scene = scene();
    let commands = commands(&root(".pre-commit-hooks.yaml"), "entry: ");
    assert_eq!(commands.len(), 6, "{commands:?}");
    let tip = scene.git(&["rev-parse", "HEAD"]);
    let push = [
        ("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/feat"),
        ("PRE_COMMIT_TO_REF", tip.as_str()),
        ("PRE_COMMIT_FROM_REF", tip.as_str()),
        ("PRE_COMMIT_REMOTE_NAME", "origin"),
        ("PRE_COMMIT_REMOTE_URL", "/somewhere"),
    ];
    for (name, command) in &commands {
        let with =
            |branch: &'static str| [&push[..], &[("PRE_COMMIT_REMOTE_BRANCH", branch)]].concat();
        let said = run(&scene, command, &with("refs/heads/feat"));
        assert_eq!(said, (0, String::new()), "{name}: work goes on");
        scene.git(&["switch", "-q", "main"]);
        let (code, err) = run(&scene, command, &with("refs/heads/main"));
        scene.git(&["switch", "-q", "feat"]);
        let guards = name != "post-commit";
        assert_eq!(code, i32::from(guards), "{name}: {err}");
        assert_eq!(err.contains("'main'"), guards, "{name}: {err}");
    }
}

#[test]
fn the_sample_for_lefthook_calls_every_hook_by_its_name() {
    let text = root("templates/lefthook.yml");
    let commands = commands(&text, "run: ");
    assert_eq!(commands.len(), 7, "{commands:?}");
    for (name, command) in commands {
        assert!(
            text.contains(&format!("\n{name}:\n")),
            "{name} is run at its time"
        );
        let scene = scene();
        let said = run(&scene, &command.replace(" {0}", ""), &[]);
        assert_eq!(said, (0, String::new()), "{name}");
    }
}
