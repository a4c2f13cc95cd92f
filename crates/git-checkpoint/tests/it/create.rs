//! `create`.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::scene::{Said, Scene, now};

/// Runs `create` so many seconds after the others, so that it is the latest.
fn create_at(scene: &Scene, seconds: i64, args: &[&str]) -> Said {
    scene.run_later(seconds, &[&["create"], args].concat())
}

fn refs(scene: &Scene) -> String {
    scene.git(&["for-each-ref"])
}

fn hook(scene: &Scene, name: &str, script: &str) {
    let path = scene.path().join(".git/hooks").join(name);
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs_err::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
}

fn dirty(scene: &Scene) {
    scene.write("file", "two\n");
    scene.write("staged", "new\n");
    scene.git(&["add", "staged"]);
    scene.write("untracked", "new\n");
}

#[test]
fn one_line_tells_the_id_the_name_and_what_stands_out() {
    let scene = Scene::new();
    dirty(&scene);
    let said = scene.done(&["create", "before-api-work"]);
    let id = scene.json(&["show"])["checkpoint"]["id"].clone();
    let id = id.as_str().unwrap();
    assert_eq!(
        said.out,
        format!(
            "{} before-api-work  staged changes, 1 changed, 1 untracked\n",
            &id[..13]
        )
    );
    assert_eq!(
        said.err,
        format!(
            "hint: on a clean working tree, plain git brings it back:\n\
             hint:   git stash apply --index refs/checkpoints/{id}\n"
        )
    );
}

#[test]
fn nothing_that_can_be_seen_changes_and_plain_git_brings_it_back() {
    let scene = Scene::new();
    dirty(&scene);
    let seen = || {
        let index = fs_err::read(scene.path().join(".git/index")).unwrap();
        let log = scene.git(&["reflog", "HEAD", "main"]);
        (
            scene.git(&["status", "--porcelain=v2"]),
            scene.git(&["rev-parse", "HEAD"]),
            index,
            log,
        )
    };
    let before = seen();
    let made = scene.json(&["create"]);
    assert_eq!(seen(), before);
    let status = scene.git(&["status", "--porcelain"]);
    scene.git(&["reset", "-q", "--hard"]);
    scene.git(&["clean", "-qfd"]);
    let snapshot = made["checkpoint"]["snapshot"].as_str().unwrap();
    scene.git(&["stash", "apply", "-q", "--index", snapshot]);
    // What was untracked comes back as a file of the snapshot; git status has it staged.
    let back = scene.git(&["status", "--porcelain"]);
    assert!(
        back.contains("A  staged") && back.contains(" M file"),
        "{status}\n--\n{back}"
    );
    assert!(scene.path().join("untracked").exists());
}

