//! By files in the hooks directory.

use std::os::unix::fs::symlink;

use super::{scene, setup_in};
use crate::scene::Scene;

#[test]
fn what_was_there_runs_after_ours_and_comes_back_byte_for_byte() {
    let check = |kind: &str, runs: bool, put: &dyn Fn(&Scene)| {
        let scene = scene();
        put(&scene);
        let before = scene.setup();
        assert_eq!(scene.commit().code, 0, "{kind}");
        assert_eq!(
            scene.told(),
            if runs { "theirs::\n" } else { "" },
            "{kind} before"
        );

        let plan = scene.json(&["init", "--dry-run"]);
        assert_eq!(plan["dry_run"], true);
        assert_eq!(scene.setup(), before, "{kind}: nothing is written");
        assert_eq!(scene.git(&["status", "--porcelain"]), "");

        scene.done(&["init"]);
        assert_eq!(scene.commit().code, 0, "{kind}");
        assert_eq!(scene.told(), if runs { "theirs::\n" } else { "" }, "{kind}");
        assert!(scene.guards_main(), "{kind}");
        assert_eq!(
            scene.told(),
            "",
            "{kind}: ours says no before theirs is asked"
        );

        let installed = scene.setup();
        let again = scene.json(&["init"]);
        assert_eq!(again["unchanged"], true, "{kind}: {again}");
        assert_eq!(
            scene.setup(),
            installed,
            "{kind}: a second time does nothing"
        );

        scene.done(&["uninstall"]);
        assert_eq!(scene.setup(), before, "{kind}");
        assert_eq!(scene.git(&["status", "--porcelain"]), "", "{kind}");
        assert_eq!(scene.json(&["uninstall"])["unchanged"], true, "{kind}");
    };
    check("nothing", false, &|_| {});
    check("no hooks directory", false, &|scene| {
        fs_err::remove_dir_all(scene.path().join(".git/hooks")).unwrap();
    });
    check("a script", true, &|scene| {
        scene.hook("pre-commit", &scene.telling("theirs"), 0o750);
    });
    check("a script that is not executable", false, &|scene| {
        scene.hook("pre-commit", &scene.telling("theirs"), 0o644);
    });
    check("a link", true, &|scene| {
        scene.hook("theirs.sh", &scene.telling("theirs"), 0o755);
        symlink("theirs.sh", scene.path().join(".git/hooks/pre-commit")).unwrap();
    });
    check("a link to nowhere", false, &|scene| {
        symlink("gone.sh", scene.path().join(".git/hooks/pre-commit")).unwrap();
    });
    check("a config without a last line end", false, &|scene| {
        let path = scene.path().join(".git/config");
        let text = fs_err::read_to_string(&path).unwrap();
        fs_err::write(path, text.trim_end()).unwrap();
    });
}

#[test]
fn both_get_the_same_words_and_the_same_input() {
    let scene = scene();
    for name in ["pre-push", "prepare-commit-msg", "reference-transaction"] {
        scene.hook(name, &scene.telling(name), 0o755);
    }
    scene.git(&["init", "-q", "--bare", &scene.beside("remote")]);
    let remote = scene.beside("remote");
    scene.done(&["init", "--strict"]);
    assert_eq!(scene.commit().code, 0);
    let told = scene.told();
    assert!(
        told.contains("prepare-commit-msg:.git/COMMIT_EDITMSG message:\n"),
        "{told}"
    );
    assert!(told.contains("reference-transaction:committed:"), "{told}");
    assert!(told.contains(" refs/heads/feat\n"), "{told}");

    scene.git(&["push", "-q", &remote, "feat"]);
    let tip = scene.git(&["rev-parse", "feat"]);
    let told = scene.told();
    let line = format!(
        "refs/heads/feat {tip} refs/heads/feat {}",
        "0".repeat(tip.len())
    );
    assert!(
        told.contains(&format!("pre-push:{remote} {remote}:{line}\n")),
        "{told}"
    );
}

