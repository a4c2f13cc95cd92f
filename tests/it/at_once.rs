//! A restore beside others who work: another restore, an editor, a commit, checkpoints in other worktrees.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use checkpoint_tests::{Fingerprint, Sandbox, Snapshot};

/// Two states of many files, kept as `a` and `b`.
fn two_states() -> Sandbox {
    let sandbox = Sandbox::committed();
    for name in ["a", "b"] {
        for n in 0..60 {
            sandbox.write(format!("many/{n}"), format!("{name} {n}\n"));
        }
        sandbox.write(format!("only-{name}"), name);
        sandbox.checkpoint(["create", name]).exits(0);
        sandbox.remove(format!("only-{name}"));
    }
    sandbox
}

/// Which of the two states is there; fails when it is a mixture.
fn which(sandbox: &Sandbox) -> &'static str {
    let is = |name: &str| {
        let mut numbers = 0..60;
        let other = if name == "a" { "b" } else { "a" };
        sandbox.path(format!("only-{name}")).exists()
            && !sandbox.path(format!("only-{other}")).exists()
            && numbers
                .all(|n| sandbox.read(format!("many/{n}")) == format!("{name} {n}\n").into_bytes())
    };
    match (is("a"), is("b")) {
        (true, false) => "a",
        (false, true) => "b",
        _ => panic!("it is neither:\n{}", sandbox.git(["status", "--short"])),
    }
}

#[test]
fn a_second_restore_is_refused_while_one_is_at_work() {
    let sandbox = two_states();
    sandbox.sh("git safe-restore a --force");
    let lock = fs_err::File::open(sandbox.path(".git/checkpoint/restore.lock")).expect("it stays");
    lock.file().lock().expect("nobody else has it");
    let before = Fingerprint::of(&sandbox);
    for words in [
        "b --force",
        "--undo --force",
        "b --files --force",
        "--rollback 1 --force",
    ] {
        let said = sandbox.terminal(&format!("git safe-restore {words}"));
        assert_eq!(said.code, 1, "{said}");
    }
    let said = sandbox.terminal("git safe-restore b --force");
    assert_eq!(
        said.text(),
        "error: another restore is at work in this working tree"
    );
    sandbox.sh("git safe-restore b --dry-run; git safe-restore --list");
    before.assert_same(&Fingerprint::of(&sandbox), "nothing was begun");
    drop(lock);
    sandbox.sh("git safe-restore b --force");
    assert_eq!(which(&sandbox), "b");
}

