//! git is the judge: a snapshot's trees are the ones that git itself would write.

use checkpoint_tests::{Edit, Kept, keep};

use crate::random;

/// Git adds no path that lies in a repository of its own or behind a link; made-up edits make neither.
fn kept_after(edits: &[Edit]) -> Kept {
    let kept = keep(random::after(edits));
    let parents = kept
        .sandbox
        .git(["rev-parse", &format!("{}^@", kept.snapshot.work)]);
    let head = kept.sandbox.git(["rev-parse", "HEAD"]);
    assert_eq!(
        parents,
        format!("{head}\n{}", kept.snapshot.index),
        "the parents are HEAD and the index, as in a stash"
    );
    kept
}

#[test]
fn the_trees_are_those_that_git_writes() {
    random::check(random::plain_edits(), |edits| {
        kept_after(edits).equals_recipe().equals_index();
    });
}

#[test]
fn the_trees_are_those_that_git_writes_with_intents_to_add() {
    random::check(random::any_edits(), |edits| {
        kept_after(edits).equals_recipe().equals_index();
    });
}

#[test]
fn the_trees_are_those_that_git_writes_before_the_first_commit() {
    random::check(random::plain_edits(), |edits| {
        let sandbox = checkpoint_tests::Sandbox::new();
        edits
            .iter()
            .filter(|edit| **edit != Edit::Commit)
            .for_each(|edit| edit.apply(&sandbox));
        let kept = keep(sandbox);
        assert_eq!(kept.snapshot.head, None, "there is no commit yet");
        kept.equals_recipe().equals_index();
    });
}
