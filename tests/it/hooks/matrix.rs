//! Every operation that could put something on a protected branch, with the usual hooks.

use checkpoint_tests::Git;

use super::{Mode, POLICY, blocked, go_on_from, goes_through, guarded, others_push, tip};

#[test]
fn a_protected_branch_is_not_committed_to() {
    let check = |script: &str| {
        let sandbox = guarded(Mode::Usual);
        let refused = blocked(&sandbox, script);
        go_on_from(&sandbox, &refused);
    };
    check("echo x >>README; git commit -q -a -m x");
    check("echo x >>README; git add README; git commit -q -m x");
    check("echo x >>README; git commit -q -m x README");
    check("echo x >>README; git commit -q -a -m x --no-verify");
    check("echo x >>README; git commit -q -a --amend --no-edit");
    check("git commit -q --amend -m other --no-verify");
    check("git tag main clash; echo x >>README; git commit -q -a -m x");
    check("git merge -q --no-ff --no-edit feature");
    check("git merge -q --no-ff --no-edit --no-verify feature");
    check("git merge -q --squash feature && git commit -q -m x");
    check("git merge -q clash; echo both >README; git add README; git commit -q --no-edit");
    check("git merge -q clash; echo both >README; git add README; git merge --continue");
    check("git cherry-pick feature");
    check("git cherry-pick --no-commit feature && git commit -q -n -m x");
    check("git cherry-pick clash; echo both >README; git add README; git cherry-pick --continue");
    check("git revert --no-edit HEAD");
    check("git format-patch -q -1 --stdout feature >../patch; git am -q ../patch");
    check("git revert --no-edit HEAD HEAD~1");
    check(
        "git switch -q feature; git symbolic-ref refs/heads/alias refs/heads/main; git switch -q alias; git commit -q --allow-empty -m x",
    );
    check("git rebase -q clash");
    check(
        "git rebase -q --no-verify clash; echo both >README; git add README; git rebase --continue",
    );
    check("git switch -q feature; git rebase -q clash main");
}

/// What the manual says of `--no-verify`: here git runs no hook that could hold it.
#[test]
fn where_git_runs_no_hook_at_all_nothing_is_held() {
    let check = |mode: Mode, script: &str, code: i32| {
        let sandbox = guarded(mode);
        let output = sandbox.terminal(script);
        assert_eq!(output.code != 0, code != 0, "{script}: {output}");
    };
    let am = "git format-patch -q -1 --stdout feature >../patch; git am -q --no-verify ../patch";
    // Older ones do not know the option.
    if Git::all()[0].version >= (2, 40) {
        check(Mode::Usual, am, 0);
        check(Mode::Strict, am, 1);
    }
    check(
        Mode::Usual,
        "git push -q --no-verify origin feature:main",
        0,
    );
    let delete = "git switch -q feature; git branch -q -D main";
    check(Mode::Strict, delete, 0);
}

#[test]
fn a_merge_by_pull_is_a_commit_too() {
    let sandbox = guarded(Mode::Usual);
    others_push(&sandbox);
    let refused = blocked(&sandbox, "git pull -q --no-ff --no-edit");
    go_on_from(&sandbox, &refused);
}

#[test]
fn legitimate_work_is_not_in_its_way() {
    let check = |script: &str| goes_through(Mode::Usual, script);
    check("git pull -q --ff-only");
    check("git pull -q --rebase");
    check("git fetch -q && git merge -q --ff-only origin/main");
    check("git fetch -q && git rebase -q origin/main");
    check("git fetch -q && git reset -q --hard origin/main");
    check("git fetch -q origin main:other");
    check("git switch -q feature && git fetch -q origin main:main");
    check("echo x >>README; git stash -q; git stash pop -q");
    check(
        "git worktree add -q ../tree feature; cd ../tree; echo x >>README; git commit -q -a -m x",
    );
    check(
        "git switch -q feature; echo x >>README; git commit -q -a -m x; git commit -q --amend -m y",
    );
    check("git switch -q feature; git fetch -q; git merge -q --no-edit origin/main");
    check("git switch -q feature; git fetch -q; git rebase -q origin/main");
    check("git switch -q feature; git revert --no-edit HEAD; git cherry-pick HEAD~1");
    check(
        "git switch -q feature; git format-patch -q -1 --stdout >../patch; git reset -q --hard HEAD~1; git am -q ../patch",
    );
    check("git switch -q feature; git branch -q -D clash; git gc -q; git pack-refs --all");
    check("git checkout -q --detach; echo x >>README; git commit -q -a -m x");
    check("git checkout -q main~0; git commit -q --allow-empty -m x");
    check("git checkout -q --orphan fresh; git commit -q -m x");
    check(
        "git symbolic-ref refs/heads/alias refs/heads/feature; git switch -q alias; git commit -q --allow-empty -m x",
    );
    check("git switch -q -c main2; git commit -q --allow-empty -m x");
    check("git switch -q -c x/main; git commit -q --allow-empty -m x");
    check("git bisect start -q HEAD HEAD~1 >../log; git bisect reset 2>../log");
    check("git tag v1; git tag -a -m x v2");
    check("git notes add -m x; git rev-parse HEAD >../log");
}

