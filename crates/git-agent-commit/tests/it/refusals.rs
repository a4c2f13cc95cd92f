//! What is refused, and that nothing was changed by it.

use serde_json::Value;

use crate::scene::{Scene, failure_of};

/// After `before`, a commit with these words is refused by `code`, and nothing is another.
fn check(before: &str, args: &[&str], want: (i32, &str)) {
    let scene = Scene::new();
    scene.sh(before);
    refused(&scene, args, want);
}

fn refused(scene: &Scene, args: &[&str], (exit, code): (i32, &str)) {
    let there = scene.untouched();
    assert_eq!(scene.failure(args), (exit, code.to_owned()), "{args:?}");
    assert_eq!(scene.untouched(), there, "{args:?}");
}

#[test]
fn a_path_that_means_nothing_is_refused() {
    let check = |before: &str, path: &str, code: &str| {
        let before = format!("echo two >file; {before}");
        check(&before, &["--", path], (1, code));
    };
    check("", "nowhere", "commit::path_unknown");
    check("mkdir empty", "empty", "commit::path_unknown");
    check("", "fi*", "commit::path_unknown");
    check("", ":/", "commit::path_unknown");
    check("echo x >x.log", "x.log", "commit::path_ignored");
    check(
        "mkdir d.log; echo x >d.log/x",
        "d.log",
        "commit::path_ignored",
    );
    check("mkdir d; echo x >d/x.log", "d", "commit::path_unknown");
    check("", "../outside", "commit::path_outside");
    check("", "/etc/passwd", "commit::path_outside");
    check("", ".git/config", "commit::path_outside");
    check("ln -s dir link", "link/a", "commit::path_beyond_link");
    check("ln -s /etc etc", "etc/passwd", "commit::path_beyond_link");
    check(
        "git init -q nested; echo x >nested/x",
        "nested/x",
        "commit::path_in_repository",
    );
    check(
        "git init -q nested; echo x >nested/x",
        "nested",
        "commit::path_in_repository",
    );
    check("mkfifo fifo", "fifo", "commit::path_unkept");
}

#[test]
fn an_empty_path_is_not_everything() {
    check("echo two >file", &["--", ""], (129, "commit::path_empty"));
}

#[test]
fn an_empty_change_is_refused() {
    check("", &[], (1, "commit::nothing"));
    check("echo two >file", &["--", "other"], (1, "commit::nothing"));
    check(
        "echo staged >other; git add other",
        &["--", "file"],
        (1, "commit::nothing"),
    );
    check("touch file; echo x >x.log", &[], (1, "commit::nothing"));
    let scene = Scene::new();
    scene.failure(&[]);
    assert_eq!(scene.n_checkpoints(), 0, "nothing had to be kept");
}

#[test]
fn where_it_would_decide_something_it_is_refused() {
    check(
        "git checkout -q --detach; echo two >file",
        &[],
        (1, "commit::detached"),
    );
    let diverge = "git switch -qc topic; echo topic >file; git commit -qam topic; \
                   git switch -q work; echo work >file; git commit -qam work;";
    let merge = format!("{diverge} git merge -q topic || true");
    check(&merge, &[], (1, "commit::in_operation"));
    check(
        &format!("{merge}; echo x >other"),
        &["--", "other"],
        (1, "commit::in_operation"),
    );
    let pick = format!("{diverge} git cherry-pick topic >/dev/null 2>&1 || true");
    check(&pick, &[], (1, "commit::in_operation"));
    let stash =
        "echo a >file; git stash -q; echo b >file; git commit -qam b; git stash pop -q || true";
    check(stash, &[], (1, "commit::conflicts"));
    let bare = Scene::unborn("main");
    bare.git(&["config", "core.bare", "true"]);
    assert_eq!(bare.failure(&[]), (128, "commit::bare".to_owned()));
}

#[test]
fn a_protected_branch_is_refused_by_the_policy_alone() {
    let scene = Scene::on("main");
    scene.write("file", "two\n");
    refused(&scene, &[], (1, "commit::protected"));
    let said = scene.run(&[]);
    for line in [
        "error: cannot commit to 'main': 'main' is protected by default",
        "hint:   git agent-commit --run --agent ada -m change\n",
        "git switch -c agent/from-main",
    ] {
        assert!(said.err.contains(line), "{line} is not in {}", said.err);
    }
    scene.git(&["switch", "-qc", "keep/this"]);
    let policy = "[branches]\nprotected = [\"keep/*\"]\n";
    scene.write(".git-checkpoint.toml", policy);
    refused(&scene, &[], (1, "commit::protected"));
    scene.sh(
        "printf '[hooks]\ncommit = \"warn\"\n[branches]\nprotected = [\"keep/*\"]\n' >.git-checkpoint.toml; \
         git switch -q main; git add .; git commit -qm policy; git switch -q keep/this; git merge -q main; echo 3 >file",
    );
    let said = scene.done(&[]);
    assert!(
        said.err
            .contains("warning: a commit to 'keep/this': 'keep/*' is protected"),
        "{}",
        said.err
    );
}

