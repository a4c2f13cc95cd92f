//! The same with the strict hook: no way but the upstream's.

use checkpoint_tests::Sandbox;

use super::{Mode, blocked, go_on_from, goes_through, guarded, others_push, tip};

/// The version of the git under test, such as (2, 47).
fn version(sandbox: &Sandbox) -> (u32, u32) {
    let said = sandbox.git(["version"]);
    let number = said.split(' ').nth(2).expect("git tells its version");
    let mut parts = number.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().expect("a version has two numbers");
    (next(), next())
}

#[test]
fn a_protected_branch_moves_by_no_other_way() {
    let check = |script: &str| {
        let sandbox = guarded(Mode::Strict);
        let refused = blocked(&sandbox, script);
        go_on_from(&sandbox, &refused);
        let left = sandbox.git(["status", "--porcelain"]);
        assert_eq!(left, "", "nothing is left half moved: {refused}");
    };
    check("git merge -q --ff-only feature");
    check("git reset -q --hard feature");
    check("git reset -q --soft feature");
    check("git checkout -q -B main feature");
    check("git update-ref refs/heads/main feature");
    check("git update-ref HEAD feature");
    check("git update-ref -m x refs/heads/main $(git commit-tree -p HEAD -m x HEAD^{tree})");
    check("git switch -q feature; git branch -q -f main feature");
    check("git switch -q feature; git fetch -q . feature:main");
    check("git switch -q feature; git send-pack --force . feature:main");
    check(
        "git switch -q -c side; git fast-export feature --refspec=refs/heads/feature:refs/heads/main | git fast-import --quiet --force",
    );
    check("git -c core.hooksPath=.git/hooks commit -q --allow-empty -m x --no-verify");
}

#[test]
fn a_rebase_leaves_the_branch_and_can_be_aborted() {
    let sandbox = guarded(Mode::Strict);
    sandbox.remove(".git/hooks/prepare-commit-msg");
    let refused = blocked(
        &sandbox,
        "git rebase -q --no-verify clash; echo both >README; git add README; git rebase --continue",
    );
    go_on_from(&sandbox, &refused);
}

#[test]
fn git_goes_on_where_the_upstream_has_it() {
    let check = |script: &str| goes_through(Mode::Strict, script);
    check("git pull -q --ff-only");
    check("git pull -q --rebase");
    check("git fetch -q; git merge -q --ff-only origin/main");
    check("git fetch -q; git rebase -q origin/main");
    check("git fetch -q; git reset -q --hard origin/main; git reset -q --hard HEAD~1");
    check("git fetch -q; git switch -q feature; git branch -q -f main origin/main");
    check("echo x >>README; git stash -q; git stash pop -q");
    check(
        "git worktree add -q ../tree feature; cd ../tree; echo x >>README; git commit -q -a -m x",
    );
    check(
        "git switch -q feature; echo x >>README; git commit -q -a -m x; git commit -q --amend -m y",
    );
    check(
        "git switch -q feature; git fetch -q; git rebase -q origin/main; git push -q origin feature",
    );
    check("git switch -q feature; git merge -q --no-edit clash || git merge --abort");
    check("git gc -q; git pack-refs --all; git gc -q --prune=now");
    check("git switch -q feature; git branch -q -D main; git branch -q main origin/main");
    check("git checkout -q --detach; git commit -q --allow-empty -m x");
    check(
        "git tag v1; git notes add -m x; git branch other feature; git branch -q -m other another",
    );
    check("git bisect start -q HEAD HEAD~1 >../log; git bisect reset 2>../log");
    check("git checkpoint create -q before; git checkpoint delete -q before");
    check(
        "cd ../other; git pull -q; cd ../repo; git remote prune origin; git reflog expire --all --expire=now",
    );
}

#[test]
fn a_fetch_into_the_branch_passes_where_git_tells_both_at_once() {
    let sandbox = guarded(Mode::Strict);
    others_push(&sandbox);
    let output = sandbox.terminal("git switch -q feature && git fetch -q origin main:main");
    // Before git 2.51 a transaction of its own moves the branch before its upstream.
    assert_eq!(output.code == 0, version(&sandbox) >= (2, 51), "{output}");
    sandbox.git(["fetch", "-q"]);
    sandbox.git(["fetch", "-q", "origin", "main:main"]);
    assert_eq!(
        tip(&sandbox, "main"),
        tip(&sandbox, "origin/main"),
        "once the upstream is there"
    );
}

#[test]
fn a_push_from_elsewhere_is_refused_as_well() {
    let sandbox = guarded(Mode::Strict);
    sandbox.git(["config", "receive.denyCurrentBranch", "ignore"]);
    let before = tip(&sandbox, "main");
    let script = "git clone -q . ../elsewhere && cd ../elsewhere && git commit -q --allow-empty -m x && git push -q origin main";
    let output = sandbox.terminal(script);
    assert_ne!(output.code, 0, "{output}");
    assert!(output.text().contains("it is protected"), "{output}");
    assert_eq!(tip(&sandbox, "main"), before);
}

#[test]
fn a_branch_does_not_become_another_name() {
    let sandbox = guarded(Mode::Strict);
    let script = "git switch -q clash; git symbolic-ref refs/heads/main refs/heads/feature";
    let output = sandbox.terminal(script);
    // git tells the hook from 2.46 on; before, nobody sees it.
    assert_eq!(output.code != 0, version(&sandbox) >= (2, 46), "{output}");
}

#[test]
fn states_that_nobody_knows_yet_pass() {
    let sandbox = guarded(Mode::Strict);
    let id = tip(&sandbox, "feature");
    let null = "0".repeat(40);
    let check = |state: &str, line: &str, code: i32| {
        let script =
            format!("printf '%s\\n' '{line}' | git checkpoint hook reference-transaction {state}");
        sandbox.terminal(&script).exits(code);
    };
    let moves = format!("{null} {id} refs/heads/main");
    check("prepared", &moves, 1);
    check("preparing", &moves, 0);
    check("committed", &moves, 0);
    check("aborted", &moves, 0);
    check("what-comes-next", &moves, 0);
    check("prepared", &format!("{null} {null} refs/heads/main"), 0);
    check("prepared", "what comes next of refs/heads/main", 0);
    check("prepared", "", 0);
}