#[test]
fn of_many_restores_at_once_each_is_done_whole_or_not_at_all() {
    let sandbox = two_states();
    let n_done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for n in 0..8 {
            let (sandbox, n_done) = (&sandbox, &n_done);
            scope.spawn(move || {
                let name = if n % 2 == 0 { "a" } else { "b" };
                let said = sandbox.terminal(&format!("git safe-restore {name} --force"));
                // What another has changed between plan and deed is told, and left to be planned anew.
                assert!([0, 1].contains(&said.code), "{said}");
                n_done.fetch_add(usize::from(said.code == 0), Ordering::Relaxed);
            });
        }
    });
    assert!(n_done.load(Ordering::Relaxed) > 0, "one of them is first");
    which(&sandbox);
    let left = sandbox.sh("find . -name '*.lock' -size +0; ls .git/checkpoint; git status --short | grep -v many || true");
    assert!(!left.contains("restore.json"), "{left}");
    sandbox.git(["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn what_an_editor_saves_is_whole_and_never_lost() {
    let sandbox = Sandbox::committed();
    let then = "then\n".repeat(2_000);
    sandbox.write("README", &then);
    sandbox.checkpoint(["create", "before"]).exits(0);
    let saved = |n: usize| format!("save {n}\n").repeat(3_000);
    for round in 0..12 {
        let is_over = AtomicBool::new(false);
        let n_saved = AtomicUsize::new(0);
        let said = thread::scope(|scope| {
            scope.spawn(|| {
                for n in 1.. {
                    sandbox.write(".README.swp", saved(n));
                    fs_err::rename(sandbox.path(".README.swp"), sandbox.path("README"))
                        .expect("our own file");
                    n_saved.store(n, Ordering::Release);
                    if is_over.load(Ordering::Acquire) {
                        break;
                    }
                    // Rounds differ in how often somebody saves.
                    thread::sleep(std::time::Duration::from_millis(round));
                }
            });
            let said = sandbox.terminal("git safe-restore before --force -- README");
            is_over.store(true, Ordering::Release);
            said
        });
        let last = saved(n_saved.load(Ordering::Acquire));
        let there = String::from_utf8(sandbox.read("README")).expect("text");
        assert!(
            there == then || there == last,
            "round {round}: it is whole: {said}"
        );
        if said.code != 0 {
            assert!(said.text().contains("'README'"), "the file is told: {said}");
            sandbox.sh("git safe-restore --abort");
        }
        if there == then {
            let kept = Snapshot::all(&sandbox).into_iter().any(|snapshot| {
                let path = format!("{}:README", snapshot.work);
                sandbox.try_git(["cat-file", "blob", &path]).stdout == last.as_bytes()
            });
            assert!(
                kept,
                "round {round}: what was saved last is in a backup: {said}"
            );
        }
    }
}

#[test]
fn a_commit_that_holds_the_index_is_not_disturbed() {
    let sandbox = two_states();
    sandbox.write(
        ".git/hooks/pre-commit",
        "#!/bin/sh\ngit safe-restore a --force >said 2>&1\necho $? >>said\n",
    );
    sandbox.chmod(".git/hooks/pre-commit", 0o755);
    sandbox.write(".git/info/exclude", "said\n");
    sandbox.append("README", "committed\n");
    let before = sandbox.git(["rev-parse", "HEAD"]);
    sandbox.git(["commit", "--quiet", "--all", "--message", "more"]);
    let said = String::from_utf8_lossy(&sandbox.read("said")).into_owned();
    assert!(
        said.contains("index.lock'") && said.ends_with("\n1\n"),
        "{said}"
    );
    assert_eq!(sandbox.git(["rev-parse", "HEAD~1"]), before);
    assert_eq!(sandbox.git(["show", "HEAD:README"]), "read me\ncommitted");
    assert_eq!(sandbox.git(["status", "--short", "--", "README"]), "");
}

#[test]
fn commits_and_restores_take_turns() {
    let sandbox = two_states();
    sandbox.sh("git add --all && git commit --quiet -m both");
    thread::scope(|scope| {
        let sandbox = &sandbox;
        let restoring = scope.spawn(move || {
            for n in 0..10 {
                let name = if n % 2 == 0 { "a" } else { "b" };
                let said = sandbox.terminal(&format!("git safe-restore {name} --files --force"));
                assert!([0, 1].contains(&said.code), "{said}");
            }
        });
        for n in 0..20 {
            let line = format!("git commit --quiet --allow-empty -m {n} -- README");
            let said = sandbox.terminal(&line);
            assert!(said.code == 0 || said.text().contains(".lock"), "{said}");
        }
        restoring.join().expect("it does not panic");
    });
    sandbox.git(["fsck", "--strict", "--no-dangling"]);
    sandbox.sh("git safe-restore a --files --force");
    which(&sandbox);
    assert!(!sandbox.path(".git/index.lock").exists());
}

#[test]
fn checkpoints_in_other_worktrees_and_restores_here_lose_nothing() {
    let sandbox = two_states();
    for name in ["second", "third"] {
        sandbox.git([
            "worktree",
            "add",
            "--quiet",
            "-b",
            name,
            &format!("../{name}"),
        ]);
    }
    thread::scope(|scope| {
        for name in ["second", "third"] {
            let sandbox = &sandbox;
            scope.spawn(move || {
                for n in 0..10 {
                    sandbox.write(format!("../{name}/README"), format!("{name} {n}\n"));
                    let line = format!("cd ../{name} && git checkpoint create {name}-{n}");
                    let said = sandbox.terminal(&line);
                    assert_eq!(said.code, 0, "{said}");
                }
            });
        }
        for n in 0..10 {
            let name = if n % 2 == 0 { "a" } else { "b" };
            let said = sandbox.terminal(&format!("git safe-restore {name} --force"));
            assert_eq!(said.code, 0, "{said}");
            assert_eq!(which(&sandbox), name);
        }
    });
    assert_eq!(
        Snapshot::all(&sandbox).len(),
        2 + 20 + 10,
        "each restore has its backup"
    );
    for n in (0..9).rev() {
        sandbox.sh("git safe-restore --undo --force");
        assert_eq!(which(&sandbox), if n % 2 == 0 { "a" } else { "b" });
    }
    for name in ["second", "third"] {
        let said = sandbox.terminal(&format!("cd ../{name} && git safe-restore --undo --force"));
        assert_eq!(said.code, 1, "nothing was restored there: {said}");
        sandbox.sh(&format!(
            "cd ../{name} && git safe-restore {name}-3 --force"
        ));
        assert_eq!(
            sandbox.read(format!("../{name}/README")),
            format!("{name} 3\n").as_bytes()
        );
    }
}
