//! What a hook leaves alone, what it sees, and what happens without the program.

use checkpoint_tests::{Sandbox, Snapshot};

use super::{Mode, guarded, past_hooks, scripts};

fn at_work() -> Sandbox {
    let sandbox = guarded(Mode::Usual);
    sandbox.git(["switch", "-q", "feature"]);
    sandbox
}

/// The files of the index in the only checkpoint that there is.
fn kept_index(sandbox: &Sandbox) -> String {
    let snapshot = Snapshot::only(sandbox).work;
    sandbox.git(["diff", "--name-only", "HEAD~1", &format!("{snapshot}^2")])
}

#[test]
fn each_commit_is_kept_with_the_index_that_is_committed() {
    let check = |commit: &str, in_index: &str| {
        let sandbox = at_work();
        sandbox.write("staged.txt", "staged\n");
        sandbox.git(["add", "staged.txt"]);
        sandbox.append("README", "more\n");
        sandbox.append("doc/guide.txt", "more\n");
        sandbox.sh(commit);
        assert_eq!(kept_index(&sandbox), in_index, "{commit}");
        let work = Snapshot::only(&sandbox).work;
        let files = sandbox.git(["diff", "--name-only", "HEAD~1", &work]);
        assert_eq!(
            files, "README\ndoc/guide.txt\nstaged.txt",
            "all files are kept: {commit}"
        );
    };
    check("git commit -q -m x", "staged.txt");
    check("git commit -q -a -m x", "README\ndoc/guide.txt\nstaged.txt");
    check("git commit -q -m x README", "README");
    check("git commit -q -m x -i README", "README\nstaged.txt");
}

#[test]
fn what_is_kept_already_is_not_kept_again() {
    let sandbox = at_work();
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "x"]);
    let first = Snapshot::all(&sandbox).len();
    sandbox
        .terminal("git commit -q --allow-empty -m '' ")
        .exits(1);
    sandbox
        .terminal("git commit -q --allow-empty -m '' ")
        .exits(1);
    assert_eq!(
        Snapshot::all(&sandbox).len(),
        first + 1,
        "nothing changed between the two"
    );
}

#[test]
fn a_checkpoint_that_fails_stops_a_commit_only_where_that_is_asked_for() {
    let check = |level: &str, code: i32, says: &str| {
        let sandbox = at_work();
        sandbox.write(
            ".git-checkpoint.toml",
            format!("[hooks]\ncheckpoint = \"{level}\"\n"),
        );
        past_hooks(&sandbox, &["commit", "-q", "-a", "-m", "level"]);
        sandbox.git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
        // No reference can stand below this one.
        sandbox.git(["update-ref", "refs/checkpoints", "HEAD"]);
        let output = sandbox
            .terminal("git commit -q --allow-empty -m x")
            .exits(code);
        assert_eq!(
            output
                .text()
                .lines()
                .next()
                .unwrap_or_default()
                .split(':')
                .next(),
            Some(says),
            "{output}"
        );
    };
    check("off", 0, "");
    check("warn", 0, "warning");
    check("refuse", 1, "error");
}

#[test]
fn a_linked_worktree_is_guarded_and_the_main_one_stays_what_it_is() {
    let sandbox = guarded(Mode::Strict);
    sandbox.git(["switch", "-q", "feature"]);
    sandbox.git(["worktree", "add", "-q", "../tree", "main"]);
    let commit = "cd ../tree; git commit -q --allow-empty -m x";
    let output = sandbox.terminal(commit).exits(1);
    assert!(
        output.text().contains("cannot commit to 'main'"),
        "{output}"
    );
    sandbox.sh("cd ../tree && git switch -q -c other && echo x >>README && git commit -q -a -m x");
    assert_eq!(sandbox.git(["config", "core.bare"]), "false");
    assert_eq!(
        sandbox.git(["status", "--porcelain"]),
        "",
        "nothing of the main one has changed"
    );
    let kept = Snapshot::only(&sandbox);
    assert_eq!(
        kept.head.as_deref(),
        Some(sandbox.git(["rev-parse", "main"]).as_str())
    );
}

#[test]
fn a_worktree_of_a_bare_repository_is_guarded() {
    let sandbox = guarded(Mode::Usual);
    sandbox.sh("git clone -q --bare . ../bare.git && mkdir -p ../bare.git/hooks");
    for (name, text) in scripts(Mode::Usual) {
        sandbox.write(format!("../bare.git/hooks/{name}"), text);
        sandbox.chmod(format!("../bare.git/hooks/{name}"), 0o755);
    }
    sandbox.sh("cd ../bare.git && git worktree add -q ../linked main");
    let output = sandbox
        .terminal("cd ../linked; git commit -q --allow-empty -m x")
        .exits(1);
    assert!(
        output.text().contains("cannot commit to 'main'"),
        "{output}"
    );
    sandbox
        .sh("cd ../linked && git switch -q -c other && echo x >>README && git commit -q -a -m x");
    let states = sandbox.sh("cd ../linked && git for-each-ref refs/checkpoints/");
    assert_eq!(states.lines().count(), 1, "the commit was kept");
}

