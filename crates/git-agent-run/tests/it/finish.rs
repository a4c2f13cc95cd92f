use serde_json::json;

use crate::scene::Scene;

/// A run in a working tree of its own, with a change that is not committed.
fn begun(scene: &Scene) -> (String, std::path::PathBuf) {
    let (branch, dir) = scene.start("Fix it");
    scene.write_at(&dir, "file", "two\n");
    scene.write_at(&dir, "new", "new\n");
    (branch, dir)
}

#[test]
fn from_start_to_pushed() {
    let scene = Scene::new();
    let (branch, dir) = begun(&scene);
    scene.done_at(
        &dir,
        &["progress", "--step", "Mend the parser", "--percent", "80"],
    );
    let said = scene.done_at(&dir, &["finish", "--no-pull-request"]);
    assert!(
        said.err.contains(&format!("pushed {branch} to origin")),
        "{said:?}"
    );

    let tip = scene.git_at(&dir, &["rev-parse", "HEAD"]);
    let remote = scene.git_at(&scene.beside("origin.git"), &["rev-parse", &branch]);
    assert_eq!(remote, tip);
    assert_eq!(scene.git_at(&dir, &["status", "--porcelain"]), "");
    let subject = scene.git_at(&dir, &["log", "-1", "--format=%s"]);
    assert_eq!(subject, "[james] Fix it: Mend the parser");
    assert_eq!(
        scene.git_at(&dir, &["rev-parse", "--abbrev-ref", "@{upstream}"]),
        format!("origin/{branch}")
    );
    let run = scene.shown("fix-it/run-1");
    assert_eq!(run["status"], "pushed");
    assert_eq!(run["state"], "completed");
    assert_eq!(run["commits"], json!([tip]));
    assert_eq!(run["pushed"], json!(tip));
    assert_eq!(run["errors"], 0);
    assert_eq!(
        scene.events(),
        [
            "task_started",
            "git_branch_created",
            "task_progress",
            "git_commit_created",
            "git_push_success",
            "task_completed"
        ]
    );
}

#[test]
fn a_second_finish_does_nothing_twice() {
    let scene = Scene::new();
    let (branch, dir) = begun(&scene);
    scene.done_at(&dir, &["finish", "--no-pull-request"]);
    let (events, commits) = (scene.events(), scene.git(&["rev-list", "--count", &branch]));
    let said = scene.done(&["finish", &branch, "--no-pull-request"]);
    assert!(
        said.err.contains(&format!("{branch} is at origin already")),
        "{said:?}"
    );
    assert_eq!(scene.events(), events);
    assert_eq!(scene.git(&["rev-list", "--count", &branch]), commits);
    // What comes after it goes the same way.
    scene.write_at(&dir, "file", "three\n");
    scene.done(&["finish", &branch, "--no-pull-request"]);
    assert_eq!(scene.count("git_commit_created"), 2);
    assert_eq!(scene.count("git_push_success"), 2);
}

