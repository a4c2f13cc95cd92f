//! `git agent-commit` where the hooks are in place: they know what it has done already, and nobody else can say so.

use checkpoint_tests::Sandbox;

use super::{Mode, guarded, past_hooks};

fn n_checkpoints(sandbox: &Sandbox) -> usize {
    let refs = sandbox.git(["for-each-ref", "refs/checkpoints"]);
    refs.lines().count()
}

/// On `feature`, with a change, hooks in place, and an agent around.
fn agent_at_work(mode: Mode) -> Sandbox {
    let mut sandbox = guarded(mode);
    past_hooks(&sandbox, &["switch", "-q", "feature"]);
    sandbox.set_env("GIT_AGENT_NAME", "james");
    sandbox.write("feature.txt", "newer\n");
    sandbox
}

#[test]
fn an_agents_commit_is_kept_once_and_recorded_once() {
    for mode in [Mode::Usual, Mode::Strict] {
        for (n, words) in ["", "-- feature.txt"].into_iter().enumerate() {
            let sandbox = agent_at_work(mode);
            sandbox.sh("echo staged >staged; git add staged");
            sandbox.sh(&format!("git agent-commit -q -m change {words}"));
            assert_eq!(n_checkpoints(&sandbox), 1, "case {n}");
            let events = sandbox.git(["notes", "--ref=agents", "show", "HEAD"]);
            assert_eq!(events.lines().count(), 1, "{events}");
            assert!(events.contains("\"checkpoint\""), "it is ours: {events}");
        }
    }
}

#[test]
fn a_plain_commit_beside_it_is_kept_by_the_hook() {
    let sandbox = agent_at_work(Mode::Usual);
    sandbox.sh("git commit -qam plain");
    assert_eq!(n_checkpoints(&sandbox), 1);
    let events = sandbox.git(["notes", "--ref=agents", "show", "HEAD"]);
    assert_eq!(events.lines().count(), 1, "{events}");
}

#[test]
fn that_a_commit_is_kept_cannot_be_said_by_names_alone() {
    let sandbox = agent_at_work(Mode::Usual);
    sandbox.sh("git agent-commit -q -m change; echo more >>feature.txt");
    let id = sandbox.git([
        "for-each-ref",
        "--format=%(refname:lstrip=2)",
        "refs/checkpoints",
    ]);
    sandbox.sh(&format!(
        "cp .git/index .git/index.checkpoint-commit; echo {id} >.git/index.checkpoint-commit-note;
         GIT_INDEX_FILE=.git/index.checkpoint-commit git commit -qam sly"
    ));
    assert_eq!(n_checkpoints(&sandbox), 2);
    let events = sandbox.git(["notes", "--ref=agents", "show", "HEAD"]);
    assert_eq!(events.lines().count(), 1, "{events}");
}

#[test]
fn a_refusal_of_the_hooks_leaves_everything_as_it_was() {
    let sandbox = agent_at_work(Mode::Usual);
    sandbox.sh("echo staged >staged; git add staged");
    let before = sandbox.sh("git ls-files -s; git rev-parse HEAD; cksum <.git/index");
    sandbox.sh(
        "printf '#!/bin/sh\\nexit 1\\n' >.git/hooks/commit-msg; chmod +x .git/hooks/commit-msg",
    );
    sandbox
        .terminal("git agent-commit -m change -- feature.txt")
        .exits(1);
    let after = sandbox.sh("git ls-files -s; git rev-parse HEAD; cksum <.git/index");
    assert_eq!(before, after);
}
