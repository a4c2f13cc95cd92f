//! Going back by commits: what `git reset` does, and the way back from it.

use crate::scene::Scene;

/// Four commits on `main`, each with a file of its own and a new version of `file`.
fn history() -> Scene {
    let scene = Scene::new();
    for n in ["two", "three", "four"] {
        scene.write("file", format!("{n}\n"));
        scene.write(n, "new\n");
        scene.commit(n);
    }
    scene
}

/// A day's work on top: staged, changed, deleted, untracked.
fn dirty() -> Scene {
    let scene = history();
    scene.write("dir/inner", "staged\n");
    scene.write("staged", "new\n");
    scene.git(&["add", "dir/inner", "staged"]);
    scene.write("dir/inner", "changed\n");
    scene.remove("two");
    scene.write("untracked", "mine\n");
    scene
}

/// `git reset` in one repository and `--rollback` in another that is the same: they end the same, and `--undo` goes
/// back to the beginning.
#[track_caller]
fn check(make: fn() -> Scene, n: u32, how: &str) {
    let (ours, gits) = (make(), make());
    let before = ours.state();
    assert_eq!(before, gits.state(), "both begin the same");
    gits.git(&["reset", "-q", how, &format!("HEAD~{n}")]);
    let n = n.to_string();
    let said = ours.done(&["--rollback", &n, how, "--force"]);
    assert_eq!(ours.state(), gits.state(), "{how}: {}", said.err);
    let after = ours.state();
    ours.done(&["--undo", "--force"]);
    assert_eq!(ours.state(), before, "{how} is undone");
    ours.done(&["--redo", "--force"]);
    assert_eq!(ours.state(), after, "{how} is redone");
}

#[test]
fn each_mode_does_what_git_reset_does() {
    for how in ["--soft", "--mixed", "--hard"] {
        check(history, 1, how);
        check(history, 3, how);
        check(dirty, 2, how);
    }
}

#[test]
fn what_no_tree_may_have_is_tracked_all_the_same() {
    fn odd() -> Scene {
        let scene = dirty();
        scene.write(".gitmodules", "[submodule \"no end\n");
        scene.git(&["add", ".gitmodules"]);
        scene
    }
    for how in ["--mixed", "--hard"] {
        check(odd, 1, how);
    }
}

#[test]
fn a_detached_head_goes_back_too() {
    fn detached() -> Scene {
        let scene = dirty();
        scene.git(&["switch", "-q", "--detach"]);
        scene
    }
    for how in ["--soft", "--mixed", "--hard"] {
        check(detached, 2, how);
    }
}

#[test]
fn a_merge_is_one_step_along_first_parents() {
    fn merged() -> Scene {
        let scene = history();
        scene.git(&["switch", "-q", "-c", "side", "HEAD~2"]);
        scene.write("side", "side\n");
        scene.commit("side");
        scene.git(&["switch", "-q", "main"]);
        scene.git(&["merge", "-q", "--no-edit", "side"]);
        scene
    }
    check(merged, 1, "--hard");
    check(merged, 2, "--mixed");
}

/// A merge with a conflict, on top of two commits.
fn in_merge() -> Scene {
    let scene = history();
    scene.git(&["switch", "-q", "-c", "side", "HEAD~1"]);
    scene.write("file", "side\n");
    scene.commit("side");
    scene.git(&["switch", "-q", "main"]);
    assert_eq!(scene.try_git(&["merge", "side"]).code, 1, "a conflict");
    scene
}

/// A cherry-pick of two commits that stopped at the first or at the last.
fn in_pick(of_more: bool) -> Scene {
    let scene = history();
    scene.git(&["switch", "-q", "-c", "side", "HEAD~2"]);
    scene.write("file", "side\n");
    scene.commit("side");
    scene.write("other", "side\n");
    scene.commit("more");
    scene.git(&["switch", "-q", "main"]);
    let picks = match of_more {
        true => "side~2..side",
        false => "side~1",
    };
    let said = scene.try_git(&["cherry-pick", picks]);
    assert_eq!(said.code, 1, "a conflict");
    scene
}

