//! Pushes, by where they go.

use checkpoint_tests::{Output, Sandbox};

use super::{Mode, guarded};

fn up(sandbox: &Sandbox) -> String {
    sandbox.git(["--git-dir=../up.git", "for-each-ref"])
}

fn refused(sandbox: &Sandbox, script: &str) -> Output {
    let before = up(sandbox);
    let output = sandbox.terminal(script);
    assert_ne!(output.code, 0, "{output}");
    assert_eq!(up(sandbox), before, "{output}");
    output
}

#[test]
fn a_protected_branch_is_not_pushed_to_by_any_spelling() {
    let sandbox = guarded(Mode::Usual);
    sandbox.git(["merge", "-q", "--ff-only", "feature"]);
    let check = |script: &str| {
        let output = refused(&sandbox, script);
        assert!(output.text().contains("it is protected"), "{output}");
    };
    check("git push origin main");
    check("git push");
    check("git push origin HEAD");
    check("git push origin HEAD:main");
    check("git push origin feature:main");
    check("git push origin feature:refs/heads/main");
    check("git push origin +feature:main");
    check("git push --force-with-lease origin feature:main");
    check("git push origin clash feature:main");
    check("git push --all origin");
    check("git push --mirror origin");
    check("git push ../up.git feature:main");
    check("git push origin :main");
    check("git push --delete origin main");
    check("git push origin feature:release/1");
    check("git -c push.default=upstream push");
}

#[test]
fn a_branch_that_follows_a_protected_one_is_not_pushed_there() {
    let sandbox = guarded(Mode::Usual);
    sandbox.git(["switch", "-q", "-c", "mine", "--track", "origin/main"]);
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "mine"]);
    refused(&sandbox, "git -c push.default=upstream push");
    sandbox.git(["push", "-q", "origin", "mine"]);
}

#[test]
fn the_line_that_is_proposed_pushes() {
    let sandbox = guarded(Mode::Usual);
    let output = refused(&sandbox, "git push origin feature:main");
    let said = output.text();
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("hint:   git push origin"));
    sandbox.sh(&format!(
        "git push -q origin{}",
        line.expect("a line to paste")
    ));
    assert!(
        up(&sandbox).contains("refs/heads/agent/from-main"),
        "{}",
        up(&sandbox)
    );
}

#[test]
fn other_pushes_go_through() {
    let check = |script: &str| {
        let output = guarded(Mode::Usual).terminal(script).exits(0);
        assert!(!output.text().contains("hint: "), "{output}");
    };
    check("git push -q origin feature");
    check("git push -q origin feature:refs/heads/other && git push -q origin :other");
    check("git push -q origin main");
    check("git push -q origin HEAD:refs/heads/mainly");
    check("git tag v1 && git push -q origin v1 && git push -q origin :v1");
    check("git tag main feature && git push -q origin refs/tags/main");
    check("git notes add -m x && git push -q origin refs/notes/commits");
    check("git checkpoint create -q safe && git push -q origin --tags");
    check("git init -q --bare ../new.git && git push -q ../new.git main");
    check("git init -q --bare ../new.git && git remote add new ../new.git && git push -q new main");
}

#[test]
fn the_tag_of_a_checkpoint_stays_where_it_was_pushed() {
    let sandbox = guarded(Mode::Usual);
    sandbox.checkpoint(["create", "-q", "safe"]).exits(0);
    sandbox.git(["push", "-q", "origin", "checkpoint/safe"]);
    sandbox
        .checkpoint(["create", "-q", "safe", "--replace"])
        .exits(0);
    let check = |script: &str| {
        let output = refused(&sandbox, script);
        assert!(
            output.text().contains("the tag 'checkpoint/safe' of "),
            "{output}"
        );
    };
    check("git push --force origin checkpoint/safe");
    check("git push origin :refs/tags/checkpoint/safe");
    check("git push --delete origin checkpoint/safe");
    sandbox.git(["tag", "v1"]);
    sandbox.git(["push", "-q", "origin", "v1"]);
    sandbox.git(["tag", "-f", "v1", "feature"]);
    sandbox.git(["push", "-q", "--force", "origin", "v1"]);
}

#[test]
fn the_tag_of_a_checkpoint_is_known_without_a_prefix_too() {
    let sandbox = guarded(Mode::Usual);
    sandbox.git(["config", "checkpoint.tagPrefix", ""]);
    sandbox.checkpoint(["create", "-q", "safe"]).exits(0);
    sandbox.git(["tag", "v1"]);
    sandbox.git(["push", "-q", "origin", "refs/tags/safe", "v1"]);
    let output = refused(&sandbox, "git push --delete origin refs/tags/safe");
    assert!(output.text().contains("the tag 'safe' of "), "{output}");
    sandbox.git(["push", "-q", "--delete", "origin", "v1"]);
}