#[test]
fn what_a_hook_refuses_leaves_everything_as_it_was() {
    let check = |hook: &str, script: &str| {
        let scene = Scene::new();
        scene.sh("echo staged >other; git add other; echo two >file; echo new >new");
        scene.hook(hook, script);
        for args in [[].as_slice(), &["--", "file"], &["--", "new"]] {
            refused(&scene, args, (1, "commit::refused"));
        }
    };
    check("pre-commit", "exit 1");
    check(
        "pre-commit",
        "echo hooked >.git/hooked; git add other; git rm -q --cached file; rm .git/hooked; exit 1",
    );
    check("commit-msg", "exit 3");
    check("prepare-commit-msg", "exit 1");
    check(
        "pre-commit",
        "git add new; git update-index --force-remove file; kill -9 $PPID; exit 1",
    );
}

#[test]
fn a_commit_that_cannot_be_signed_is_none() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.git(&["config", "commit.gpgSign", "true"]);
    scene.git(&["config", "gpg.program", "false"]);
    refused(&scene, &[], (1, "commit::refused"));
}

#[test]
fn a_lock_that_stays_is_told_before_anything_is_done() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.write(".git/index.lock", "");
    refused(&scene, &[], (1, "commit::index_locked"));
    assert_eq!(scene.n_checkpoints(), 0);
}

#[test]
fn names_that_would_be_more_than_a_name_are_refused() {
    let check = |option: &str, value: &str| {
        let args = [option, value];
        let scene = Scene::new();
        scene.write("file", "two\n");
        let there = scene.untouched();
        let words = [&["--json", "-m", "x", "--agent=ada"], args.as_slice()].concat();
        let said = scene.said(&mut scene.agent_commit(&words));
        assert_eq!(
            failure_of(&said),
            (129, "who::invalid".to_owned()),
            "{args:?}"
        );
        assert_eq!(scene.untouched(), there);
    };
    check("--task", "T\nSigned-off-by: Eve <eve@example.com>");
    check("--session", "");
    check("--model", "a\u{1b}[2Jb");
    let long = "x".repeat(201);
    check("--task", &long);
    let scene = Scene::new();
    scene.write("file", "two\n");
    let mut command = scene.ada(&["--json"]);
    command.env("GIT_AGENT_TASK", "a\nb");
    assert_eq!(failure_of(&scene.said(&mut command)).1, "who::invalid");
    let said = scene.run(&["--template", "{agent}: {text}"]);
    assert_eq!(said.code, 129);
    assert!(
        said.err.contains("unknown field 'text'") && said.err.contains("^^"),
        "{}",
        said.err
    );
}

#[test]
fn a_commit_needs_words() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let said = scene.said(&mut scene.agent_commit(&["--json", "--agent", "ada"]));
    assert_eq!(
        failure_of(&said),
        (129, "commit::no_description".to_owned())
    );
    let said = scene.said(&mut scene.agent_commit(&["--json", "--agent", "ada", "-F", "nowhere"]));
    assert_eq!(
        failure_of(&said),
        (128, "agent_commit::message_unreadable".to_owned())
    );
    let both = ["--json", "--agent", "ada", "-F-", "--pathspec-from-file=-"];
    let said = scene.said(&mut scene.agent_commit(&both));
    assert_eq!(
        failure_of(&said),
        (129, "agent_commit::one_input".to_owned())
    );
}

#[test]
fn an_agent_does_not_sign_off() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let there = scene.untouched();
    let signed = [
        "--json",
        "-m",
        "x",
        "-m",
        "signed-off-by: Eve <eve@example.com>",
    ];
    let mut command = scene.agent_commit(&signed);
    let said = scene.said(command.env("CLAUDECODE", "1"));
    assert_eq!(failure_of(&said), (1, "commit::signed_off".to_owned()));
    assert_eq!(scene.untouched(), there);
    // Nor one that only its name tells of.
    refused(&scene, &signed[1..], (1, "commit::signed_off"));
}

