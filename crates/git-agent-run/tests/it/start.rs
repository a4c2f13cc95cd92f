use serde_json::Value;

use crate::scene::Scene;

#[test]
fn work_is_carried_over_to_the_branch_untouched() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.git(&["add", "file"]);
    scene.write("file", "three\n");
    scene.write("new", "new\n");
    let index = fs_err::read(scene.path().join(".git/index")).unwrap();
    let status = scene.git(&["status", "--porcelain"]);
    let main = scene.git(&["rev-parse", "main"]);

    let said = scene.done(&[
        "start",
        "--task",
        "Fix the API",
        "--model",
        "m-1",
        "--session",
        "s-1",
    ]);
    assert!(said.out.contains("export GIT_AGENT_RUN="), "{said:?}");
    assert!(
        said.out.contains("export GIT_AGENT_TASK='Fix the API'\n"),
        "{said:?}"
    );
    assert!(
        said.out.contains("export GIT_AGENT_NAME=james\n"),
        "{said:?}"
    );
    assert!(
        said.out.contains("export GIT_AGENT_SESSION=s-1\n"),
        "{said:?}"
    );
    assert!(
        said.out.contains("export GIT_AGENT_MODEL=m-1\n"),
        "{said:?}"
    );
    assert!(
        said.err
            .starts_with("on branch agent/fix-the-api/run-1 from main\n"),
        "{said:?}"
    );

    assert_eq!(
        scene.git(&["symbolic-ref", "HEAD"]),
        "refs/heads/agent/fix-the-api/run-1"
    );
    assert_eq!(scene.git(&["rev-parse", "HEAD"]), main);
    assert_eq!(scene.git(&["status", "--porcelain"]), status);
    let untouched = fs_err::read(scene.path().join(".git/index")).unwrap();
    assert_eq!(untouched, index, "not one byte of the index is written");
    let upstream = scene.try_git_at(
        scene.path(),
        &["rev-parse", "--verify", "-q", "@{upstream}"],
    );
    assert_ne!(upstream.code, 0, "the branch follows nothing");
    scene.git(&["switch", "-q", "-"]);
    assert_eq!(
        scene.git(&["symbolic-ref", "HEAD"]),
        "refs/heads/main",
        "as after git switch -c"
    );
}

#[test]
fn what_is_there_is_kept_before_anything() {
    let scene = Scene::new();
    scene.write("new", "new\n");
    let started = scene.json(&["start", "--task", "x", "--id", "API-17"], 0);
    let checkpoint = started["run"]["checkpoint"].as_str().unwrap();
    let kept = format!("refs/checkpoints/{checkpoint}:new");
    assert_eq!(scene.git(&["cat-file", "blob", &kept]), "new");
    assert_eq!(started["run"]["task_id"], "API-17");
    assert_eq!(started["run"]["base"], "main");
    assert_eq!(started["run"]["status"], "branch_created");
    assert_eq!(started["run"]["state"], "running");
    assert_eq!(scene.events(), ["task_started", "git_branch_created"]);
}

#[test]
fn a_working_tree_of_its_own_lies_beside_the_repository() {
    let scene = Scene::new();
    scene.write("new", "new\n");
    let before = scene.git(&["status", "--porcelain"]);
    let (branch, dir) = scene.start("Fix it");
    assert_eq!(branch, "agent/fix-it/run-1");
    assert_eq!(dir, scene.beside("repo.runs/fix-it-1"));
    assert_eq!(
        scene.git_at(&dir, &["symbolic-ref", "--short", "HEAD"]),
        branch
    );
    assert_eq!(
        scene.git(&["status", "--porcelain"]),
        before,
        "nothing moves here"
    );
    assert_eq!(scene.git(&["symbolic-ref", "--short", "HEAD"]), "main");
    let chosen = scene.beside("there");
    let words = [
        "start",
        "--task",
        "Fix it",
        "--worktree",
        chosen.to_str().unwrap(),
    ];
    scene.done(&words);
    assert!(chosen.join("file").exists());
    // From inside the first one, the next one still lies beside the repository.
    let said = scene.done_at(&dir, &["start", "--task", "Other", "--worktree"]);
    assert!(said.out.contains("repo.runs/other-1\n"), "{said:?}");
}