#[test]
fn a_push_makes_the_checkpoint_that_it_needs() {
    let sandbox = guarded(Mode::Usual);
    sandbox.write(".git-checkpoint.toml", "[checkpoint]\nrequire = \"push\"\n");
    sandbox.git(["switch", "-q", "feature"]);
    let names = || sandbox.git(["tag", "--list", "checkpoint/*"]);
    let output = sandbox.terminal("git push -q origin feature").exits(0);
    assert!(
        output
            .text()
            .contains("kept 'push/feature-1' before the push"),
        "{output}"
    );
    assert_eq!(names(), "checkpoint/push/feature-1");
    let shown = sandbox
        .checkpoint(["show", "--json", "push/feature-1"])
        .exits(0)
        .json();
    assert_eq!(shown["checkpoint"]["kind"], "safe_state");
    sandbox.git(["push", "-q", "origin", "feature:refs/heads/copy"]);
    assert_eq!(
        names(),
        "checkpoint/push/feature-1",
        "one for each commit is enough"
    );
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "more"]);
    sandbox.git(["push", "-q", "origin", "feature"]);
    assert_eq!(
        names(),
        "checkpoint/push/feature-1\ncheckpoint/push/feature-2"
    );
    let output = refused(&sandbox, "git push origin clash");
    assert!(
        output
            .text()
            .contains("cannot push 'clash' without a checkpoint"),
        "{output}"
    );
    sandbox.git(["push", "-q", "origin", ":copy"]);
}

#[test]
fn a_push_does_not_go_without_the_checkpoint_that_it_needs() {
    let sandbox = guarded(Mode::Usual);
    sandbox.write(".git-checkpoint.toml", "[checkpoint]\nrequire = \"push\"\n");
    sandbox.git(["switch", "-q", "feature"]);
    sandbox.git(["update-ref", "refs/checkpoints", "HEAD"]);
    let output = refused(&sandbox, "git push origin feature");
    assert!(
        output
            .text()
            .contains("cannot push 'feature' without a checkpoint: "),
        "{output}"
    );
}

#[test]
fn all_that_is_refused_is_named() {
    let sandbox = guarded(Mode::Usual);
    let output = refused(
        &sandbox,
        "git push origin feature:main clash:release/1 feature",
    );
    for name in ["'main'", "'release/1'"] {
        assert!(
            output
                .text()
                .contains(&format!("{name} of 'origin': it is protected")),
            "{output}"
        );
    }
}

#[test]
fn what_is_secret_in_an_address_is_not_shown() {
    let sandbox = guarded(Mode::Usual);
    let hook = "printf 'refs/heads/feature %s refs/heads/main %s\\n' $(git rev-parse feature main) |
        git checkpoint hook pre-push https://ada:changeme@host.example/up https://ada:changeme@host.example/up";
    let output = sandbox.terminal(hook).exits(1);
    let said = output.text();
    assert!(!said.contains("changeme"), "{said}");
    assert!(said.contains("of 'https://host.example/up'"), "{said}");
}

#[test]
fn the_tag_of_a_checkpoint_that_is_deleted_gets_no_other_name() {
    let sandbox = guarded(Mode::Usual);
    sandbox.checkpoint(["create", "-q", "safe"]).exits(0);
    sandbox.git(["push", "-q", "origin", "checkpoint/safe"]);
    let output = refused(&sandbox, "git push --delete origin checkpoint/safe");
    assert!(!output.text().contains("another name"), "{output}");
}

#[test]
fn a_branch_is_the_first_one_only_of_an_empty_repository() {
    let sandbox = guarded(Mode::Usual);
    sandbox.sh("git init -q --bare ../new.git && git push -q ../new.git feature");
    let output = sandbox.terminal("git push -q ../new.git clash:feature main -f");
    assert_ne!(output.code, 0, "{output}");
    assert!(output.text().contains("cannot create 'main'"), "{output}");
    // By its address it is the same as by its name, and something of it is known.
    sandbox.sh("git remote add new ../new.git && git fetch -q new");
    for there in ["new", "../new.git"] {
        let output = sandbox.terminal(&format!("git push -q {there} main"));
        assert_ne!(output.code, 0, "{output}");
        assert!(output.text().contains("cannot create 'main'"), "{output}");
    }
}