#[test]
fn callers_that_must_not_stop_do_not() {
    let scene = Scene::on("main");
    scene.write("file", "two\n");
    let there = scene.untouched();
    let said = scene.done(&["--best-effort", "--json"]);
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["success"], false);
    assert_eq!(told["commit_hash"], Value::Null);
    assert_eq!([&told["agent"], &told["branch"]], ["ada", "main"]);
    assert_eq!(told["error"]["code"], "commit::protected");
    assert_eq!(scene.untouched(), there);
    let [event] = scene.events("HEAD").try_into().unwrap();
    assert_eq!(event["type"], "git_operation_failed");
    assert_eq!(event["operation"], "commit");
    assert_eq!(event["by"]["agent"], "ada");
    let said = scene.done(&["--best-effort"]);
    assert!(
        said.err
            .contains("warning: not committed: cannot commit to 'main'"),
        "{}",
        said.err
    );
    assert_eq!(said.out, "");
    let mut nowhere = scene.agent_commit(&["--best-effort", "--json", "-m", "change"]);
    nowhere.env("GIT_AGENT_NAME", "ada");
    let said = scene.said(nowhere.current_dir(scene.beside()));
    assert_eq!(said.code, 0, "{}", said.err);
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["error"]["code"], "repository::not_found");
    assert_eq!(told["agent"], "ada", "whose it is needs no repository");
}

#[test]
fn the_line_that_begins_a_run_can_be_pasted() {
    let scene = Scene::on("main");
    scene.write("a b", "two\n");
    let said = scene.run(&["-m", "it's done", "--", "a b"]);
    let line = said
        .err
        .lines()
        .find_map(|line| line.strip_prefix("hint:   git agent-commit "))
        .unwrap_or_else(|| panic!("{}", said.err));
    let program = env!("CARGO_BIN_EXE_git-agent-commit");
    scene.sh(&format!("'{program}' {line}"));
    assert_eq!(scene.message().lines().nth(2), Some("it's done"));
    assert_eq!(scene.git(&["show", "--format=", "--name-only"]), "a b");
    let said = scene.sh("git switch -q main; echo 3 >file");
    assert_eq!(said, "");
    let said = scene.run(&["-m", "two\nlines"]);
    assert!(said.err.contains("the same again with --run"), "{said:?}");
}

#[test]
fn no_hint_holds_what_a_shell_takes_for_something_else() {
    let check = |before: &str, args: &[&str]| {
        let scene = Scene::new();
        scene.sh(&format!("echo two >file; {before}"));
        let said = scene.run(args);
        assert_ne!(said.code, 0, "{args:?}");
        let hints: Vec<_> = said
            .err
            .lines()
            .filter_map(|line| line.strip_prefix("hint: "))
            .collect();
        assert!(!hints.is_empty(), "{args:?} has a way on: {}", said.err);
        let has_gap = |line: &&str| line.contains(['<', '>', '…']);
        assert!(!hints.iter().any(has_gap), "{hints:?}");
        // What is no sentence is run, as who pastes it would.
        for line in hints.iter().filter_map(|line| line.strip_prefix("  ")) {
            scene.sh(line);
        }
    };
    check("git switch -q --detach", &[]);
    check("", &["--", "../outside"]);
    check("ln -s dir 'a link'", &["--", "a link/a"]);
    check("mkfifo fifo", &["--", "fifo"]);
    check("", &["--", "nowhere"]);
    check("echo x >'a b.log'", &["--", "a b.log"]);
    check(
        "git init -q 'sp ace'; echo x >'sp ace/x'",
        &["--", "sp ace/x"],
    );
    check("", &["--pathspec-from-file", "nowhere"]);
    check("", &["--task", ""]);
    check("git checkout -q -- file", &[]);
}

#[test]
fn a_path_that_is_no_text_is_quoted_once() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let odd = std::os::unix::ffi::OsStrExt::from_bytes(b"zz\xff");
    let said = scene.said(scene.ada(&["--"]).arg::<&std::ffi::OsStr>(odd));
    let want = r#"error: "zz\377" did not match any file"#;
    assert!(said.err.starts_with(want), "{}", said.err);
}

#[test]
fn an_operation_has_its_article() {
    let scene = Scene::new();
    scene.sh("mkdir -p .git/rebase-apply; : >.git/rebase-apply/applying; echo two >file");
    let said = scene.run(&[]);
    assert!(
        said.err.contains("in the middle of an am\n"),
        "{}",
        said.err
    );
}

#[test]
fn options_of_git_commit_are_answered() {
    let check = |option: &str, tip: &str| {
        let scene = Scene::new();
        scene.write("file", "two\n");
        let there = scene.untouched();
        let said = scene.run(&["--json", option]);
        assert_eq!(failure_of(&said), (129, "edge::usage".to_owned()));
        assert!(said.err.contains(tip), "{option}: {}", said.err);
        assert!(said.out.contains(tip), "{option}: {}", said.out);
        assert_eq!(scene.untouched(), there);
    };
    check("--no-verify", "hooks cannot be skipped here");
    check("-n", "hooks cannot be skipped here");
    check("--allow-empty", "no empty commits here");
    check("--amend", "make another one on top");
    check("-a", "everything that differs from HEAD is committed");
    check("--signoff", "an agent cannot sign off");
}