#[test]
fn numbers_go_on_from_here_the_remote_and_what_was() {
    let scene = Scene::new();
    let next = |task: &str| {
        let started = scene.json(&["start", "--task", task, "--base", "main"], 0);
        started["run"]["branch"].as_str().unwrap().to_owned()
    };
    scene.git(&["branch", "agent/here/run-3", "main"]);
    assert_eq!(next("here"), "agent/here/run-4");
    // Somebody else has pushed, and nobody has fetched.
    let remote = scene.beside("origin.git");
    scene.git_at(&remote, &["branch", "agent/there/run-6", "main"]);
    assert_eq!(next("there"), "agent/there/run-7");
    scene.git(&["fetch", "-q"]);
    scene.git(&["remote", "set-url", "origin", "/gone/for/good.git"]);
    let said = scene.run(&["start", "--task", "there", "--base", "main"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("on branch agent/there/run-8"), "{said:?}");
    assert!(
        said.err
            .contains("warning: the remote did not say which numbers are taken"),
        "{said:?}"
    );
    // The number of a run whose branch is gone is not used again.
    scene.git(&["switch", "-q", "main"]);
    scene.git(&["branch", "-q", "-D", "agent/here/run-4"]);
    assert_eq!(next("here"), "agent/here/run-5");
}

#[test]
fn a_hanging_remote_does_not_stop_anybody_for_long() {
    let scene = Scene::new();
    // git waits for an answer of this helper, which never comes.
    let helper = scene.beside("bin/git-remote-slow");
    scene.script(&helper, "sleep 600");
    let path = format!(
        "{}:{}",
        helper.parent().unwrap().display(),
        crate::scene::path()
    );
    scene.set("PATH", &path);
    scene.git(&["remote", "set-url", "origin", "slow://host/repo"]);
    let said = scene.done(&["start", "--task", "x"]);
    assert!(said.err.contains("gave no answer in"), "{said:?}");
}

#[test]
fn an_unborn_branch_becomes_the_branch_of_the_run() {
    let scene = Scene::unborn();
    scene.write("new", "new\n");
    scene.done(&["start", "--task", "begin"]);
    assert_eq!(
        scene.git(&["symbolic-ref", "HEAD"]),
        "refs/heads/agent/begin/run-1"
    );
    assert_eq!(scene.git(&["status", "--porcelain"]), "?? new");
    assert_eq!(
        scene.failure(&["start", "--task", "x", "--worktree"]),
        (1, "run::no_commit".to_owned())
    );
    // Its first commit is the first of the repository.
    let said = scene.done(&["finish", "-m", "Begin"]);
    assert!(said.err.contains("committed "), "{said:?}");
    assert_eq!(scene.git(&["log", "--format=%s"]), "[james] begin: Begin");
}

#[test]
fn a_detached_head_can_begin_a_run() {
    let scene = Scene::new();
    scene.git(&["checkout", "-q", "--detach"]);
    scene.write("file", "two\n");
    scene.done(&["start", "--task", "x"]);
    assert_eq!(
        scene.git(&["symbolic-ref", "--short", "HEAD"]),
        "agent/x/run-1"
    );
    assert_eq!(scene.read("file"), "two\n");
}

#[test]
fn another_base_needs_a_clean_tree_or_one_of_its_own() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.git(&["commit", "-q", "-a", "-m", "two"]);
    scene.write("file", "three\n");
    let before = scene.picture();
    assert_eq!(
        scene.failure(&["start", "--task", "x", "--base", "main~1"]),
        (1, "run::dirty".to_owned())
    );
    assert_eq!(scene.picture(), before);
    scene.done(&["start", "--task", "x", "--base", "main~1", "--worktree"]);
    let there = scene.beside("repo.runs/x-1/file");
    assert_eq!(fs_err::read_to_string(there).unwrap(), "one\n");
    scene.git(&["commit", "-q", "-a", "-m", "three"]);
    scene.done(&["start", "--task", "x", "--base", "main~2"]);
    assert_eq!(scene.read("file"), "one\n", "clean: git switches");
}