#[test]
fn the_first_commit_of_a_repository_is_made_where_it_stands() {
    let sandbox = checkpoint_tests::Sandbox::new();
    super::install(&sandbox, Mode::Strict);
    sandbox.write("file", "one\n");
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "-q", "-m", "first"]);
    let output = sandbox.terminal("git commit -q --allow-empty -m second");
    assert_eq!(output.code, 1, "the second one is not: {output}");
    assert!(
        output.text().contains("'main' is protected by default"),
        "{output}"
    );
}

#[test]
fn a_branch_that_begins_again_is_no_first_commit() {
    let sandbox = guarded(Mode::Usual);
    let up = tip(&sandbox, "origin/main");
    let script = "git switch -q feature; git branch -q -D main; git checkout -q --orphan main; git commit -q -m x";
    let output = sandbox.terminal(script);
    assert_eq!(output.code, 1, "{output}");
    assert_eq!(tip(&sandbox, "origin/main"), up);
}

#[test]
fn what_is_staged_goes_with_the_work() {
    let sandbox = guarded(Mode::Usual);
    sandbox.write("staged.txt", "staged\n");
    sandbox.git(["add", "staged.txt"]);
    sandbox.append("README", "not staged\n");
    let refused = blocked(&sandbox, "git commit -q -m x");
    assert!(
        refused.text().contains("git switch -c agent/from-main\n"),
        "{refused}"
    );
    sandbox.git(["switch", "-q", "-c", "agent/from-main"]);
    sandbox.git(["commit", "-q", "-m", "x"]);
    assert_eq!(
        sandbox.git(["diff", "--name-only", "HEAD~1", "HEAD"]),
        "staged.txt"
    );
    assert_eq!(sandbox.git(["diff", "--name-only"]), "README");
}

#[test]
fn the_branch_that_is_proposed_is_free_and_for_work() {
    let check = |policy: &str, branches: &[&str], want: &str| {
        let sandbox = guarded(Mode::Usual);
        sandbox.write(".git-checkpoint.toml", policy);
        for branch in branches {
            sandbox.git(["branch", branch]);
        }
        let output = sandbox
            .terminal("git commit -q --allow-empty -m x")
            .exits(1);
        assert!(
            output.text().contains(&format!("git switch -c {want}\n")),
            "{want}: {output}"
        );
    };
    check(POLICY, &[], "agent/from-main");
    check(POLICY, &["agent/from-main"], "agent/from-main-2");
    check(
        POLICY,
        &["agent/from-main", "agent/from-main-2"],
        "agent/from-main-3",
    );
    check(POLICY, &["agent"], "from-main");
    check(POLICY, &["agent/from-main/deep"], "agent/from-main-2");
    let feature = |pattern: &str| format!("[branches]\nfeature = [\"{pattern}\"]\n");
    check(&feature("*-wip"), &[], "from-main-wip");
    check(&feature("*-wip"), &["from-main-wip/x"], "from-main-2-wip");
    check(&feature("user/?/*"), &[], "user/x/from-main");
    check(&feature("[ab]/*"), &["b"], "a/from-main");
    check(&feature("dev"), &[], "dev");
    check(
        "[branches]\nfeature = [\"work/*\"]\n",
        &[],
        "work/from-main",
    );
    // What a policy may hold, a shell that it is pasted into must not run.
    check(
        "[branches]\nfeature = [\"$(id)/*\"]\n",
        &[],
        "'$(id)/from-main'",
    );
}

#[test]
fn where_no_branch_can_be_proposed_the_patterns_are_told() {
    let sandbox = guarded(Mode::Usual);
    sandbox.write(
        ".git-checkpoint.toml",
        "[branches]\nfeature = [\"dev\", \"x\"]\n",
    );
    sandbox.git(["branch", "dev"]);
    sandbox.git(["branch", "x"]);
    let commit = sandbox
        .terminal("git commit -q --allow-empty -m x")
        .exits(1);
    let said = commit.text();
    assert!(
        said.contains("by 'feature' of the policy 'dev', 'x', with git switch"),
        "{said}"
    );
}

#[test]
fn what_is_staged_is_spoken_of_only_where_something_is() {
    let said = |script: &str| blocked(&guarded(Mode::Usual), script).text();
    let staged = "what is staged stays staged";
    assert!(!said("git commit -q --allow-empty -m x").contains(staged));
    assert!(!said("echo x >>README; git commit -q -a -m x").contains(staged));
    assert!(said("echo x >>README; git add README; git commit -q -m x").contains(staged));
}
