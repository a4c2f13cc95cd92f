//! A process that dies at any step of `finish` leaves what the next one goes on from.

use crate::scene::Scene;

/// A git that is the real one, but kills whoever called it before or after it does `word`.
fn deadly_git(scene: &Scene, word: &str, moment: &str) -> String {
    let dir = scene.beside(&format!("deadly-{word}-{moment}"));
    let kill = format!("case \" $* \" in *\" {word} \"*) kill -9 $PPID; exit 1;; esac");
    let real = scene.git(&["--exec-path"]);
    let text = match moment {
        "before" => format!("{kill}\nexec {real}/git \"$@\""),
        _ => format!("{real}/git \"$@\" || exit $?\n{kill}"),
    };
    scene.script(&dir.join("git"), &text);
    dir.display().to_string()
}

fn finish(scene: &Scene, dir: &std::path::Path, before: Option<&str>) -> i32 {
    let words = [
        "finish",
        "fix-it/run-1",
        "--no-pull-request",
        "--cleanup=all",
    ];
    let mut command = scene.agent_run(dir, &words);
    if let Some(before) = before {
        command.env("PATH", format!("{before}:{}", crate::scene::path()));
    }
    command.output().unwrap().status.code().unwrap_or(-1)
}

#[test]
fn whoever_is_killed_at_any_step_finishes_by_the_same_command() {
    let steps = [
        ("commit", "before"),
        ("commit", "after"),
        ("push", "before"),
        ("push", "after"),
        ("config", "before"),
        ("config", "after"),
        ("remove", "before"),
        ("remove", "after"),
        ("--remove-section", "before"),
        ("--remove-section", "after"),
    ];
    for (word, moment) in steps {
        let scene = Scene::new();
        let (branch, dir) = scene.start("Fix it");
        scene.write_at(&dir, "file", "two\n");
        let deadly = deadly_git(&scene, word, moment);
        let code = finish(&scene, scene.path(), Some(&deadly));
        assert_eq!(code, -1, "killed {moment} {word}");

        assert_eq!(
            finish(&scene, scene.path(), None),
            0,
            "after a kill {moment} {word}"
        );
        let case = format!("{moment} {word}: {:?}", scene.events());
        let bare = scene.beside("origin.git");
        let of_run = scene.git_at(&bare, &["rev-list", "--count", &format!("main..{branch}")]);
        assert_eq!(of_run, "1", "one commit, {case}");
        assert_eq!(scene.count("git_commit_created"), 1, "{case}");
        assert_eq!(scene.count("task_completed"), 1, "{case}");
        assert!(scene.count("git_push_success") >= 1, "{case}");
        assert!(!dir.exists(), "{case}");
        let gone = scene.try_git_at(scene.path(), &["rev-parse", "--verify", "-q", &branch]);
        assert_ne!(gone.code, 0, "{case}");
        let run = scene.shown("fix-it/run-1");
        assert_eq!(run["commits"].as_array().unwrap().len(), 1, "{case}");
        assert_eq!(run["status"], "pushed", "{case}");
        assert_eq!(scene.git(&["fsck", "--no-dangling"]), "", "{case}");
    }
}

#[test]
fn whoever_is_killed_while_starting_goes_on_or_starts_again() {
    for moment in ["before", "after"] {
        let scene = Scene::new();
        let deadly = deadly_git(&scene, "add", moment);
        let mut command = scene.agent_run(scene.path(), &["start", "--task", "x", "--worktree"]);
        let killed = command
            .env("PATH", format!("{deadly}:{}", crate::scene::path()))
            .output()
            .unwrap();
        assert_eq!(killed.status.code(), None, "killed {moment}: {killed:?}");
        let (other, _) = scene.start("x");
        assert_eq!(other, "agent/x/run-2", "the number is taken, {moment}");

        scene.done(&["resume", "x/run-1"]);
        let dir = scene.beside("repo.runs/x-1");
        scene.write_at(&dir, "file", "two\n");
        scene.done(&["finish", "x/run-1", "--no-pull-request", "--cleanup=all"]);
        assert!(!dir.exists(), "it is the run's own, {moment}");
        assert_eq!(scene.git(&["fsck", "--no-dangling"]), "");
    }
}

#[test]
fn whoever_is_killed_while_giving_up_loses_nothing() {
    for moment in ["before", "after"] {
        let scene = Scene::new();
        let (branch, dir) = scene.start("Fix it");
        scene.write_at(&dir, "file", "two\n");
        scene.git_at(&dir, &["commit", "-q", "-a", "-m", "two"]);
        scene.write_at(&dir, "file", "three\n");
        let deadly = deadly_git(&scene, "remove", moment);
        let mut command = scene.agent_run(scene.path(), &["abandon", "fix-it/run-1"]);
        let killed = command
            .env("PATH", format!("{deadly}:{}", crate::scene::path()))
            .output()
            .unwrap();
        assert_eq!(killed.status.code(), None, "killed {moment}: {killed:?}");

        scene.done(&["abandon", "fix-it/run-1"]);
        assert!(!dir.exists());
        let gone = scene.try_git_at(scene.path(), &["rev-parse", "--verify", "-q", &branch]);
        assert_ne!(gone.code, 0, "{moment}");
        scene.done(&["resume", "fix-it/run-1"]);
        assert_eq!(
            fs_err::read_to_string(dir.join("file")).unwrap(),
            "three\n",
            "{moment}"
        );
        assert_eq!(
            scene.git_at(&dir, &["log", "-1", "--format=%s"]),
            "two",
            "{moment}"
        );
    }
}

#[test]
fn whoever_is_killed_while_going_on_has_the_work_back_by_the_same_command() {
    for (word, moment) in [("add", "before"), ("add", "after")] {
        let scene = Scene::new();
        let (_, dir) = scene.start("Fix it");
        scene.write_at(&dir, "file", "two\n");
        scene.write_at(&dir, "new", "new\n");
        scene.done(&["abandon", "fix-it/run-1"]);
        let deadly = deadly_git(&scene, word, moment);
        let mut command = scene.agent_run(scene.path(), &["resume", "fix-it/run-1"]);
        let killed = command
            .env("PATH", format!("{deadly}:{}", crate::scene::path()))
            .output()
            .unwrap();
        assert_eq!(killed.status.code(), None, "killed {moment}: {killed:?}");
        assert_eq!(
            scene.failure(&["finish", "fix-it/run-1", "--cleanup"]),
            (1, "run::abandoned".to_owned()),
            "{moment}"
        );

        scene.done(&["resume", "fix-it/run-1"]);
        let status = scene.git_at(&dir, &["status", "--porcelain"]);
        assert_eq!(status, " M file\n?? new", "{moment}");
        let run = scene.shown("fix-it/run-1");
        assert_eq!(run["is_linked"], true, "{moment}: finish may remove it");
        assert_eq!(run["is_abandoned"], false, "{moment}");
    }
}