#[test]
fn in_the_middle_of_a_merge_only_another_working_tree_will_do() {
    let scene = Scene::new();
    scene.git(&["switch", "-q", "-c", "side"]);
    scene.write("file", "side\n");
    scene.git(&["commit", "-q", "-a", "-m", "side"]);
    scene.git(&["switch", "-q", "main"]);
    scene.write("file", "main\n");
    scene.git(&["commit", "-q", "-a", "-m", "main"]);
    let merge = scene.try_git_at(scene.path(), &["merge", "side"]);
    assert_eq!(merge.code, 1, "{merge:?}");
    let before = scene.picture();
    assert_eq!(
        scene.failure(&["start", "--task", "x"]),
        (1, "run::in_operation".to_owned())
    );
    assert_eq!(scene.picture(), before);
    scene.done(&["start", "--task", "x", "--worktree"]);
    assert!(scene.path().join(".git/MERGE_HEAD").exists());
}

#[test]
fn a_start_that_fails_half_way_is_taken_back_and_told() {
    let scene = Scene::new();
    let before = scene.picture();
    // git makes the working tree, and then its own hook says no.
    let hook = scene.path().join(".git/hooks/post-checkout");
    scene.script(&hook, "exit 1");
    let said = scene.run(&["start", "--task", "x", "--worktree"]);
    assert_eq!(said.code, 128, "{said:?}");
    fs_err::remove_file(hook).unwrap();
    assert_eq!(
        scene.picture(),
        before,
        "branch and working tree are gone again: {said:?}"
    );
    assert!(!scene.beside("repo.runs").exists());
    assert_eq!(
        scene.events(),
        [
            "task_started",
            "git_branch_created",
            "git_operation_failed",
            "task_failed",
            "run_abandoned",
            "run_cleaned_up"
        ]
    );
    let active = scene.json(&["list", "--active"], 0);
    assert_eq!(active["runs"], serde_json::json!([]));
    let run = scene.shown("x/run-1");
    assert_eq!(
        (&run["status"], &run["state"]),
        (&"failed".into(), &"failed".into())
    );
    assert_eq!(
        scene.start("x").0,
        "agent/x/run-2",
        "the next one has a number of its own"
    );
}

#[test]
fn what_git_cannot_check_out_leaves_nothing_behind() {
    let scene = Scene::new();
    scene.write(".gitattributes", "file filter=broken\n");
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "attributes"]);
    scene.git(&["config", "filter.broken.smudge", "false"]);
    scene.git(&["config", "filter.broken.clean", "cat"]);
    scene.git(&["config", "filter.broken.required", "true"]);
    let before = scene.picture();
    let said = scene.run(&["start", "--task", "x", "--worktree"]);
    assert_eq!(said.code, 128, "{said:?}");
    assert_eq!(scene.picture(), before, "{said:?}");
    assert!(!scene.beside("repo.runs").exists(), "{said:?}");
}

#[test]
fn a_working_tree_is_told_as_it_is_seen_from_here() {
    let scene = Scene::new();
    let told = |words: &[&str], want: &str| {
        let said = scene.done(&[&["start", "--task", "x", "--worktree"], words].concat());
        assert!(
            said.err.contains(&format!("\nworking tree {want}\n")),
            "{said:?}"
        );
    };
    told(&[], "../repo.runs/x-1");
    told(&["sub/own"], "sub/own");
    told(&["../own"], "../own");
}

#[test]
fn several_repositories_share_the_task_or_none_begins() {
    let scene = Scene::new();
    let other = scene.beside("other");
    let [here, there] = [scene.path().to_str().unwrap(), other.to_str().unwrap()];
    scene.git(&[
        "clone",
        "-q",
        scene.beside("origin.git").to_str().unwrap(),
        there,
    ]);
    let words = ["start", "--task", "both", "--repo", here, "--repo", there];
    let started = scene.json(&words, 0);
    let other_run = &started["others"][0];
    assert_eq!(started["run"]["task_id"], other_run["task_id"]);
    assert!(started["run"]["task_id"].is_string() && started["run"]["id"] != other_run["id"]);
    assert_eq!(
        scene.git_at(&other, &["symbolic-ref", "--short", "HEAD"]),
        "agent/both/run-1"
    );
    assert_eq!(
        scene.git(&["symbolic-ref", "--short", "HEAD"]),
        "agent/both/run-1"
    );

    scene.git(&["switch", "-q", "main"]);
    let before = scene.picture();
    fs_err::write(
        other.join(".git/MERGE_HEAD"),
        scene.git(&["rev-parse", "main"]),
    )
    .unwrap();
    let said = scene.run(&["start", "--task", "more", "--repo", here, "--repo", there]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("taken back: 'agent/more/run-1' in"),
        "{said:?}"
    );
    assert!(
        said.err.contains(&format!("error: in '{there}': cannot")),
        "{said:?}"
    );
    assert_eq!(
        scene.failure(&words),
        (1, "run::in_operation".to_owned()),
        "the code is that of the failure"
    );
    assert_eq!(scene.picture(), before);
    assert_eq!(scene.shown("more/run-1")["state"], Value::from("failed"));
}