#[test]
fn commands_from_below_and_with_variables_find_the_same() {
    let check = |script: &str, code: i32| {
        let sandbox = guarded(Mode::Usual);
        sandbox.terminal(script).exits(code);
        assert_eq!(sandbox.git(["config", "core.bare"]), "false", "{script}");
    };
    check("cd src/lib && git commit -q --allow-empty -m x", 1);
    check("git -C src commit -q --allow-empty -m x", 1);
    check(
        "cd ..; git --git-dir=repo/.git --work-tree=repo commit -q --allow-empty -m x",
        1,
    );
    check(
        "cd ..; GIT_DIR=repo/.git GIT_WORK_TREE=repo git commit -q --allow-empty -m x",
        1,
    );
    check(
        "git switch -q feature && cd src && echo x >>main.c && git commit -q -m x main.c",
        0,
    );
    check(
        "git switch -q feature && cd .. && git --git-dir=repo/.git --work-tree=repo commit -q --allow-empty -m x",
        0,
    );
}

#[test]
fn names_in_other_case_are_the_same_where_the_files_are() {
    let sandbox = guarded(Mode::Usual);
    sandbox.git(["switch", "-q", "-c", "MAIN"]);
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "x"]);
    sandbox.git(["config", "core.ignoreCase", "true"]);
    let output = sandbox
        .terminal("git commit -q --allow-empty -m x")
        .exits(1);
    assert!(
        output.text().contains("cannot commit to 'MAIN'"),
        "{output}"
    );
}

#[test]
fn without_the_program_commits_and_pushes_stop_and_say_what_mends_it() {
    let sandbox = guarded(Mode::Strict);
    sandbox.git(["switch", "-q", "feature"]);
    // The folders of git and the shell, without that of the program.
    let without = |command: &str| {
        sandbox.terminal(&format!(
            "PATH=$(printf %s \"$PATH\" | cut -d: -f2-); {command}"
        ))
    };
    for command in [
        "git commit -q --allow-empty -m x",
        "git commit -q -n --allow-empty -m x",
        "git push -q origin feature",
    ] {
        let output = without(command);
        assert_ne!(output.code, 0, "{output}");
        assert!(
            output
                .text()
                .contains("hint: install it again, then run: git checkpoint init"),
            "{output}"
        );
    }
    for command in [
        "git branch other",
        "git update-ref refs/heads/main feature",
        "git fetch -q",
    ] {
        without(command).exits(0);
    }
}

#[test]
fn a_program_that_cannot_run_stops_commits_but_no_reference() {
    let sandbox = guarded(Mode::Strict);
    sandbox.git(["switch", "-q", "feature"]);
    sandbox.write("../broken", b"\x7fELF\x02\x01\x01 no program");
    sandbox.chmod("../broken", 0o755);
    let broken = sandbox.path("../broken").canonicalize().unwrap();
    for (name, text) in scripts(Mode::Strict) {
        let path = format!(".git/hooks/{name}");
        sandbox.write(
            &path,
            text.replace("@git-checkpoint@", &broken.to_string_lossy()),
        );
    }
    assert_ne!(sandbox.terminal("git commit -q --allow-empty -m x").code, 0);
    sandbox
        .terminal("git branch other && git fetch -q")
        .exits(0);
}

#[test]
fn a_hook_that_nobody_knows_is_bad_usage() {
    let sandbox = guarded(Mode::Usual);
    let output = sandbox.checkpoint(["hook", "pre-cook"]).exits(129);
    assert!(
        output.talk().contains("unknown hook 'pre-cook'"),
        "{output}"
    );
    sandbox
        .checkpoint(["hook", "post-rewrite", "amend"])
        .exits(0);
}

#[test]
fn references_in_reftable_are_guarded_too() {
    let sandbox = Sandbox::without_repository();
    let made = sandbox.terminal("git init -q --ref-format=reftable .");
    if made.code != 0 {
        // A git before 2.45 has none of them.
        return;
    }
    sandbox.fill();
    super::install(&sandbox, Mode::Strict);
    let output = sandbox
        .terminal("git commit -q --allow-empty -m x")
        .exits(1);
    assert!(
        output.text().contains("cannot commit to 'main'"),
        "{output}"
    );
    sandbox
        .terminal("git update-ref refs/heads/main $(git commit-tree -p HEAD -m x HEAD^{tree})")
        .exits(128);
    sandbox.sh("git switch -q -c other && echo x >>README && git commit -q -a -m x");
    sandbox.sh("git gc -q && git stash list && git branch -q -m other another");
}

#[test]
fn on_the_way_that_lets_git_go_on_no_git_is_started() {
    let sandbox = at_work();
    let id = sandbox.git(["rev-parse", "HEAD"]);
    let main = sandbox.git(["rev-parse", "main"]);
    let null = "0".repeat(40);
    // The first folder has the program, and no git.
    let check = |input: &str, words: &str| {
        let script =
            format!("PATH=${{PATH%%:*}}; printf '%s\\n' '{input}' | git-checkpoint hook {words}");
        let output = sandbox.terminal(&script).exits(0);
        assert_eq!(output.text(), "", "and nothing is said: {output}");
    };
    check("", "pre-commit");
    check("", "pre-merge-commit");
    check("", "prepare-commit-msg .git/COMMIT_EDITMSG message");
    check("", "pre-applypatch");
    check("", "pre-rebase origin/main");
    check("", "pre-rebase origin/main main");
    check("", "post-commit");
    check(
        &format!("refs/heads/feature {id} refs/heads/feature {null}"),
        "pre-push origin ../up.git",
    );
    check(
        &format!("{null} {id} refs/heads/feature"),
        "reference-transaction prepared",
    );
    check(
        &format!("{null} {main} refs/heads/main"),
        "reference-transaction prepared",
    );
    assert_eq!(
        Snapshot::all(&sandbox).len(),
        1,
        "the state was kept all the same"
    );
}