#[test]
fn an_operation_ends_where_git_reset_ends_it() {
    for how in ["--mixed", "--hard"] {
        check(in_merge, 1, how);
        check(|| in_pick(false), 1, how);
        check(|| in_pick(true), 1, how);
    }
    let files = |scene: &Scene| {
        let found = [
            "MERGE_HEAD",
            "MERGE_MSG",
            "AUTO_MERGE",
            "CHERRY_PICK_HEAD",
            "sequencer/todo",
        ];
        found.map(|name| scene.path(".git").join(name).exists())
    };
    for make in [in_merge, || in_pick(false), || in_pick(true)] {
        let (ours, gits) = (make(), make());
        gits.git(&["reset", "-q", "--hard", "HEAD~1"]);
        ours.done(&["--rollback", "1", "--hard", "-f"]);
        assert_eq!(files(&ours), files(&gits), "the same files stay");
    }
}

#[test]
fn the_branch_alone_does_not_move_in_the_middle_of_something() {
    let check = |scene: &Scene, code: &str| {
        let failed = scene.failure(&["--rollback", "1", "-f"]);
        assert_eq!(failed, (1, code.to_owned()));
    };
    check(&in_merge(), "rollback::in_operation");
    check(&in_pick(false), "rollback::in_operation");
    let scene = in_merge();
    scene.remove(".git/MERGE_HEAD");
    check(&scene, "rollback::unmerged");

    let scene = history();
    scene.git(&["switch", "-q", "-c", "side", "HEAD~1"]);
    scene.write("three", "side\n");
    scene.commit("side");
    scene.git(&["switch", "-q", "main"]);
    scene.write("file", "work\n");
    scene.git(&["config", "merge.autoStash", "true"]);
    scene.write("three", "main\n");
    scene.git(&["add", "three"]);
    scene.git(&["commit", "-q", "-m", "main"]);
    assert_eq!(scene.try_git(&["merge", "side"]).code, 1, "a conflict");
    for how in ["--soft", "--mixed", "--hard"] {
        let failed = scene.failure(&["--rollback", "1", how, "-f"]);
        assert_eq!(failed, (1, "rollback::autostash".to_owned()));
    }
}

#[test]
fn history_ends_somewhere() {
    let scene = history();
    let said = scene.run(&["--rollback", "4", "-f"]);
    assert_eq!(said.code, 1);
    assert_eq!(
        said.err,
        "error: cannot go back 4: there are 3 commits before HEAD\nhint: git safe-restore --rollback 3\n"
    );
    let said = Scene::new().run(&["--rollback", "1", "-f"]);
    let told = "error: cannot go back 1: HEAD is the first commit\n";
    assert!(said.err.starts_with(told), "{}", said.err);

    scene.git(&["switch", "-q", "--orphan", "fresh"]);
    assert_eq!(
        scene.failure(&["--rollback", "1", "-f"]),
        (1, "rollback::unborn".to_owned())
    );
}

#[test]
fn what_cannot_be_meant_is_a_slip() {
    let scene = history();
    for words in [
        &["--rollback", "0"] as &[_],
        &["--rollback", "-1"],
        &["--rollback", "two"],
        &["--rollback"],
        &["--rollback", "1", "--exact"],
        &["--rollback", "1", "--files"],
        &["--rollback", "1", "--soft", "--hard"],
        &["--rollback", "1", "--", "file"],
        &["--rollback", "1", "latest"],
        &["--rollback", "1", "--undo"],
        &["latest", "--hard"],
        &["--undo", "--hard"],
    ] {
        let failed = scene.failure(words);
        assert_eq!(failed, (129, "edge::usage".to_owned()), "{words:?}");
    }
}