#[test]
fn a_no_of_theirs_is_a_no() {
    let scene = scene();
    scene.hook(
        "pre-commit",
        "#!/bin/sh\necho 'not today' >&2\nexit 3\n",
        0o755,
    );
    scene.done(&["init"]);
    let said = scene.commit();
    assert_eq!((said.code, said.err.as_str()), (1, "not today\n"));
}

#[test]
fn linked_worktrees_get_the_same_hooks() {
    let scene = scene();
    let linked = scene.beside("linked");
    scene.git(&["worktree", "add", "-q", &linked, "main"]);
    // Installed from the linked one.
    let init = scene
        .checkpoint(&["init", "--no-policy"])
        .current_dir(&linked)
        .output();
    assert!(init.unwrap().status.success());
    let commit = |dir: &str| {
        let words = ["commit", "--allow-empty", "-q", "-m", "more"];
        scene
            .command("git", &words)
            .current_dir(dir)
            .output()
            .unwrap()
    };
    let said = commit(&linked);
    let err = String::from_utf8_lossy(&said.stderr);
    assert!(err.contains("cannot commit to 'main'"), "{err}");
    assert!(commit(scene.path().to_str().unwrap()).status.success());
    scene.done(&["doctor"]);
    scene.done(&["uninstall"]);
    assert!(commit(&linked).status.success());
}

#[test]
fn a_bare_repository_and_its_worktrees_get_hooks() {
    let scene = scene();
    let (bare, tree) = (scene.beside("bare.git"), scene.beside("tree"));
    scene.git(&["clone", "-q", "--bare", ".", &bare]);
    let before = setup_in(bare.as_ref());
    scene.git(&["-C", &bare, "worktree", "add", "-q", &tree, "main"]);
    let run = |dir: &str, args: &[&str]| scene.checkpoint(args).current_dir(dir).output().unwrap();
    assert!(run(&tree, &["init"]).status.success());
    let words = ["commit", "--allow-empty", "-q", "-m", "more"];
    let said = scene
        .command("git", &words)
        .current_dir(&tree)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&said.stderr);
    assert!(err.contains("cannot commit to 'main'"), "{err}");
    assert_eq!(scene.git(&["-C", &bare, "config", "core.bare"]), "true");
    assert!(run(&tree, &["doctor"]).status.success());
    assert!(run(&tree, &["uninstall"]).status.success());
    assert_eq!(setup_in(bare.as_ref()), before);
    let said = run(&bare, &["init"]);
    assert!(
        said.status.success(),
        "without a working tree, too: {said:?}"
    );
    assert!(run(&bare, &["uninstall"]).status.success());
    assert_eq!(setup_in(bare.as_ref()), before);
}

#[test]
fn a_hook_that_somebody_changed_is_not_removed() {
    let scene = scene();
    scene.done(&["init"]);
    let path = scene.path().join(".git/hooks/pre-commit");
    let text = fs_err::read_to_string(&path).unwrap();
    scene.hook(
        "pre-commit",
        &text.replace("#!/bin/sh\n", "#!/bin/sh\nmake lint\n"),
        0o755,
    );
    let changed = scene.setup();
    let refused = (1, "setup::hook_changed".to_owned());
    assert_eq!(scene.failure(&["uninstall"]), refused);
    let said = scene.run(&["uninstall"]);
    assert!(said.err.contains("in line 2: make lint"), "{}", said.err);
    assert_eq!(scene.setup(), changed, "all of it stays");
    let said = scene.done(&["init"]);
    assert!(
        said.err.contains("'pre-commit' was changed by somebody"),
        "{}",
        said.err
    );
    assert_eq!(scene.setup(), changed, "also by init");
    fs_err::remove_file(&path).unwrap();
    scene.done(&["uninstall"]);
}

