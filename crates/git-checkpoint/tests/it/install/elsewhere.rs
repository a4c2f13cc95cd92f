//! Where `core.hooksPath` leads to a directory of somebody else.

use std::os::unix::fs::PermissionsExt as _;

use super::scene;
use crate::scene::Scene;

const HOOKS: [&str; 7] = [
    "pre-rebase",
    "pre-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "post-commit",
    "pre-push",
];

/// What the refusal gives to be typed, or to be put into a file: `<path>: <line>`.
fn lines(scene: &Scene) -> Vec<String> {
    let before = scene.setup();
    let said = scene.run(&["init"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert_eq!(scene.setup(), before, "nothing is written");
    assert!(!scene.path().join(".git-checkpoint.toml").exists());
    let lines = said.err.lines();
    let lines = lines.filter_map(|line| line.strip_prefix("hint:   "));
    let lines: Vec<_> = lines.map(str::to_owned).collect();
    assert!(lines.len() >= HOOKS.len(), "{}", said.err);
    lines
}

/// Does what the refusal asks for.
fn follow(scene: &Scene) {
    for line in lines(scene) {
        match line.split_once(": ") {
            Some((path, line)) if path.starts_with('/') => {
                let text = fs_err::read_to_string(path).unwrap();
                let text = text.replacen("#!/bin/sh\n", &format!("#!/bin/sh\n{line}\n"), 1);
                fs_err::write(path, text).unwrap();
            }
            _ => {
                let done = scene.command("sh", &["-c", &line]).status().unwrap();
                assert!(done.success(), "{line}");
            }
        }
    }
}

/// The program of this test on the PATH of hooks.
fn on_path(scene: &Scene) -> String {
    let dir = scene.beside("bin");
    fs_err::create_dir_all(&dir).unwrap();
    let program = env!("CARGO_BIN_EXE_git-checkpoint");
    let _there = std::os::unix::fs::symlink(program, format!("{dir}/git-checkpoint"));
    dir
}

/// Commits on main, with the program of this test on PATH.
fn commit_on_main(scene: &Scene) -> String {
    scene.git(&["switch", "-q", "main"]);
    let words = ["commit", "--allow-empty", "-q", "-m", "more"];
    let mut command = scene.command("git", &words);
    let path = command
        .get_envs()
        .find_map(|(name, value)| value.filter(|_| name == "PATH"));
    let path = format!("{}:{}", on_path(scene), path.unwrap().to_str().unwrap());
    let said = command.env("PATH", path).output().unwrap();
    scene.git(&["switch", "-q", "feat"]);
    String::from_utf8_lossy(&said.stderr).into_owned()
}

#[test]
fn a_directory_of_hooks_is_never_written_to_and_its_lines_count() {
    let scene = scene();
    let dir = scene.beside("their-hooks");
    fs_err::create_dir(&dir).unwrap();
    scene.git(&["config", "core.hooksPath", &dir]);
    follow(&scene);
    let answer = scene.json(&["init"]);
    assert!(
        answer["hooks"]
            .as_array()
            .unwrap()
            .iter()
            .all(|hook| hook["does"] == "by_hand")
    );
    assert_eq!(scene.git(&["config", "core.hooksPath"]), dir, "it stays");
    let err = commit_on_main(&scene);
    assert!(err.contains("cannot commit to 'main'"), "{err}");
    scene.done(&["doctor"]);
    let said = scene.done(&["uninstall"]);
    assert_eq!(
        said.out.matches("a line in it calls us").count(),
        7,
        "{}",
        said.out
    );
    assert!(
        said.err.contains("but for what is left, everything is"),
        "{}",
        said.err
    );
    assert!(
        fs_err::read_to_string(format!("{dir}/pre-push"))
            .unwrap()
            .contains("hook pre-push")
    );
}

#[test]
fn husky_runs_ours_from_the_files_that_are_tracked() {
    let scene = scene();
    // In the shape of husky's: stubs in an ignored folder that run what lies beside it.
    for name in HOOKS {
        let stub = format!("#!/bin/sh\n[ ! -f .husky/{name} ] || sh -e .husky/{name} \"$@\"\n");
        scene.write(&format!(".husky/_/{name}"), stub);
        let path = scene.path().join(".husky/_").join(name);
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    scene.write(".husky/_/.gitignore", "*\n");
    scene.git(&["config", "core.hooksPath", ".husky/_"]);
    let lines = lines(&scene);
    assert!(!lines.join("\n").contains("/_/"), "husky makes that anew");
    follow(&scene);
    scene.done(&["init"]);
    let err = commit_on_main(&scene);
    assert!(err.contains("cannot commit to 'main'"), "{err}");
    scene.done(&["doctor"]);
    let linked = scene.beside("linked");
    scene.git(&["worktree", "add", "-q", &linked]);
    let said = scene.run(&["doctor"]);
    assert_eq!(said.code, 1);
    assert!(
        said.out.contains("no hook of ours runs in the worktree"),
        "{}",
        said.out
    );
}

#[test]
fn a_global_directory_is_told_by_its_scope() {
    let scene = scene();
    let dir = scene.beside("global-hooks");
    fs_err::create_dir(&dir).unwrap();
    let global = scene.beside("gitconfig");
    fs_err::write(&global, format!("[core]\n\thooksPath = {dir}\n")).unwrap();
    let mut init = scene.checkpoint(&["init"]);
    let said = init.env("GIT_CONFIG_GLOBAL", &global).output().unwrap();
    let err = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(1), "{err}");
    assert!(err.contains("global core.hooksPath"), "{err}");
}

#[test]
fn a_directory_that_is_not_there_is_no_place_for_lines() {
    let scene = scene();
    scene.done(&["init"]);
    scene.git(&["config", "core.hooksPath", "/no/such/place"]);
    let refused = (1, "setup::hooks_nowhere".to_owned());
    assert_eq!(scene.failure(&["init"]), refused);
    let said = scene.run(&["doctor"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("local core.hooksPath"), "{}", said.out);
}

#[test]
fn a_hooks_directory_that_is_a_link_is_somebody_elses() {
    let scene = scene();
    scene.write("tools/hooks/.keep", "");
    let hooks = scene.path().join(".git/hooks");
    fs_err::remove_dir_all(&hooks).unwrap();
    std::os::unix::fs::symlink("../tools/hooks", &hooks).unwrap();
    assert_eq!(lines(&scene).len(), 7);
    assert_eq!(scene.git(&["status", "--porcelain"]), "?? tools/");
}

#[test]
fn a_line_among_others_leaves_them_their_input() {
    let scene = scene();
    let dir = scene.beside("their-hooks");
    fs_err::create_dir(&dir).unwrap();
    scene.git(&["config", "core.hooksPath", &dir]);
    let theirs = scene.telling("theirs");
    for name in HOOKS {
        fs_err::write(format!("{dir}/{name}"), &theirs).unwrap();
    }
    follow(&scene);
    for name in HOOKS {
        let path = format!("{dir}/{name}");
        let text = fs_err::read_to_string(&path).unwrap();
        let program = concat!(env!("CARGO_BIN_EXE_git-checkpoint"), " hook");
        fs_err::write(&path, text.replace("git-checkpoint hook", program)).unwrap();
        let mode = fs_err::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "it was not executable");
    }
    scene.done(&["init"]);
    let remote = scene.beside("remote");
    scene.git(&["init", "-q", "--bare", &remote]);
    scene.git(&["push", "-q", &remote, "main", "feat"]);
    let told = scene.told();
    assert!(
        told.contains("theirs:") && told.contains("refs/heads/feat"),
        "{told}"
    );
    assert_eq!(scene.commit().code, 0);
    scene.told();
    let said = scene.try_git(&["push", "-q", &remote, "feat:main"]);
    assert!(said.err.contains("cannot push to 'main'"), "{}", said.err);
    assert_eq!(scene.told(), "", "ours says no before theirs is asked");
}