#[test]
fn untracked_files_make_way_only_after_they_were_kept() {
    let scene = history();
    scene.git(&["rm", "-q", "three"]);
    scene.commit("without three");
    scene.write("three/notes", "mine\n");
    scene.write("three/more", "mine\n");
    let before = scene.state();
    let said = scene.done(&["--rollback", "1", "--hard", "-n"]);
    let told = "untracked, makes way, kept in the backup:\n   three/more\n   three/notes\n";
    assert!(said.out.contains(told), "{}", said.out);
    assert_eq!(scene.state(), before);
    scene.done(&["--rollback", "1", "--hard", "-f"]);
    assert_eq!(scene.read("three").as_deref(), Some("new\n"));
    scene.done(&["--undo", "-f"]);
    assert_eq!(scene.state(), before);
}

#[test]
fn ignored_files_make_way_only_when_they_are_named() {
    let scene = history();
    scene.git(&["rm", "-q", "three"]);
    scene.write(".gitignore", "three\n");
    scene.commit("ignored");
    scene.write("three", "cache\n");
    for words in [&["-f"] as &[_], &["-n"], &[]] {
        let words = [&["--rollback", "1", "--hard"], words].concat();
        let failed = scene.failure(&words);
        assert_eq!(failed, (1, "rollback::ignored_in_the_way".to_owned()));
    }
    scene.done(&["--rollback", "1", "--hard", "-f", "--discard", "three"]);
    assert_eq!(scene.read("three").as_deref(), Some("new\n"));
    scene.done(&["--undo", "-f"]);
    assert_eq!(
        scene.read("three").as_deref(),
        Some("cache\n"),
        "the backup had it"
    );
}

#[test]
fn what_others_have_already_is_told() {
    let scene = history();
    scene.git(&["init", "-q", "--bare", "../origin"]);
    scene.git(&["remote", "add", "origin", "../origin"]);
    scene.git(&[
        "push",
        "-q",
        "--set-upstream",
        "origin",
        "main~1:refs/heads/main",
    ]);
    scene.git(&["branch", "-q", "--set-upstream-to=origin/main"]);
    let said = scene.done(&["--rollback", "2", "-n"]);
    let told = "published: 1 commit is in origin/main already\n";
    assert!(said.out.contains(told), "{}", said.out);
    let said = scene.done(&["--rollback", "1", "-n"]);
    assert!(!said.out.contains("published"), "{}", said.out);
    let (_, document) = scene.json(&["--rollback", "2", "-n"]);
    let published = &document["plan"]["rollback"]["published"];
    assert_eq!(published["commits"], 1, "{document}");
    scene.done(&["--rollback", "2", "-f"]);
}

#[test]
fn a_protected_branch_does_not_go_back() {
    let scene = history();
    scene.write(
        ".git-checkpoint.toml",
        "[branches]\nprotected = [\"main\"]\n",
    );
    scene.commit("policy");
    let words = &["--rollback", "1", "-f"];
    assert_eq!(scene.failure(words), (1, "restore::protected".to_owned()));
    let said = scene.done(&["--rollback", "1", "-n"]);
    let told = "warning: it would be refused: branch 'main' is protected and would move";
    assert!(said.err.starts_with(told), "{}", said.err);
    let (exit, seen) = scene.on_terminal(&["--rollback", "1"], "");
    assert_eq!(exit, 1, "nobody is asked for nothing: {seen}");
    assert!(!seen.contains("Go back?"), "{seen}");
    let said = scene.run(words);
    let told = "hint: git switch -c <new-branch> && git safe-restore --rollback 1 ";
    assert!(said.err.contains(told), "{}", said.err);
    scene.git(&["switch", "-q", "-c", "topic"]);
    scene.done(words);
    assert_eq!(scene.git(&["log", "-1", "--format=%s"]), "four");
}

