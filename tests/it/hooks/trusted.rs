//! The policy counts as the protected branch has it.

use super::{Mode, blocked, guarded, past_hooks, tip};

#[test]
fn editing_the_policy_loosens_nothing() {
    let check = |edit: &str| {
        let sandbox = guarded(Mode::Strict);
        sandbox.sh(edit);
        blocked(&sandbox, "git commit -q --allow-empty -m x --no-verify");
        blocked(&sandbox, "git update-ref refs/heads/main feature");
        let output = sandbox.terminal("git push origin feature:main");
        assert_ne!(output.code, 0, "{output}");
    };
    check("rm .git-checkpoint.toml");
    check("git rm -q .git-checkpoint.toml");
    check(": >.git-checkpoint.toml");
    check("printf '[branches]\\nprotected = []\\n' >.git-checkpoint.toml");
    check(
        "printf '[hooks]\\ncommit = \"off\"\\npush = \"off\"\\nmove = \"off\"\\n' >.git-checkpoint.toml",
    );
    check("printf '[hooks' >.git-checkpoint.toml");
    check("rm .git-checkpoint.toml; mkdir .git-checkpoint.toml");
    check("rm .git-checkpoint.toml; ln -s /dev/null .git-checkpoint.toml");
    check("git config branch.main.merge refs/heads/feature; rm .git-checkpoint.toml");
}

#[test]
fn a_loose_policy_on_another_branch_loosens_nothing() {
    let sandbox = guarded(Mode::Strict);
    sandbox.git(["switch", "-q", "feature"]);
    sandbox.write(
        ".git-checkpoint.toml",
        "[branches]\nprotected = []\n[hooks]\ncommit = \"off\"\nmove = \"off\"\npush = \"off\"\n",
    );
    sandbox.git(["commit", "-q", "-a", "-m", "loose"]);
    blocked(&sandbox, "git branch -q -f main feature");
    let before = tip(&sandbox, "main");
    let output = sandbox.terminal("git push origin HEAD:main");
    assert_ne!(output.code, 0, "{output}");
    assert_eq!(tip(&sandbox, "main"), before);
}

#[test]
fn a_broken_policy_is_shown_and_the_trusted_one_counts() {
    let sandbox = guarded(Mode::Usual);
    sandbox.write(".git-checkpoint.toml", "[branches]\nprotectd = []\n");
    let output = sandbox
        .terminal("git commit -q --allow-empty -m x")
        .exits(1);
    let said = output.text();
    assert!(
        said.contains(
            "warning: bad policy in '.git-checkpoint.toml' line 2: unknown field `protectd`"
        ),
        "{said}"
    );
    assert!(said.contains("of 'origin/main'"), "{said}");
    assert!(
        said.contains("hint: see the place in it: git checkpoint doctor"),
        "{said}"
    );
    sandbox.git(["switch", "-q", "-c", "mine"]);
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "x"]);
    let output = sandbox.terminal("git push origin mine");
    let told = output.text().matches("warning: bad policy").count();
    assert_eq!((output.code, told), (0, 1), "once is enough: {output}");
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "x"]);
}

#[test]
fn a_copy_may_be_stricter() {
    let sandbox = guarded(Mode::Usual);
    sandbox.git(["switch", "-q", "feature"]);
    sandbox.write(
        ".git-checkpoint.toml",
        "[branches]\nprotected = [\"feature\"]\n",
    );
    let output = sandbox
        .terminal("git commit -q --allow-empty -m x")
        .exits(1);
    assert!(
        output
            .text()
            .contains("by .git-checkpoint.toml in the working tree"),
        "{output}"
    );
}

#[test]
fn a_warning_lets_pass() {
    let sandbox = guarded(Mode::Usual);
    past_hooks(&sandbox, &["commit", "-q", "--allow-empty", "-m", "x"]);
    sandbox.write(
        ".git-checkpoint.toml",
        "[hooks]\ncommit = \"warn\"\npush = \"off\"\n",
    );
    past_hooks(&sandbox, &["commit", "-q", "-a", "-m", "mild"]);
    past_hooks(&sandbox, &["push", "-q", "origin", "main"]);
    let output = sandbox
        .terminal("git commit -q --allow-empty -m x")
        .exits(0);
    assert!(
        output
            .text()
            .contains("warning: let pass: commit to 'main': it is protected (rule 'commit': "),
        "{output}"
    );
    let said = output.text();
    assert_eq!(said.matches("warning: ").count(), 1, "said once: {said}");
    sandbox.git(["push", "-q", "origin", "main"]);
}

#[test]
fn a_restore_is_held_by_the_trusted_policy_too() {
    let sandbox = guarded(Mode::Usual);
    sandbox.checkpoint(["create", "-q", "here"]).exits(0);
    sandbox.git(["merge", "-q", "--ff-only", "feature"]);
    let before = tip(&sandbox, "main");
    sandbox.remove(".git-checkpoint.toml");
    let output = sandbox
        .terminal("git safe-restore here --exact --force")
        .exits(1);
    assert!(
        output.text().contains("branch 'main' is protected"),
        "{output}"
    );
    assert_eq!(tip(&sandbox, "main"), before);
}