#[test]
fn pushed_but_no_pull_request_has_a_status_of_its_own() {
    let scene = Scene::new();
    let (_, dir) = begun(&scene);
    let said = scene.run_at(&dir, &["finish"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.err.contains("pushed, but there is no pull request"),
        "{said:?}"
    );
    assert!(
        said.err
            .contains("hint: to go on: git agent-run finish fix-it/run-1"),
        "{said:?}"
    );
    let run = scene.shown("fix-it/run-1");
    assert_eq!(
        (&run["status"], &run["state"]),
        (&json!("pushed"), &json!("running"))
    );
    assert_eq!(run["last_error"]["operation"], "pull-request");
    let document = scene.json(&["finish", "fix-it/run-1"], 3);
    assert_eq!(document["trouble"]["step"], "pull_request");
    assert_eq!(document["finished"], false);
    assert_eq!(
        scene.count("git_push_success"),
        1,
        "what is there is not pushed again"
    );
}

#[test]
fn without_a_token_the_page_is_printed_and_the_work_is_pushed() {
    let scene = Scene::new();
    // The address is that of a forge; git goes to the directory.
    let bare = scene.beside("origin.git");
    let instead = format!("url.{}.insteadOf", bare.display());
    scene.git(&["config", &instead, "https://github.com/ada/engine.git"]);
    scene.git(&[
        "config",
        "remote.origin.pushurl",
        "https://github.com/ada/engine.git",
    ]);
    scene.set("GH_CONFIG_DIR", "/nonexistent");
    let (branch, dir) = begun(&scene);
    let said = scene.run_at(&dir, &["finish"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert_eq!(
        scene.git_at(&bare, &["rev-parse", &branch]),
        scene.git_at(&dir, &["rev-parse", "HEAD"])
    );
}

#[test]
fn a_refused_push_loses_nothing_and_names_the_next_command() {
    let scene = Scene::new();
    let (branch, dir) = begun(&scene);
    let hook = scene.beside("origin.git/hooks/pre-receive");
    scene.script(&hook, "echo 'no agents here' >&2; exit 1");
    let said = scene.run_at(&dir, &["finish", "--no-pull-request"]);
    assert_eq!(said.code, 128, "{said:?}");
    assert!(said.err.contains("remote: no agents here"), "{said:?}");
    assert!(
        said.err
            .contains("not pushed: [remote rejected] (pre-receive hook declined)"),
        "{said:?}"
    );
    assert!(
        said.err
            .contains("hint: to go on: git agent-run finish fix-it/run-1"),
        "{said:?}"
    );
    let run = scene.shown("fix-it/run-1");
    assert_eq!(
        (&run["status"], &run["errors"]),
        (&json!("failed"), &json!(1))
    );
    assert_eq!(
        scene.git(&["log", "-1", "--format=%s", &branch]),
        "[james] Fix it: what was left"
    );

    fs_err::remove_file(hook).unwrap();
    scene.done_at(&dir, &["finish", "--no-pull-request"]);
    let run = scene.shown("fix-it/run-1");
    assert_eq!(
        (&run["status"], &run["errors"]),
        (&json!("pushed"), &json!(1))
    );
    assert_eq!(scene.count("git_commit_created"), 1);
}

#[test]
fn a_remote_that_is_gone_is_told_from_one_that_says_no() {
    let scene = Scene::new();
    let (branch, dir) = begun(&scene);
    let check = |reason: &str| {
        let document = scene.json(&["finish", &branch, "--no-pull-request"], 128);
        assert_eq!(document["trouble"]["reason"], reason, "{document}");
        assert_eq!(document["trouble"]["step"], "push");
    };
    let url = scene.git(&["remote", "get-url", "origin"]);
    scene.git(&["remote", "set-url", "origin", "/gone/for/good.git"]);
    check("unreachable");
    scene.git(&["remote", "set-url", "origin", &url]);
    let hook = scene.path().join(".git/hooks/pre-push");
    scene.script(&hook, "exit 1");
    check("hook");
    fs_err::remove_file(hook).unwrap();
    // Somebody else has pushed to the branch of the run.
    let other = scene.beside("other");
    scene.git(&["clone", "-q", &url, other.to_str().unwrap()]);
    scene.git_at(&other, &["commit", "-q", "--allow-empty", "-m", "theirs"]);
    scene.git_at(&other, &["push", "-q", "origin", &format!("HEAD:{branch}")]);
    check("non_fast_forward");
    let theirs = scene.git_at(&other, &["rev-parse", "HEAD"]);
    assert_eq!(
        scene.git_at(&scene.beside("origin.git"), &["rev-parse", &branch]),
        theirs,
        "never by force"
    );
    assert_eq!(scene.count("git_push_failed"), 3);
    assert_eq!(
        scene.git_at(&dir, &["status", "--porcelain"]),
        "",
        "and the work is committed"
    );
}

#[test]
fn a_hook_that_rejects_the_commit_leaves_everything_as_it_was() {
    let scene = Scene::new();
    let (branch, dir) = begun(&scene);
    let hook = scene.path().join(".git/hooks/pre-commit");
    scene.script(&hook, "echo 'not like this' >&2; exit 1");
    let index = scene.path().join(".git/worktrees/fix-it-1/index");
    let before = (
        fs_err::read(&index).unwrap(),
        scene.git(&["rev-parse", &branch]),
    );
    let said = scene.run_at(&dir, &["finish", "--no-pull-request"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("not like this"), "{said:?}");
    let after = (
        fs_err::read(&index).unwrap(),
        scene.git(&["rev-parse", &branch]),
    );
    assert!(after == before, "index and branch are as they were");
    assert_eq!(
        scene.git_at(&dir, &["status", "--porcelain"]),
        " M file\n?? new"
    );
    let run = scene.shown("fix-it/run-1");
    assert_eq!(
        (&run["status"], &run["last_error"]["operation"]),
        (&json!("failed"), &json!("commit"))
    );
    fs_err::remove_file(hook).unwrap();
    scene.done_at(&dir, &["finish", "--no-pull-request"]);
    assert_eq!(scene.shown("fix-it/run-1")["status"], "pushed");
}

#[test]
fn with_nothing_to_commit_nothing_is_committed_or_pushed() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("Idle");
    let said = scene.done_at(&dir, &["finish"]);
    assert!(
        said.err
            .contains("nothing to push: no commit on agent/idle/run-1"),
        "{said:?}"
    );
    let there = scene.try_git_at(
        &scene.beside("origin.git"),
        &["rev-parse", "--verify", "-q", &branch],
    );
    assert_ne!(there.code, 0, "an empty branch is nobody's");
    assert_eq!(scene.shown("idle/run-1")["state"], "completed");
}

#[test]
fn commits_that_git_made_itself_are_on_record_too() {
    let scene = Scene::new();
    let (branch, dir) = begun(&scene);
    scene.git_at(&dir, &["add", "."]);
    scene.git_at(&dir, &["commit", "-q", "-m", "by hand"]);
    scene.done_at(&dir, &["finish", "--no-pull-request"]);
    let tip = scene.git(&["rev-parse", &branch]);
    assert_eq!(scene.shown("fix-it/run-1")["commits"], json!([tip]));
    let note = scene.git(&["notes", "--ref=agents", "show", &tip]);
    assert!(note.contains("git_commit_created"), "{note}");
}

#[test]
fn without_a_remote_the_work_is_committed() {
    let scene = Scene::alone();
    let (_, dir) = begun(&scene);
    let said = scene.done_at(&dir, &["finish"]);
    assert!(
        said.err.contains("stays here: there is no remote"),
        "{said:?}"
    );
    assert_eq!(
        scene.failure(&["finish", "fix-it/run-1", "--push"]),
        (1, "run::no_remote".to_owned())
    );
}

#[test]
fn clean_up_takes_only_what_nobody_misses() {
    let scene = Scene::new();
    let (branch, dir) = begun(&scene);
    let said = scene.done_at(&dir, &["finish", "--no-push", "--cleanup=all"]);
    assert!(!dir.exists(), "all of it is committed: {said:?}");
    assert!(
        said.err
            .contains("stays: it has commits that are not pushed"),
        "{said:?}"
    );
    scene.git(&["rev-parse", "--verify", &branch]);
    let said = scene.done(&["finish", &branch, "--no-pull-request", "--cleanup=all"]);
    assert!(said.err.contains(&format!("removed {branch}")), "{said:?}");
    let gone = scene.try_git_at(scene.path(), &["rev-parse", "--verify", "-q", &branch]);
    assert_ne!(gone.code, 0);
    let section = format!("branch.{branch}");
    let config = scene.try_git_at(scene.path(), &["config", "--get-regexp", &section]);
    assert_eq!(config.out, "", "nor does the configuration know it");
    assert!(!scene.beside("repo.runs").exists());
    // Once more: there is nothing left to do.
    scene.done(&["finish", &branch, "--no-pull-request", "--cleanup=all"]);
}

#[test]
fn a_working_tree_that_was_there_before_is_not_cleaned_up() {
    let scene = Scene::new();
    scene.done(&["start", "--task", "here"]);
    scene.write("file", "two\n");
    let said = scene.done(&["finish", "--no-pull-request", "--cleanup=all"]);
    assert!(said.err.contains("stays: it is checked out"), "{said:?}");
    assert_eq!(scene.read("file"), "two\n");
}

#[test]
fn the_policy_says_what_finish_does_and_options_say_otherwise() {
    let scene = Scene::new();
    scene.policy("[runs]\npush = false\npull-request = \"never\"\ncleanup = \"worktree\"\n");
    let (branch, dir) = begun(&scene);
    let said = scene.done_at(&dir, &["finish"]);
    assert!(said.err.contains("stays here"), "{said:?}");
    assert!(!dir.exists(), "{said:?}");
    let said = scene.done(&["finish", &branch, "--push"]);
    assert!(
        said.err.contains("pushed agent/fix-it/run-1 to origin"),
        "{said:?}"
    );
}

#[test]
fn work_that_went_on_beside_the_branch_is_told() {
    let scene = Scene::new();
    scene.done(&["start", "--task", "x"]);
    scene.git(&["commit", "-q", "--allow-empty", "-m", "two"]);
    scene.git(&["switch", "-q", "--detach"]);
    scene.write("file", "three\n");
    let finish = ["finish", "x/run-1", "--no-pull-request", "--cleanup=all"];
    let check = || {
        for words in [&finish[..], &["abandon", "x/run-1"]] {
            let said = scene.done(words);
            assert!(
                said.err
                    .contains("is not part of the run: it is not on branch 'agent/x/run-1'"),
                "{said:?}"
            );
            scene.git(&["rev-parse", "--verify", "agent/x/run-1"]);
        }
    };
    check();
    assert_eq!(scene.read("file"), "three\n");
    scene.git(&["commit", "-q", "-a", "-m", "three"]);
    scene.git(&["switch", "-q", "-c", "other"]);
    scene.done(&["resume", "x/run-1"]);
    scene.git(&["switch", "-q", "other"]);
    check();
    // Whoever is somewhere else does something else.
    scene.done_at(scene.path(), &["resume", "x/run-1"]);
    scene.git(&["switch", "-q", "main"]);
    scene.write("file", "four\n");
    let said = scene.done(&finish);
    assert!(!said.err.contains("is not part of the run"), "{said:?}");
}

#[test]
fn what_others_pushed_is_taken_in_where_the_branch_is() {
    let scene = Scene::new();
    let (branch, dir) = begun(&scene);
    scene.done(&["finish", "fix-it/run-1", "--no-pull-request"]);
    let other = scene.beside("other");
    let url = scene.git(&["remote", "get-url", "origin"]);
    scene.git(&["clone", "-q", &url, other.to_str().unwrap()]);
    scene.git_at(&other, &["switch", "-q", &branch]);
    scene.git_at(&other, &["commit", "-q", "--allow-empty", "-m", "theirs"]);
    scene.git_at(&other, &["push", "-q", "origin", &format!("HEAD:{branch}")]);
    scene.write_at(&dir, "file", "three\n");
    let main = scene.git(&["rev-parse", "main"]);
    let document = scene.json(&["finish", "fix-it/run-1", "--no-pull-request"], 128);
    let next = document["trouble"]["next"].as_str().unwrap();
    let pull = next.split(" && ").next().unwrap();
    let words: Vec<_> = pull.split(' ').skip(1).collect();
    scene.git(&words);
    assert_eq!(scene.git(&["rev-parse", "main"]), main, "{next}");
    assert_eq!(
        scene.git_at(&dir, &["log", "--format=%s", "-2"]),
        "[james] Fix it: what was left\ntheirs",
        "{next}"
    );
    scene.done(&["finish", "fix-it/run-1", "--no-pull-request"]);
}

#[test]
fn which_of_several_remotes_is_meant_has_to_be_said() {
    let scene = Scene::alone();
    scene.add_remote("one");
    scene.add_remote("two");
    let (branch, dir) = begun(&scene);
    let finish = ["finish", "fix-it/run-1", "--no-pull-request"];
    assert_eq!(
        scene.failure(&finish),
        (1, "run::which_remote".to_owned()),
        "nothing was done"
    );
    assert_eq!(
        scene.git_at(&dir, &["status", "--porcelain"]),
        " M file\n?? new"
    );
    let said = scene.run(&finish);
    assert!(
        said.err.contains("hint: git config remote.pushDefault one"),
        "{said:?}"
    );
    scene.git(&["config", "remote.pushDefault", "one"]);
    scene.done(&finish);
    scene.git_at(
        &scene.beside("one.git"),
        &["rev-parse", "--verify", &branch],
    );
}

#[test]
fn what_was_asked_for_and_cannot_be_is_no_success() {
    let scene = Scene::alone();
    let (_, dir) = begun(&scene);
    for word in ["--pull-request", "--merge", "--push"] {
        assert_eq!(
            scene.failure(&["finish", "fix-it/run-1", word]),
            (1, "run::no_remote".to_owned()),
            "{word}"
        );
        assert_eq!(
            scene.git_at(&dir, &["status", "--porcelain"]),
            " M file\n?? new",
            "{word}"
        );
    }
    let said = scene.done(&["finish", "fix-it/run-1"]);
    assert!(said.err.contains("there is no remote"), "{said:?}");
}
