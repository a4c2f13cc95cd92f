//! People pass a rule, and it is recorded; agents do not.

use checkpoint_tests::{Output, Sandbox};

use super::{Mode, guarded, tip};

/// Runs a script with no process of ours above it: this test may itself be run by an agent.
fn as_a_person(sandbox: &Sandbox, script: &str) -> Output {
    sandbox.write("../script", script);
    let detached = "(s=0; sh ../script >../said 2>&1 || s=$?; echo $s >../status.new; mv ../status.new ../status) </dev/null >/dev/null 2>&1 &";
    let wait = "until [ -e ../status ]; do sleep 0.02; done; cat ../said; s=$(cat ../status); rm ../status; exit $s";
    sandbox.sh(detached);
    sandbox.terminal(wait)
}

fn overrides(sandbox: &Sandbox) -> Vec<serde_json::Value> {
    let notes = sandbox.git(["notes", "--ref=guard", "list"]);
    let texts = notes
        .lines()
        .map(|line| sandbox.git(["cat-file", "blob", &line[..40]]));
    let lines: Vec<_> = texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

#[test]
fn a_person_passes_a_rule_and_it_is_recorded() {
    let sandbox = guarded(Mode::Usual);
    let before = tip(&sandbox, "main");
    let commit = "git commit -q --allow-empty -m release";
    as_a_person(&sandbox, &format!("CHECKPOINT_ALLOW=commit {commit}")).exits(0);
    assert_eq!(tip(&sandbox, "main~1"), before);
    let recorded = overrides(&sandbox);
    let [one] = recorded.as_slice() else {
        panic!("one is recorded: {recorded:?}")
    };
    assert_eq!(one["type"], "policy_override");
    assert_eq!(one["rule"], "commit");
    assert_eq!(one["ref"], "refs/heads/main");
    as_a_person(&sandbox, "CHECKPOINT_ALLOW=push git push -q origin main").exits(0);
    assert_eq!(overrides(&sandbox).len(), 2);
    assert_eq!(tip(&sandbox, "origin/main"), tip(&sandbox, "main"));
    as_a_person(&sandbox, commit).exits(1);
    let log = sandbox.checkpoint(["log"]).exits(0).text();
    assert!(
        log.lines()
            .any(|line| line.contains("policy         override")
                && line.ends_with("commit of refs/heads/main")),
        "{log}"
    );
}

/// The lines that a refusal gives to somebody who may pass the rule.
fn lines_that_pass(refused: &Output) -> String {
    let said = refused.text();
    let (_, ways) = said.split_once("or pass the rule").expect("a way is told");
    let lines = ways.lines().skip(1);
    let lines = lines.map_while(|line| line.strip_prefix("hint:   "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_lines_that_pass_a_rule_finish_what_was_stopped() {
    let check = |script: &str, rest: &str, wants: &str| {
        let sandbox = guarded(Mode::Usual);
        let refused = as_a_person(&sandbox, script);
        assert_ne!(refused.code, 0, "{script}: {refused}");
        let lines = lines_that_pass(&refused);
        assert!(lines.contains(wants), "{script}: {lines}");
        assert_eq!(lines.contains('…'), !rest.is_empty(), "{script}: {lines}");
        let typed = format!(
            "set -e\nexport GIT_EDITOR=true\n{}",
            lines.replace('…', rest)
        );
        as_a_person(&sandbox, &typed).exits(0);
        let left = sandbox.git(["status"]);
        assert!(left.contains("nothing to commit"), "{script}: {left}");
        assert!(!left.contains("in progress"), "{script}: {left}");
        sandbox
    };
    let subject = |sandbox: &Sandbox| sandbox.git(["log", "-1", "--format=%s by %an", "main"]);
    let patch = "git format-patch -q -1 --stdout feature | sed 's/^From: .*/From: Other <o@x>/' >../patch; git am -q ../patch";
    let sandbox = check(patch, "", "CHECKPOINT_ALLOW=commit git am --continue");
    assert_eq!(subject(&sandbox), "feature by Other", "whose it is stays");
    let sandbox = check("git cherry-pick feature", "", " git cherry-pick --continue");
    assert!(subject(&sandbox).starts_with("feature by"));
    let sandbox = check(
        "git revert --no-edit HEAD",
        "--no-edit HEAD",
        "git reset --merge\nCHECKPOINT_ALLOW=commit git revert …",
    );
    assert!(subject(&sandbox).starts_with("Revert \"second\" by"));
    let sandbox = check(
        "git revert --no-edit HEAD HEAD~1",
        "--no-edit HEAD",
        "git revert --abort\nCHECKPOINT_ALLOW=commit git revert …",
    );
    assert!(subject(&sandbox).starts_with("Revert \"second\" by"));
    check(
        "git merge -q --no-ff --no-edit feature",
        "",
        " git merge --continue",
    );
    check(
        "git pull -q --no-rebase --no-ff --no-edit . feature",
        "",
        " git merge --continue",
    );
    check(
        "git merge -q clash; echo both >README; git add README; git commit -q --no-edit",
        "",
        " git merge --continue",
    );
    check(
        "git rebase -q -Xtheirs clash",
        "-q -Xtheirs clash",
        "CHECKPOINT_ALLOW=commit git rebase …",
    );
    check(
        "git pull -q --rebase -Xtheirs . clash",
        "-q --rebase -Xtheirs . clash",
        "CHECKPOINT_ALLOW=commit git pull …",
    );
    check(
        "git rebase -q --no-verify -Xtheirs clash",
        "-q -Xtheirs clash",
        "git rebase --abort\nCHECKPOINT_ALLOW=commit git rebase …",
    );
    check(
        "git rebase -q --no-verify clash; echo both >README; git add README; git rebase --continue",
        "",
        "CHECKPOINT_ALLOW=commit git rebase --continue",
    );
    check(
        "echo x >>README; git commit -q -a -m x",
        "-q -a -m x",
        "CHECKPOINT_ALLOW=commit git commit …",
    );
}

#[test]
fn the_line_that_passes_a_push_says_where_it_goes() {
    let check = |script: &str, wants: &str| {
        let sandbox = guarded(Mode::Usual);
        sandbox.git([
            "--git-dir=../up.git",
            "config",
            "receive.denyDeleteCurrent",
            "ignore",
        ]);
        let refused = as_a_person(&sandbox, script);
        assert_ne!(refused.code, 0, "{script}: {refused}");
        let line = lines_that_pass(&refused);
        let old = tip(&sandbox, "origin/main");
        assert_eq!(
            line,
            format!("CHECKPOINT_ALLOW=push {}", wants.replace("<old>", &old)),
            "{script}"
        );
        let before = sandbox.git(["--git-dir=../up.git", "for-each-ref"]);
        as_a_person(&sandbox, &line).exits(0);
        assert_ne!(
            sandbox.git(["--git-dir=../up.git", "for-each-ref"]),
            before,
            "{script}"
        );
    };
    check(
        "git push -q origin feature:main",
        "git push origin feature:refs/heads/main",
    );
    check(
        "git merge -q --ff-only feature; git push",
        "git push origin main",
    );
    check(
        "git tag feature; git push -q origin refs/heads/feature:main",
        "git push origin refs/heads/feature:refs/heads/main",
    );
    check(
        "git push -q origin :main",
        "git push origin :refs/heads/main",
    );
    check(
        "git push -q -f origin clash:main",
        "git push --force-with-lease=refs/heads/main:<old> origin clash:refs/heads/main",
    );
    check(
        "git push -q '../up.git' feature:main",
        "git push ../up.git feature:refs/heads/main",
    );
}

#[test]
fn a_rule_is_passed_by_its_own_word() {
    let sandbox = guarded(Mode::Usual);
    let check = |word: &str| {
        let commit = format!("CHECKPOINT_ALLOW={word} git commit -q --allow-empty -m x");
        as_a_person(&sandbox, &commit).exits(1)
    };
    check("push");
    check("");
    let output = check("1");
    assert!(
        output
            .text()
            .contains("'1' in CHECKPOINT_ALLOW is no rule; this one is 'commit'"),
        "{output}"
    );
    assert!(overrides(&sandbox).is_empty());
}

#[test]
fn a_commit_without_its_checkpoint_is_recorded_too() {
    let sandbox = guarded(Mode::Usual);
    sandbox.write(".git-checkpoint.toml", "[hooks]\ncheckpoint = \"refuse\"\n");
    sandbox.git(["switch", "-q", "feature"]);
    // No reference can stand below this one.
    sandbox.git(["update-ref", "refs/checkpoints", "HEAD"]);
    let commit = "git commit -q --allow-empty -m x";
    as_a_person(&sandbox, commit).exits(1);
    as_a_person(&sandbox, &format!("CHECKPOINT_ALLOW=checkpoint {commit}")).exits(0);
    let recorded = overrides(&sandbox);
    assert_eq!(recorded.len(), 1, "{recorded:?}");
    assert_eq!(recorded[0]["rule"], "checkpoint");
}

#[test]
fn who_may_commit_may_move_the_branch_by_it() {
    let sandbox = guarded(Mode::Strict);
    as_a_person(
        &sandbox,
        "CHECKPOINT_ALLOW=commit git commit -q --allow-empty -m x",
    )
    .exits(0);
    as_a_person(
        &sandbox,
        "CHECKPOINT_ALLOW=move git merge -q --ff-only feature || git merge -q --no-ff feature",
    )
    .exits(1);
    sandbox.terminal("git merge --abort");
    as_a_person(
        &sandbox,
        "CHECKPOINT_ALLOW=move git reset -q --hard feature",
    )
    .exits(0);
    assert_eq!(tip(&sandbox, "main"), tip(&sandbox, "feature"));
    let rules: Vec<_> = overrides(&sandbox)
        .iter()
        .map(|one| one["rule"].clone())
        .collect();
    assert_eq!(rules, ["commit", "move", "move"]);
}

#[test]
fn an_agent_passes_nothing() {
    let sandbox = guarded(Mode::Usual);
    let commit = "CHECKPOINT_ALLOW=commit git commit -q --allow-empty -m x";
    for sign in ["CLAUDECODE=1", "AI_AGENT=some@1", "GIT_AGENT_SESSION=s"] {
        let output = as_a_person(&sandbox, &format!("export {sign}; {commit}")).exits(1);
        assert!(
            output
                .text()
                .contains("CHECKPOINT_ALLOW does not count here"),
            "{output}"
        );
    }
    let output = as_a_person(
        &sandbox,
        "export CLAUDECODE=1; git commit -q --allow-empty -m x",
    )
    .exits(1);
    assert!(
        !output.text().contains("CHECKPOINT_ALLOW"),
        "it is not told either: {output}"
    );
    // By the processes above, whatever it does to its environment.
    sandbox.write("../claude", format!("#!/bin/sh\n{commit}\nexit $?\n"));
    sandbox.chmod("../claude", 0o755);
    let output = as_a_person(&sandbox, "env -i PATH=\"$PATH\" HOME=\"$HOME\" ../claude").exits(1);
    assert!(
        output.text().contains("the agent 'claude-code' (process "),
        "{output}"
    );
    assert!(overrides(&sandbox).is_empty());
}

#[test]
fn the_commit_of_an_agent_is_recorded() {
    let mut sandbox = guarded(Mode::Usual);
    sandbox.git(["switch", "-q", "feature"]);
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "by a person"]);
    sandbox.set_env("CLAUDECODE", "1");
    sandbox.set_env("CLAUDE_CODE_SESSION_ID", "s1");
    sandbox.git(["commit", "-q", "--allow-empty", "-m", "by an agent"]);
    let list = sandbox.git(["notes", "--ref=agents", "list"]);
    assert_eq!(list.lines().count(), 1, "{list}");
    let note: serde_json::Value =
        serde_json::from_str(&sandbox.git(["notes", "--ref=agents", "show"])).unwrap();
    assert_eq!(note["type"], "git_commit_created");
    assert_eq!(note["commit"], tip(&sandbox, "HEAD"));
    assert_eq!(note["by"]["agent"], "claude-code");
    assert_eq!(note["by"]["session"], "s1");
    let log = sandbox.checkpoint(["log"]).exits(0).text();
    assert!(
        log.contains("created   claude-code  commit on feature"),
        "{log}"
    );
    // As init sets it.
    sandbox.git(["config", "notes.rewriteRef", "refs/notes/agents"]);
    sandbox.git(["commit", "-q", "--amend", "--allow-empty", "-m", "again"]);
    let lines = sandbox.git(["notes", "--ref=agents", "show"]);
    assert_eq!(
        lines.lines().filter(|line| !line.is_empty()).count(),
        2,
        "the record follows: {lines}"
    );
}
