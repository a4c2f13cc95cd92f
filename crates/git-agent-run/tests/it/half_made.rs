//! A git that is killed while it makes the working tree of a run.

use std::{os::unix::process::CommandExt as _, path::PathBuf};

use crate::scene::Scene;

/// A repository with a file that git dies at while it checks it out, as it comes behind `file`.
fn deadly() -> Scene {
    let scene = Scene::alone();
    scene.write("of-all", "all\n");
    scene.write("zero", "zero\n");
    scene.write(".gitignore", "zero\n");
    scene.git(&["add", "-f", "."]);
    scene.git(&["commit", "-q", "-m", "two"]);
    scene.add_remote("origin");
    scene.git(&["push", "-q", "origin", "main"]);
    // Not before the others are written.
    scene.write(".git/info/attributes", "of-all filter=k\n");
    scene.git(&["config", "filter.k.smudge", "kill -9 0"]);
    scene.git(&["config", "filter.k.required", "true"]);
    scene
}

/// The working tree of a run whose start has died in the middle of it.
fn half_made(scene: &Scene) -> PathBuf {
    let words = ["start", "--task", "x", "--agent", "z", "--worktree"];
    let mut command = scene.agent_run(scene.path(), &words);
    let killed = command.process_group(0).output().unwrap();
    assert_eq!(killed.status.code(), None, "{killed:?}");
    let dir = scene.beside("repo.runs/x-1");
    let git_dir = PathBuf::from(scene.git_at(&dir, &["rev-parse", "--absolute-git-dir"]));
    assert!(!git_dir.join("index").exists());
    assert!(!dir.join("zero").exists());
    fs_err::remove_file(git_dir.join("index.lock")).ok();
    dir
}

/// Lets git live.
fn mend(scene: &Scene) {
    fs_err::remove_file(scene.path().join(".git/info/attributes")).unwrap();
}

fn files(scene: &Scene, revision: &str) -> String {
    scene.git(&["ls-tree", "--name-only", revision])
}

#[test]
fn what_is_missing_in_a_half_made_working_tree_is_not_committed_as_deleted() {
    let scene = deadly();
    let dir = half_made(&scene);
    mend(&scene);
    let tip = scene.git(&["rev-parse", "agent/x/run-1"]);
    scene.write_at(&dir, "new", "new\n");
    scene.write_at(&dir, "zero", "precious\n");
    scene.write_at(&scene.beside(""), "precious", "precious\n");
    for dir in [scene.path(), &dir] {
        let said = scene.run_at(dir, &["finish", "x/run-1", "--no-pull-request"]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.contains("half made"), "{said:?}");
        assert!(
            said.err.contains("git agent-run resume x/run-1"),
            "{said:?}"
        );
    }
    assert_eq!(scene.git(&["rev-parse", "agent/x/run-1"]), tip);

    scene.done(&["resume", "x/run-1"]);
    assert_eq!(scene.git_at(&dir, &["status", "--porcelain"]), "?? new");
    let trees = scene.git(&["worktree", "list", "--porcelain"]);
    assert!(!trees.contains("locked"), "{trees}");
    let kept = scene.git(&["rev-list", "--objects", "--all"]);
    let overwritten = scene.git_at(&dir, &["hash-object", "--no-filters", "../../precious"]);
    assert!(
        kept.contains(&overwritten),
        "what was overwritten is kept: {kept}"
    );
    scene.done(&["finish", "x/run-1", "--no-pull-request", "--cleanup"]);
    assert!(!dir.exists());
    let all = ".gitignore\nfile\nnew\nof-all\nzero";
    assert_eq!(files(&scene, "origin/agent/x/run-1"), all);
}

#[test]
fn a_run_whose_working_tree_cannot_be_made_whole_can_be_given_up() {
    let scene = deadly();
    let dir = half_made(&scene);
    let mut command = scene.agent_run(scene.path(), &["resume", "x/run-1"]);
    let killed = command.process_group(0).output().unwrap();
    assert_eq!(killed.status.code(), None, "git still dies: {killed:?}");
    let git_dir = PathBuf::from(scene.git_at(&dir, &["rev-parse", "--absolute-git-dir"]));
    fs_err::remove_file(git_dir.join("index.lock")).ok();
    let said = scene.run(&["abandon", "x/run-1"]);
    assert_eq!(said.code, 1, "{said:?}");
    let by_git = format!("git worktree remove -f -f {}\n", dir.display());
    assert!(said.err.contains(&by_git), "{said:?}");
    mend(&scene);
    let words = ["worktree", "remove", "-f", "-f", dir.to_str().unwrap()];
    scene.git(&words);
    scene.done(&["abandon", "x/run-1"]);
    scene.done(&["resume", "x/run-1"]);
    assert_eq!(scene.git_at(&dir, &["status", "--porcelain"]), "");
    assert_eq!(files(&scene, "agent/x/run-1"), files(&scene, "main"));
}

#[test]
fn one_whose_git_died_before_it_had_written_anything_is_made_again() {
    let scene = deadly();
    let dir = half_made(&scene);
    mend(&scene);
    fs_err::remove_dir_all(&dir).unwrap();
    fs_err::create_dir(&dir).unwrap();
    scene.done(&["resume", "x/run-1"]);
    assert_eq!(scene.git_at(&dir, &["status", "--porcelain"]), "");
    let trees = scene.git(&["worktree", "list", "--porcelain"]);
    assert!(!trees.contains("locked"), "{trees}");
}

#[test]
fn one_whose_git_died_before_it_had_a_branch_is_made_again() {
    let scene = deadly();
    let dir = half_made(&scene);
    mend(&scene);
    let git_dir = PathBuf::from(scene.git_at(&dir, &["rev-parse", "--absolute-git-dir"]));
    for entry in fs_err::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with(".git") {
            fs_err::remove_file(path).unwrap();
        }
    }
    let nowhere = "0".repeat(40) + "\n";
    fs_err::write(git_dir.join("HEAD"), nowhere).unwrap();
    for word in ["finish", "abandon"] {
        let refused = (1, "run::half_made".to_owned());
        assert_eq!(scene.failure(&[word, "x/run-1"]), refused);
    }
    scene.write_at(&dir, "precious", "mine\n");
    let occupied = (1, "run::worktree_occupied".to_owned());
    assert_eq!(scene.failure(&["resume", "x/run-1"]), occupied);
    fs_err::remove_file(dir.join("precious")).unwrap();
    scene.done(&["resume", "x/run-1"]);
    assert_eq!(scene.git_at(&dir, &["status", "--porcelain"]), "");
    let branch = scene.git_at(&dir, &["symbolic-ref", "--short", "HEAD"]);
    assert_eq!(branch, "agent/x/run-1");
}