#[test]
fn everything_that_was_said_is_in_the_record() {
    let scene = Scene::new();
    let words = "create api/step-2 -m subject -m body --type milestone --phase implement --session s1 --agent James \
        --task t1 --state tests_passing=12 --state tests_failing=0";
    let words: Vec<_> = words.split_whitespace().collect();
    let made = scene.json(&words);
    let checkpoint = &made["checkpoint"];
    let told = |key: &str| checkpoint[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(made["created"], true);
    assert_eq!(told("name"), "api/step-2");
    assert_eq!(told("description"), "subject\n\nbody");
    assert_eq!(told("kind"), "milestone");
    assert_eq!(told("phase"), "implement");
    assert_eq!(
        (told("session"), told("agent"), told("task")),
        ("s1".into(), "James".into(), "t1".into())
    );
    assert_eq!(
        checkpoint["state"],
        serde_json::json!({"tests_passing": 12, "tests_failing": 0})
    );
    assert_eq!(checkpoint["by"]["agent"], "James");
    assert_eq!(checkpoint["verdict"], "full");
    let note = scene.git(&["notes", "--ref=checkpoints", "show", &told("snapshot")]);
    let event: Value = serde_json::from_str(&note).unwrap();
    assert_eq!(event["checkpoint"], checkpoint["id"]);
    assert_eq!(scene.git(&["tag", "--list"]), "checkpoint/api/step-2");
}

#[test]
fn an_unborn_branch_keeps_what_is_there() {
    let scene = Scene::unborn();
    scene.write("file", "one\n");
    let made = scene.json(&["create", "start"]);
    assert_eq!(made["checkpoint"]["files"]["untracked"], 1);
    assert_eq!(made["checkpoint"]["verdict"], "full");
    assert_eq!(made["checkpoint"]["head"], Value::Null);
}

#[test]
fn a_taken_name_is_refused_unless_it_may_be_replaced() {
    let scene = Scene::new();
    let first = scene.json(&["create", "safe"]);
    let before = refs(&scene);
    let taken = (1, "checkpoint::name_taken".to_owned());
    assert_eq!(scene.failure(&["create", "safe"]), taken);
    assert_eq!(refs(&scene), before, "a refusal changes nothing");
    let said = scene.run(&["create", "safe"]);
    assert!(said.err.contains("--replace"), "{}", said.err);
    let second = scene.json(&["create", "safe", "--replace"]);
    assert_eq!(second["replaced"], first["checkpoint"]["id"]);
    let old = first["checkpoint"]["id"].as_str().unwrap();
    assert_eq!(
        scene.json(&["show", old])["checkpoint"]["name"],
        Value::Null
    );
    assert_eq!(
        scene.json(&["show", "safe"])["checkpoint"]["id"],
        second["checkpoint"]["id"]
    );
}

#[test]
fn a_name_that_would_be_the_folder_of_another_is_refused() {
    let scene = Scene::new();
    scene.done(&["create", "api/step-1"]);
    let before = refs(&scene);
    let occupied = (1, "refs::occupied".to_owned());
    assert_eq!(scene.failure(&["create", "api"]), occupied);
    assert_eq!(scene.failure(&["create", "api/step-1/a"]), occupied);
    scene.write("file", "two\n");
    assert_eq!(scene.failure(&["create", "api", "--commit"]), occupied);
    assert_eq!(
        scene.failure(&["create", "api/step-1/a", "--commit"]),
        occupied
    );
    assert_eq!(refs(&scene), before);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_own_code() {
    let scene = Scene::new();
    let before = refs(&scene);
    let check = |args: &[&str], code: &str| {
        let want = (129, code.to_owned());
        assert_eq!(
            scene.failure(&[&["create"], args].concat()),
            want,
            "{args:?}"
        );
    };
    let long = "a".repeat(201);
    for name in [
        "",
        " ",
        "a b",
        "a..b",
        ".a",
        "a.lock",
        "a/",
        "latest",
        "a\x07",
        "a\u{85}",
        long.as_str(),
    ] {
        check(&[name], "checkpoint::name_invalid");
    }
    check(&["--type", "big"], "checkpoint::word_unknown");
    check(&["--phase", "big"], "checkpoint::word_unknown");
    check(&["--state", "tests"], "checkpoint::state_invalid");
    check(&["--state", "tests=1"], "checkpoint::state_invalid");
    check(
        &["--state", "tests_passing=-1"],
        "checkpoint::state_invalid",
    );
    check(
        &["--state", "tests_passing=1.5"],
        "checkpoint::state_invalid",
    );
    check(&["--exclude", "["], "policy::pattern_invalid");
    check(&["--include", ""], "policy::pattern_invalid");
    check(&["-x"], "edge::usage");
    check(&["--replace"], "edge::usage");
    let said = scene.run(&["create", "--", "-x"]);
    assert_eq!(said.code, 129);
    assert!(said.err.contains("it starts with '-'"), "{}", said.err);
    assert_eq!(refs(&scene), before);
}

#[test]
fn a_broken_policy_is_fatal_and_underlined() {
    let scene = Scene::new();
    let before = refs(&scene);
    scene.write(
        ".git-checkpoint.toml",
        "[capture]\nmax-file-sise = \"1 MiB\"\n",
    );
    let said = scene.run(&["create"]);
    assert_eq!((said.code, said.out.as_str()), (128, ""));
    assert!(
        said.err
            .starts_with("fatal: bad policy in '.git-checkpoint.toml' line 2"),
        "{}",
        said.err
    );
    assert!(said.err.contains("max-file-sise"), "{}", said.err);
    assert_eq!(
        scene.failure(&["create"]),
        (128, "policy::invalid".to_owned())
    );
    fs_err::remove_file(scene.path().join(".git-checkpoint.toml")).unwrap();
    fs_err::create_dir(scene.path().join(".git-checkpoint.toml")).unwrap();
    assert_eq!(
        scene.failure(&["create"]),
        (128, "policy::unreadable".to_owned())
    );
    assert_eq!(refs(&scene), before);
}

#[test]
fn what_is_not_kept_is_told_with_its_reason() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[capture]\nmax-file-size = 60\nexclude = [\"*.log\"]\n",
    );
    scene.write("big", "x".repeat(61));
    scene.write("a.log", "x");
    scene.write("b.tmp", "x");
    scene.git(&["init", "-q", "nested"]);
    let said = scene.done(&["create", "--exclude", "*.tmp"]);
    let warning = said.err.split("hint:").next().unwrap();
    assert_eq!(
        warning,
        "warning: 4 paths are not in the checkpoint:\n\
         \x20 a.log: excluded by the policy or by --exclude\n\
         \x20 b.tmp: excluded by the policy or by --exclude\n\
         \x20 big: untracked and larger than capture.max-file-size (61 bytes)\n\
         \x20 nested/: a repository of its own; make a checkpoint inside it\n"
    );
    assert_eq!(scene.json(&["show"])["checkpoint"]["verdict"], "partial");
}

#[test]
fn untracked_files_can_be_left_out() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.write("untracked", "x");
    let made = scene.json(&["create", "--no-untracked"]);
    assert_eq!(made["checkpoint"]["files"]["untracked"], 0);
    assert_eq!(
        made["checkpoint"]["skipped"][0]["reason"],
        "untracked_not_asked"
    );
}