#[test]
fn it_asks_shows_the_differences_and_tells_the_way_back() {
    let scene = dirty();
    let (exit, seen) = scene.on_terminal(&["--rollback", "1", "--hard"], "d\ny\n");
    assert_eq!(exit, 0, "{seen}");
    for told in [
        "1 commit back, to ",
        "(three): branch, index and tracked files\n",
        "leaving the branch:\n",
        " four\n",
        "-four\n+three\n",
        "Go back? (d shows the differences) [y/d/N] ",
        "Went 1 commit back: ",
        "to take this back: git safe-restore --undo\n",
    ] {
        assert!(seen.contains(told), "{told}: {seen}");
    }
    assert!(!seen.contains("-mine"), "what is untracked stays: {seen}");
    assert_eq!(scene.read("untracked").as_deref(), Some("mine\n"));

    let scene = dirty();
    let before = scene.state();
    let (exit, seen) = scene.on_terminal(&["--rollback", "1"], "\n");
    assert_eq!(exit, 1, "{seen}");
    assert!(seen.contains("Go back? [y/N] "), "{seen}");
    assert_eq!(scene.state(), before);
    assert_eq!(scene.n_checkpoints(), 0);
    let said = scene.run(&["--rollback", "1"]);
    assert_eq!(said.code, 1, "nobody can be asked: {said:?}");
}

#[test]
fn machines_get_the_plan_and_the_outcome() {
    let scene = dirty();
    let (exit, document) = scene.json(&["--rollback", "2", "--mixed", "-f"]);
    assert_eq!(exit, 0);
    assert_eq!(document["outcome"], "restored");
    assert!(document["checkpoint"].is_null(), "{document}");
    let told = &document["plan"]["rollback"];
    assert_eq!(told["rollback"]["commits"], 2);
    assert_eq!(told["leaving"][0]["subject"], "four");
    assert_eq!(told["subject"], "two");
    assert_eq!(document["plan"]["scope"], "mixed");
    let backup = document["backup"].as_str().unwrap();
    let record = scene.git(&[
        "notes",
        "--ref=checkpoints",
        "show",
        &format!("refs/checkpoints/{backup}"),
    ]);
    assert!(record.contains(r#""type":"rolled_back","#), "{record}");
}

#[test]
fn one_that_died_is_finished_or_given_up() {
    for how in ["soft", "mixed", "hard"] {
        for (word, is_done) in [("--continue", true), ("--abort", false)] {
            let scene = dirty();
            let [from, to] = ["HEAD", "HEAD~2"].map(|commit| scene.git(&["rev-parse", commit]));
            let (before, backup) = (scene.state(), scene.keep_backup());
            let journal = format!(
                r#"{{"version":1,"target":"{backup}","backup":"{backup}","scope":"{how}","action":"restore","token":"{}",
                "rollback":{{"commits":2,"from":"{from}","to":"{to}","reference":"refs/heads/main"}}}}"#,
                "0".repeat(32)
            );
            scene.write(".git/checkpoint/restore.json", journal);
            let failed = scene.failure(&["--rollback", "1", "-f"]);
            assert_eq!(failed, (1, "restore::unfinished".to_owned()));
            scene.done(&[word]);
            let gits = dirty();
            gits.git(&["reset", "-q", &format!("--{how}"), "HEAD~2"]);
            let want = if is_done {
                gits.state()
            } else {
                before.clone()
            };
            assert_eq!(scene.state(), want, "{how} {word}");
            if is_done {
                scene.done(&["--undo", "-f"]);
                assert_eq!(scene.state(), before, "{how} {word}");
            }
        }
    }
}

#[test]
fn a_sparse_checkout_stays_sparse() {
    fn sparse() -> Scene {
        let scene = history();
        scene.write("dir/inner", "later\n");
        scene.write("dir/more", "later\n");
        scene.commit("outside");
        scene.write("file", "five\n");
        scene.commit("five");
        scene.git(&["sparse-checkout", "set", "--no-cone", "/*", "!/dir/"]);
        scene
    }
    for how in ["--soft", "--mixed", "--hard"] {
        check(sparse, 1, how);
        check(sparse, 2, how);
    }
}