#[test]
fn prefix_and_template_may_be_the_run_s_own() {
    let scene = Scene::new();
    scene.write(".git-checkpoint.toml", "[runs]\nbranch-prefix = \"bots\"\n");
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "policy"]);
    scene.git(&["push", "-q", "origin", "main"]);
    assert_eq!(scene.start("x").0, "bots/x/run-1");
    let words = [
        "start",
        "--task",
        "x",
        "--prefix",
        "me/too",
        "--template",
        "{task} | {description}",
    ];
    scene.done(&words);
    assert_eq!(
        scene.git(&["symbolic-ref", "--short", "HEAD"]),
        "me/too/x/run-1"
    );
    scene.write("file", "two\n");
    scene.run(&["finish", "--no-push", "-m", "Mend it"]);
    assert_eq!(scene.git(&["log", "-1", "--format=%s"]), "x | Mend it");
}

#[test]
fn no_run_begins_where_it_could_not_commit() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[branches]\nprotected = [\"main\", \"release/**\"]\n",
    );
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "policy"]);
    let before = scene.picture();
    assert_eq!(
        scene.failure(&["start", "--task", "x", "--prefix", "release"]),
        (1, "run::protected".to_owned())
    );
    assert_eq!(scene.picture(), before);
    scene.done(&["start", "--task", "x"]);
}

#[test]
fn what_is_printed_for_several_repositories_is_for_a_shell_too() {
    let scene = Scene::new();
    let other = scene.beside("other one");
    let [here, there] = [scene.path().to_str().unwrap(), other.to_str().unwrap()];
    let origin = scene.beside("origin.git");
    scene.git(&["clone", "-q", origin.to_str().unwrap(), there]);
    let words = ["start", "--task", "it's both", "--id", "API-17"];
    let words = [
        &words[..],
        &["--repo", here, "--repo", there, "--repo", here],
    ]
    .concat();
    let lines = scene.done(&words).out;
    let script = "set -e\neval \"$1\"\necho \"$GIT_AGENT_TASK ${GIT_AGENT_RUN-none}\"";
    let shell = scene
        .command("sh", scene.path(), &["-c", script, "sh", &lines])
        .env("GIT_AGENT_RUN", "of another")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&shell.stdout), "API-17 none\n");
    assert!(shell.stderr.is_empty(), "{shell:?}");
    assert_eq!(scene.count("task_started"), 1, "named twice, it is one");
}

#[test]
fn the_working_tree_of_a_submodule_lies_in_no_repository() {
    let scene = Scene::new();
    let bare = scene.beside("origin.git");
    let words = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
    ];
    scene.git(&[&words[..], &[bare.to_str().unwrap(), "deep/sub"]].concat());
    scene.git(&["commit", "-q", "-m", "sub"]);
    let sub = scene.path().join("deep/sub");
    let own = scene.beside("repo.runs/sub-x-1");
    scene.done_at(&sub, &["start", "--task", "x", "--worktree"]);
    assert!(own.join("file").exists());
    assert_eq!(scene.git(&["status", "--porcelain"]), "");

    // From a working tree of the submodule, too.
    scene.done_at(&own, &["start", "--task", "y", "--worktree"]);
    assert!(scene.beside("repo.runs/sub-y-1").join("file").exists());
    scene.write_at(&own, "file", "two\n");
    scene.done_at(
        &own,
        &["finish", "x/run-1", "--no-pull-request", "--cleanup=all"],
    );
    assert!(!own.exists());
    assert_eq!(scene.git_at(&sub, &["fsck", "--no-dangling"]), "");
}