#[test]
fn a_long_list_of_what_is_not_kept_ends_after_a_screenful() {
    let scene = Scene::new();
    for number in 0..40 {
        scene.write(&format!("{number:02}.log"), "x");
    }
    let said = scene.done(&["create", "--exclude", "*.log"]);
    assert!(
        said.err.contains("40 paths are not in the checkpoint:"),
        "{}",
        said.err
    );
    assert!(said.err.contains("\n  and 25 more\n"), "{}", said.err);
    assert!(said.err.lines().count() < 20, "{}", said.err);
}

#[test]
fn a_policy_can_refuse_repositories_inside_this_one() {
    let scene = Scene::new();
    scene.write(".git-checkpoint.toml", "[capture]\nnested = \"refuse\"\n");
    scene.git(&["init", "-q", "nested"]);
    assert_eq!(
        scene.failure(&["create"]),
        (1, "checkpoint::nested".to_owned())
    );
    assert_eq!(
        scene.failure(&["create", "--commit"]),
        (1, "checkpoint::nested".to_owned())
    );
}

#[test]
fn a_home_directory_is_no_working_tree_unless_the_policy_says_so() {
    let scene = Scene::new();
    let create = || {
        let mut command = scene.checkpoint(&["create"]);
        Said::from(command.env("HOME", scene.path()).output().unwrap())
    };
    let said = create();
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("allow-home"), "{}", said.err);
    scene.write(".git-checkpoint.toml", "[capture]\nallow-home = true\n");
    let said = create();
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn no_repository_or_no_files_is_fatal() {
    let nowhere = tempfile::tempdir().unwrap();
    let scene = Scene::new();
    let run = |dir: &std::path::Path| {
        let mut command = scene.checkpoint(&["create"]);
        command.env("GIT_CEILING_DIRECTORIES", dir.parent().unwrap());
        Said::from(command.current_dir(dir).output().unwrap())
    };
    let said = run(nowhere.path());
    assert_eq!(said.code, 128);
    assert!(
        said.err.starts_with("fatal: not a git repository"),
        "{}",
        said.err
    );
    scene.git(&["init", "-q", "--bare", nowhere.path().to_str().unwrap()]);
    let said = run(nowhere.path());
    assert_eq!(said.code, 128);
    assert!(
        said.err
            .starts_with("fatal: this operation must be run in a work tree"),
        "{}",
        said.err
    );
}

