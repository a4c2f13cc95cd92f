//! Many agents at one repository.

use std::collections::BTreeSet;

use crate::scene::Scene;

#[test]
fn two_who_start_the_same_task_get_two_branches() {
    let scene = Scene::new();
    let children: Vec<_> = (0..6)
        .map(|_| {
            let words = ["start", "--task", "same", "--worktree", "--json"];
            let mut command = scene.agent_run(scene.path(), &words);
            command
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let branches: BTreeSet<String> = children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{output:?}");
            let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            document["run"]["branch"].as_str().unwrap().to_owned()
        })
        .collect();
    let want: BTreeSet<String> = (1..=6).map(|n| format!("agent/same/run-{n}")).collect();
    assert_eq!(branches, want);
    assert_eq!(scene.count("task_started"), 6);
    assert_eq!(scene.git(&["worktree", "list"]).lines().count(), 7);
}

#[test]
fn in_one_working_tree_only_one_of_two_begins() {
    let scene = Scene::new();
    let spawn = || {
        let mut command =
            scene.agent_run(scene.path(), &["start", "--task", "same", "--base", "main"]);
        command.spawn().unwrap()
    };
    let children: Vec<_> = (0..4).map(|_| spawn()).collect();
    let codes: Vec<_> = children
        .into_iter()
        .map(|mut child| child.wait().unwrap().code().unwrap())
        .collect();
    assert!(codes.contains(&0), "{codes:?}");
    // Whoever came second found HEAD elsewhere and gave its branch back, or began after the first had ended.
    let head = scene.git(&["symbolic-ref", "--short", "HEAD"]);
    let branches = scene.git(&[
        "for-each-ref",
        "--format=%(refname:short)",
        "refs/heads/agent",
    ]);
    assert!(branches.lines().any(|branch| branch == head), "{branches}");
    let n_done = codes.iter().filter(|code| **code == 0).count();
    assert_eq!(branches.lines().count(), n_done, "{codes:?} {branches}");
}

/// How many commits each of the ten agents makes: four, or as many as `TEST_COMMITS` says. With 20 it takes half a
/// minute.
#[expect(
    clippy::disallowed_methods,
    reason = "who runs the tests says how long"
)]
fn n_commits() -> usize {
    let said = std::env::var("TEST_COMMITS");
    said.map_or(4, |n| n.parse().expect("TEST_COMMITS is a number"))
}

#[test]
fn ten_agents_in_ten_working_trees_lose_no_commit_and_no_record() {
    const AGENTS: usize = 10;
    let n_commits = n_commits();
    let scene = Scene::new();
    let runs: Vec<_> = (0..AGENTS)
        .map(|n| scene.start(&format!("Task {n}")))
        .collect();
    std::thread::scope(|scope| {
        for (n, (_, dir)) in runs.iter().enumerate() {
            let scene_env = |args: &[&str]| scene.agent_run(dir, args);
            let commands: Vec<_> = (0..n_commits)
                .map(|commit| {
                    let step = format!("step {commit} of {n}");
                    let words = ["progress", "--step", &step, "--percent", "50"];
                    let finish = ["finish", "--no-push", "-m", &step];
                    (commit, scene_env(&words), scene_env(&finish))
                })
                .collect();
            scope.spawn(move || {
                for (commit, mut progress, mut finish) in commands {
                    fs_err::write(dir.join(format!("file-{n}")), format!("{commit}\n")).unwrap();
                    for command in [&mut progress, &mut finish] {
                        let output = command.output().unwrap();
                        assert!(output.status.success(), "{output:?}");
                    }
                }
            });
        }
    });
    for (n, (branch, _)) in runs.iter().enumerate() {
        let log = scene.git(&[
            "log",
            "--format=%s",
            "--name-only",
            &format!("main..{branch}"),
        ]);
        let subjects: Vec<_> = log.lines().filter(|line| line.starts_with('[')).collect();
        assert_eq!(subjects.len(), n_commits, "{log}");
        let is_own =
            |line: &&str| line.is_empty() || line.starts_with('[') || *line == format!("file-{n}");
        assert!(
            log.lines().all(|line| is_own(&line)),
            "each commit holds its own file only: {log}"
        );
        let run = scene.shown(branch);
        assert_eq!(run["commits"].as_array().unwrap().len(), n_commits, "{run}");
        assert_eq!(run["steps"].as_array().unwrap().len(), n_commits, "{run}");
    }
    assert_eq!(scene.count("git_commit_created"), AGENTS * n_commits);
    assert_eq!(scene.count("task_progress"), AGENTS * n_commits);
    assert_eq!(scene.git(&["fsck", "--no-dangling"]), "");
}