#[test]
fn what_is_wrong_in_the_policy_is_told_to_machines() {
    let scene = Scene::new();
    scene.write(".git-checkpoint.toml", "[runs]\nbogus = 1\n");
    let said = scene.run(&["--json"]);
    assert_eq!(failure_of(&said), (128, "policy::invalid".to_owned()));
    assert!(said.out.contains("unknown field `bogus`"), "{}", said.out);
}

#[cfg(target_os = "linux")]
#[test]
fn a_commit_is_told_where_the_answer_cannot_be_written() {
    let full = |command: &mut std::process::Command| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let output = command.stdout(full.unwrap()).output().unwrap();
        let said = crate::scene::Said::from(output);
        assert_eq!(said.code, 128, "{}", said.err);
        said.err
    };
    for args in [&["--json"][..], &[], &["--best-effort"]] {
        let scene = Scene::new();
        scene.write("file", "two\n");
        let told = full(&mut scene.ada(args));
        let id = scene.git(&["rev-parse", "HEAD"]);
        let want = format!("fatal: cannot write to standard output; committed {id}\n");
        assert!(told.starts_with(&want), "{told}");
    }
    let scene = Scene::new();
    let told = full(&mut scene.ada(&["--best-effort", "--json"]));
    let want = "fatal: cannot write to standard output; nothing was committed\n";
    assert!(told.starts_with(want), "{told}");
}

#[test]
fn a_branch_that_stands_for_a_protected_one_is_as_protected() {
    let alias = "echo two >file; git symbolic-ref refs/heads/agent/alias refs/heads/main; \
                 git symbolic-ref HEAD refs/heads/agent/alias";
    check(alias, &[], (1, "commit::protected"));
    let alias = "echo two >file; git symbolic-ref refs/heads/agent/alias refs/heads/work; \
                 git symbolic-ref HEAD refs/heads/agent/alias";
    let scene = Scene::new();
    scene.sh(alias);
    assert_eq!(scene.json(&[])["branch"], "work", "that is what moves");
}

#[test]
fn nothing_is_committed_from_within_the_git_directory() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let there = scene.untouched();
    for inside in [".git", ".git/refs"] {
        let mut command = scene.ada(&["--json"]);
        let said = scene.said(command.current_dir(scene.path().join(inside)));
        assert_eq!(failure_of(&said), (128, "commit::bare".to_owned()));
        assert_eq!(scene.untouched(), there);
    }
}

#[test]
fn the_form_of_a_list_is_nothing_without_the_list() {
    check(
        "echo two >file",
        &["--pathspec-file-nul", "--", "file"],
        (129, "edge::usage"),
    );
}

#[test]
fn a_refusal_of_a_hook_says_what_to_do() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    scene.hook("pre-commit", "exit 1");
    let said = scene.run(&[]);
    assert!(said.err.contains("hint: put right what"), "{}", said.err);
}

#[test]
fn line_ends_that_would_not_come_back_are_refused_where_git_refuses_them() {
    let check = |config: &str, content: &str, is_refused: bool| {
        let scene = Scene::new();
        scene.sh(config);
        scene.write("a \"b\"\n.txt", content);
        let by_git = scene.try_git(&["add", "--dry-run", "."]);
        assert_eq!(by_git.code, 0, "that one does not look");
        let before = scene.untouched();
        if is_refused {
            assert_eq!(scene.failure(&[]), (1, "commit::irreversible".to_owned()));
            let after = scene.untouched();
            assert_eq!((before.0, before.1), (after.0, after.1));
            assert_ne!(scene.try_git(&["add", "."]).code, 0, "{config}");
        } else {
            scene.done(&[]);
        }
    };
    let safe = "git config core.safecrlf true; git config core.autocrlf";
    check(&format!("{safe} true"), "one\ntwo\r\n", true);
    check(&format!("{safe} input"), "one\r\n", true);
    check(&format!("{safe} true"), "one\r\ntwo\r\n", false);
    check(
        "git config core.safecrlf warn; git config core.autocrlf true",
        "one\ntwo\r\n",
        false,
    );
}

#[test]
fn a_run_begins_only_with_something_to_commit() {
    let scene = Scene::on("main");
    for (args, code) in [
        (["--run", "--", "nope"].as_slice(), "commit::path_unknown"),
        (&["--run"], "commit::nothing"),
    ] {
        assert_eq!(scene.failure(args), (1, code.to_owned()));
        assert_eq!(scene.git(&["for-each-ref"]).lines().count(), 1, "{args:?}");
    }
    scene.write("file", "two\n");
    scene.done(&["--run"]);
    assert!(scene.git(&["branch", "--show-current"]).ends_with("/run-1"));
}