#[test]
fn a_hook_that_cannot_be_called_by_another_name_is_refused() {
    let scene = scene();
    scene.hook(
        "pre-commit",
        "#!/bin/sh\nexec tool \"$(basename \"$0\")\"\n",
        0o755,
    );
    let before = scene.setup();
    let refused = (1, "setup::hook_unchainable".to_owned());
    assert_eq!(scene.failure(&["init"]), refused);
    assert_eq!(scene.setup(), before);
    let line = "git-checkpoint hook pre-commit \"$@\" || exit";
    assert!(scene.run(&["init"]).err.contains(line));
    scene.hook("pre-commit", &format!("#!/bin/sh\n{line}\n"), 0o755);
    let hooks = &scene.json(&["init"])["hooks"];
    assert_eq!(hooks[2]["does"], "by_hand", "{hooks}");
}

#[test]
fn without_the_program_commit_and_push_stop_with_the_line_that_mends_it() {
    let scene = scene();
    scene.hook("pre-commit", &scene.telling("theirs"), 0o755);
    scene.done(&["init"]);
    for name in ["pre-commit", "prepare-commit-msg", "post-commit"] {
        let path = scene.path().join(".git/hooks").join(name);
        let text = fs_err::read_to_string(&path).unwrap();
        let program = env!("CARGO_BIN_EXE_git-checkpoint");
        assert!(text.contains(program), "{text}");
        let moved = text
            .replace(program, "/gone")
            .replace(" git-checkpoint; do", " gone; do");
        fs_err::write(&path, moved).unwrap();
    }
    let said = scene.commit();
    assert_eq!(said.code, 1);
    assert!(
        said.err
            .contains("hint: install it again, then run: git checkpoint init"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("pre-commit.checkpoint-chained' '"),
        "{}",
        said.err
    );
    assert_eq!(scene.told(), "");
}

#[test]
fn a_program_that_cannot_be_run_stops_commits_too() {
    for (text, mode) in [("", 0o644), ("\u{7f}ELF\u{1}", 0o755)] {
        let scene = scene();
        scene.hook("pre-commit", &scene.telling("theirs"), 0o755);
        scene.done(&["init"]);
        scene.hook("../program", text, mode);
        let broken = scene.path().join(".git/program").display().to_string();
        for name in ["pre-commit", "pre-push"] {
            let path = scene.path().join(".git/hooks").join(name);
            let hook = fs_err::read_to_string(&path).unwrap();
            let hook = hook.replace(env!("CARGO_BIN_EXE_git-checkpoint"), &broken);
            fs_err::write(&path, hook).unwrap();
        }
        let tip = scene.git(&["rev-parse", "HEAD"]);
        let remote = scene.beside("remote");
        scene.git(&["init", "-q", "--bare", &remote]);
        let said = scene.commit();
        assert_ne!(said.code, 0, "{mode:o}");
        // Some shells take what is no program for a script of their own.
        let is_told = said.err.contains("run: git checkpoint init");
        assert!(is_told || !text.is_empty(), "{}", said.err);
        assert_eq!(scene.git(&["rev-parse", "HEAD"]), tip);
        assert_ne!(scene.try_git(&["push", "-q", &remote, "feat"]).code, 0);
        assert_eq!(scene.told(), "", "and nothing is asked after it");
    }
}

#[test]
fn the_policy_is_written_once_and_left_when_it_is_the_repositorys() {
    let scene = scene();
    scene.done(&["init", "--no-policy"]);
    let path = scene.path().join(".git-checkpoint.toml");
    assert!(!path.exists());
    scene.done(&["init"]);
    let text = fs_err::read_to_string(&path).unwrap();
    assert!(text.contains("# protected = ["), "{text}");
    scene.git(&["add", "."]);
    scene.done(&["uninstall"]);
    assert_eq!(
        fs_err::read_to_string(&path).unwrap(),
        text,
        "it is tracked"
    );
    scene.write(".git-checkpoint.toml", "[retention]\nautomatic-count = 7\n");
    scene.done(&["init"]);
    scene.done(&["uninstall"]);
    let left = fs_err::read_to_string(&path).unwrap();
    assert!(left.contains("= 7"), "{left}");
}

#[test]
fn an_amended_commit_is_no_occasion_for_a_warning() {
    let begun = |scene: &Scene| {
        scene.done(&["init"]);
        let amend = ["commit", "--amend", "--allow-empty", "-q", "-m", "again"];
        let said = scene.try_git(&amend);
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        scene.git(&["fsck", "--strict"]);
        assert_eq!(scene.git(&["notes", "--ref=agents", "list"]), "");
        scene.git(&["rev-parse", "refs/notes/agents"])
    };
    let (one, other) = (scene(), Scene::with_init(&["-b", "other"]));
    assert_eq!(begun(&one), begun(&other), "clones share it");
    one.done(&["doctor"]);
    one.git(&["update-ref", "-d", "refs/notes/agents"]);
    let said = one.done(&["doctor", "--fix"]);
    assert!(
        said.out.contains("fixed: begin 'refs/notes/agents'"),
        "{}",
        said.out
    );

    let there = ["rev-parse", "-q", "--verify", "refs/notes/agents"];
    one.done(&["uninstall"]);
    assert_eq!(one.try_git(&there).code, 1, "it goes as it came");
    other.git(&["notes", "--ref=agents", "add", "-m", "{}"]);
    other.done(&["uninstall"]);
    assert_eq!(other.try_git(&there).code, 0, "records stay");
}

#[test]
fn what_has_the_name_of_a_hook_and_is_none_is_moved_aside() {
    let scene = scene();
    scene.write(".git/hooks/pre-commit/file", "x");
    let refused = (1, "setup::hook_no_file".to_owned());
    assert_eq!(scene.failure(&["init"]), refused);
    let said = scene.run(&["init"]);
    let line = said
        .err
        .lines()
        .find_map(|line| line.strip_prefix("hint:   "));
    let done = scene
        .command("sh", &["-c", line.unwrap()])
        .status()
        .unwrap();
    assert!(done.success(), "{line:?}");
    scene.done(&["init"]);
    assert!(
        scene
            .path()
            .join(".git/hooks/pre-commit.before/file")
            .exists()
    );
}

#[test]
fn the_policy_of_another_worktree_goes_too() {
    let scene = scene();
    let linked = scene.beside("linked");
    scene.git(&["worktree", "add", "-q", &linked, "main"]);
    scene.done(&["init"]);
    let policy = scene.path().join(".git-checkpoint.toml");
    assert!(policy.exists());
    let mut uninstall = scene.checkpoint(&["uninstall"]);
    let said = uninstall.current_dir(&linked).output().unwrap();
    assert!(said.status.success());
    assert!(!policy.exists(), "it was untouched");
}

#[test]
fn what_stays_is_said_to_stay() {
    let everything = "everything is as it was before 'init'";
    let scene = scene();
    scene.done(&["init", "--no-policy"]);
    fs_err::remove_file(scene.path().join(".git/checkpoint/installed.json")).unwrap();
    let said = scene.done(&["uninstall"]);
    assert!(!said.err.starts_with(everything), "{}", said.err);
    let row = said
        .out
        .lines()
        .find(|line| line.starts_with("leave"))
        .unwrap();
    let (_, command) = row.split_once("if it is ours: ").unwrap();
    let done = scene.command("sh", &["-c", command]).status().unwrap();
    assert!(done.success(), "{command}");
    assert_eq!(scene.try_git(&["config", "notes.rewriteRef"]).code, 1);

    // Set aside by a manager that is gone again.
    scene.done(&["init", "--no-policy"]);
    let hooks = scene.path().join(".git/hooks");
    fs_err::rename(hooks.join("pre-commit"), hooks.join("pre-commit.old")).unwrap();
    let said = scene.done(&["uninstall"]);
    assert!(said.err.starts_with(everything), "{}", said.err);
    assert!(!hooks.join("pre-commit.old").exists());

    scene.done(&["init"]);
    scene.write(".git-checkpoint.toml", "[retention]\nautomatic-count = 7\n");
    let said = scene.done(&["uninstall"]);
    assert!(said.err.starts_with("but for what is left"), "{}", said.err);
}

#[test]
fn a_pattern_for_notes_is_enough() {
    let scene = scene();
    scene.git(&["config", "notes.rewriteRef", "refs/notes/*"]);
    let answer = scene.json(&["init"]);
    let settings = answer["settings"].as_array().unwrap();
    let mut keys = settings.iter().map(|it| it["key"].as_str().unwrap());
    assert!(
        !keys.any(|key| key.starts_with("notes.rewrite")),
        "{answer}"
    );
}

#[test]
fn a_path_in_a_hint_can_be_pasted_from_anywhere() {
    let scene = scene();
    let top = scene.path().join("it's here");
    let said = scene.try_git(&["init", "-q", top.to_str().unwrap()]);
    assert_eq!(said.code, 0);
    let mut init = scene.checkpoint(&["init"]);
    assert!(init.current_dir(&top).output().unwrap().status.success());
    let hook = top.join(".git/hooks/pre-commit");
    let text = fs_err::read_to_string(&hook).unwrap();
    fs_err::write(&hook, text + "make lint\n").unwrap();
    let mut uninstall = scene.checkpoint(&["uninstall"]);
    let said = uninstall.current_dir(&top).output().unwrap();
    let err = String::from_utf8_lossy(&said.stderr).into_owned();
    let (_, line) = err.trim_end().split_once("then: ").unwrap();
    assert!(
        scene
            .command("sh", &["-c", line])
            .status()
            .unwrap()
            .success(),
        "{line}"
    );
    assert!(!hook.exists());
}

#[test]
fn the_line_that_takes_a_hook_out_can_be_pasted_from_anywhere() {
    let scene = scene();
    scene.hook("pre-merge-commit", &scene.telling("theirs"), 0o755);
    scene.done(&["init", "--no-policy"]);
    for name in ["pre-commit", "pre-merge-commit"] {
        let path = scene.path().join(".git/hooks").join(name);
        let text = fs_err::read_to_string(&path).unwrap();
        let text = text.replace(env!("CARGO_BIN_EXE_git-checkpoint"), "/gone");
        fs_err::write(&path, text.replace(" git-checkpoint; do", " gone; do")).unwrap();
        let run = format!(".git/hooks/{name}");
        let said = scene.command("sh", &[run.as_str()]).output().unwrap();
        let err = String::from_utf8_lossy(&said.stderr).into_owned();
        let (_, line) = err.trim_end().split_once("take the hook out: ").unwrap();
        let mut paste = scene.command("sh", &["-c", line]);
        assert!(paste.current_dir("/").status().unwrap().success(), "{line}");
        let left = fs_err::read_to_string(&path).unwrap_or_default();
        assert!(!left.contains("/gone"), "{left}");
    }
}

#[test]
fn the_policy_file_can_be_added_from_anywhere() {
    let check = |ignore: &str, below: &str, wants: &str| {
        let scene = scene();
        scene.write(".git/info/exclude", ignore);
        scene.write("below/file", "x");
        let dir = scene.path().join(below);
        let mut init = scene.checkpoint(&["init"]);
        let said = init.current_dir(&dir).output().unwrap();
        let err = String::from_utf8_lossy(&said.stderr).into_owned();
        let line = err
            .lines()
            .find_map(|line| line.strip_prefix("hint: git add "));
        let line = line.unwrap_or_else(|| panic!("{err}"));
        assert!(line.starts_with(wants), "{line}");
        let mut add = scene.command("sh", &["-c", &format!("git add {line}")]);
        assert!(add.current_dir(&dir).status().unwrap().success(), "{line}");
        assert_eq!(
            scene.git(&["ls-files", ".git-checkpoint.toml"]),
            ".git-checkpoint.toml"
        );
    };
    check("", ".", ".git-checkpoint.toml");
    check("", "below", "/");
    check(".git*\n", ".", "-f .git-checkpoint.toml");
}