#[test]
fn if_changed_makes_none_where_the_latest_holds_the_same() {
    let scene = Scene::new();
    dirty(&scene);
    let first = create_at(&scene, 1, &["first"]);
    let id = first.out.split(' ').next().unwrap().to_owned();
    let said = create_at(&scene, 2, &["--if-changed"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert_eq!(
        said.err,
        format!("nothing has changed since checkpoint {id}\n")
    );
    let made = |seconds: i64| {
        let said = create_at(&scene, seconds, &["--if-changed", "--json"]);
        let document: Value = serde_json::from_str(&said.out).unwrap();
        document["created"].as_bool().unwrap()
    };
    scene.git(&["add", "file"]);
    assert!(made(3), "the index changed");
    scene.write("untracked", "other\n");
    assert!(made(4), "an untracked file changed");
    fs_err::remove_file(scene.path().join("untracked")).unwrap();
    assert!(made(5), "a file is gone");
    scene.git(&["switch", "-qc", "topic"]);
    assert!(made(6), "the branch is another");
    scene.git(&["commit", "-qm", "two"]);
    assert!(made(7), "HEAD moved");
    fs_err::create_dir(scene.path().join("empty")).unwrap();
    assert!(made(8), "a directory without files is new");
    assert!(!made(9), "nothing changed since");
}

#[test]
fn if_changed_proposes_to_name_the_one_there_is() {
    let scene = Scene::new();
    create_at(&scene, 1, &[]);
    let said = create_at(&scene, 2, &["--if-changed", "safe"]);
    assert_eq!(said.code, 0);
    assert!(said.err.contains("git checkpoint name"), "{}", said.err);
}

#[test]
fn if_changed_looks_at_its_own_worktree() {
    let scene = Scene::new();
    let other = tempfile::tempdir().unwrap();
    let path = other.path().join("linked");
    scene.git(&[
        "worktree",
        "add",
        "-q",
        path.to_str().unwrap(),
        "-b",
        "topic",
    ]);
    create_at(&scene, 1, &[]);
    let mut command = scene.checkpoint(&["create"]);
    command
        .current_dir(&path)
        .env("GIT_TEST_DATE_NOW", (now().timestamp() + 2).to_string());
    let other = Said::from(command.output().unwrap());
    assert_eq!(other.code, 0, "{}", other.err);
    let said = create_at(&scene, 3, &["--if-changed"]);
    assert!(said.err.starts_with("nothing has changed"), "{}", said.err);
}

#[test]
fn commit_commits_everything_and_keeps_the_result() {
    let scene = Scene::new();
    dirty(&scene);
    let said = scene.done(&["create", "done", "--commit", "-m", "all of it", "--json"]);
    let made: Value = serde_json::from_str(&said.out).unwrap();
    let head = scene.git(&["rev-parse", "HEAD"]);
    assert!(
        said.err.contains(&format!("committed {}\n", &head[..7])),
        "{}",
        said.err
    );
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
    assert_eq!(scene.git(&["log", "-1", "--format=%s"]), "all of it");
    assert_eq!(made["commit"], scene.git(&["rev-parse", "HEAD"]));
    assert_eq!(made["checkpoint"]["head"], made["commit"]);
    assert_eq!(scene.git(&["diff", "--cached", "--name-only"]), "");
}

#[test]
fn commit_with_nothing_to_commit_is_a_checkpoint_like_any() {
    let scene = Scene::new();
    let head = scene.git(&["rev-parse", "HEAD"]);
    let made = scene.json(&["create", "--commit"]);
    assert_eq!(made["commit"], Value::Null);
    assert_eq!(scene.git(&["rev-parse", "HEAD"]), head);
}

#[test]
fn commit_leaves_out_what_the_checkpoint_leaves_out() {
    let scene = Scene::new();
    dirty(&scene);
    scene.write("deep/secret.key", "x");
    scene.write("deep/open", "x");
    scene.done(&["create", "--commit", "--exclude", "*.key"]);
    assert_eq!(scene.git(&["status", "--porcelain"]), "?? deep/secret.key");
    scene.git(&["init", "-q", "nested"]);
    scene.write("nested/file", "x");
    scene.write("later", "x");
    scene.write("file", "three\n");
    scene.done(&["create", "--commit", "--no-untracked"]);
    assert_eq!(scene.git(&["show", "HEAD:file"]), "three");
    assert_eq!(scene.git(&["ls-files", "later"]), "");
    scene.done(&["create", "--commit"]);
    assert_eq!(
        scene.git(&["ls-files", "later", "nested", "deep"]),
        "deep/open\ndeep/secret.key\nlater"
    );
}

#[test]
fn a_hook_that_refuses_leaves_everything_as_it_was() {
    let scene = Scene::new();
    dirty(&scene);
    hook(&scene, "pre-commit", "echo not today; exit 1");
    let seen = || {
        let index = fs_err::read(scene.path().join(".git/index")).unwrap();
        let names = fs_err::read_dir(scene.path().join(".git")).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        (
            index,
            names,
            refs(&scene),
            scene.git(&["status", "--porcelain"]),
        )
    };
    let before = seen();
    let said = scene.run(&["create", "--commit", "never"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(
        said.err.contains("not today"),
        "the hook is heard: {}",
        said.err
    );
    assert!(
        said.err.contains("error: git commit refused"),
        "{}",
        said.err
    );
    assert_eq!(seen(), before);
}

#[test]
fn a_taken_name_is_refused_before_anything_is_committed() {
    let scene = Scene::new();
    scene.done(&["create", "safe"]);
    dirty(&scene);
    let head = scene.git(&["rev-parse", "HEAD"]);
    assert_eq!(scene.failure(&["create", "safe", "--commit"]).0, 1);
    assert_eq!(scene.git(&["rev-parse", "HEAD"]), head);
}

#[test]
fn commit_is_refused_where_it_would_decide_something() {
    let scene = Scene::new();
    let check = |code: &str| {
        let head = scene.git(&["rev-parse", "HEAD"]);
        assert_eq!(scene.failure(&["create", "--commit"]), (1, code.to_owned()));
        assert_eq!(scene.git(&["rev-parse", "HEAD"]), head);
    };
    scene.git(&["switch", "-qc", "topic"]);
    scene.write("file", "topic\n");
    scene.git(&["commit", "-qam", "topic"]);
    scene.git(&["switch", "-q", "main"]);
    scene.write("file", "main\n");
    scene.git(&["commit", "-qam", "main"]);
    let merge = scene.try_git(&["merge", "-q", "topic"]);
    assert_eq!(merge.code, 1, "{}", merge.err);
    check("commit::in_operation");
    let said = scene.done(&["create", "mid-merge"]);
    assert!(said.out.contains("mid-merge  merge, "), "{}", said.out);
    fs_err::remove_file(scene.path().join(".git/MERGE_HEAD")).unwrap();
    fs_err::remove_file(scene.path().join(".git/MERGE_MSG")).unwrap();
    check("commit::conflicts");
    scene.git(&["reset", "-q", "--hard"]);
    scene.git(&["switch", "-q", "--detach"]);
    check("commit::detached");
    scene.git(&["switch", "-q", "main"]);
    scene.write(".git/index.lock", "");
    check("commit::index_locked");
}

#[test]
fn it_works_from_below_and_says_nothing_with_quiet_but_the_line() {
    let scene = Scene::new();
    dirty(&scene);
    scene.write("deep/er/file", "x");
    let mut command = scene.checkpoint(&["create", "-q"]);
    let said = Said::from(
        command
            .current_dir(scene.path().join("deep/er"))
            .output()
            .unwrap(),
    );
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(said.err, "");
    assert!(
        said.out
            .ends_with("  staged changes, 1 changed, 2 untracked\n"),
        "{}",
        said.out
    );
}
