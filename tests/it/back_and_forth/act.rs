//! What people and agents do between a checkpoint and the moment they want it back.

use checkpoint_tests::{Edit, Sandbox};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::random::any_edit;

/// One thing done, by hand, by git, or by us.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// A change of files or index.
    Edit(Edit),
    /// A git command, whatever comes of it.
    Git(&'static str),
    /// `git checkpoint create`.
    Keep,
    /// `git safe-restore` of one of the checkpoints, counted from the newest.
    Restore(usize),
    /// `git safe-restore` of a part of one: the words that say which.
    Partly(usize, &'static str),
    /// `git safe-restore --undo`.
    Undo,
    /// `git safe-restore --redo`.
    Redo,
}

/// Commands that move branches, begin and end operations, or throw work away.
const COMMANDS: &[&str] = &[
    "commit --quiet --all -m all",
    "commit --quiet --allow-empty -m empty",
    "commit --quiet --amend --no-edit --allow-empty",
    "checkout --quiet main",
    "checkout --quiet side",
    "checkout --quiet --force side",
    "checkout --quiet -b new",
    "checkout --quiet -B side HEAD~1",
    "checkout --quiet --merge side",
    "checkout --quiet --detach",
    "checkout --quiet --force HEAD~1",
    "checkout --quiet --orphan orphan",
    "checkout --quiet HEAD -- README",
    "symbolic-ref HEAD refs/heads/unborn",
    "symbolic-ref HEAD refs/heads/main",
    "branch --quiet -m renamed",
    "branch --quiet -D side",
    "branch --quiet -f side HEAD",
    "branch --quiet -f main HEAD~1",
    "reset --quiet --hard",
    "reset --quiet --hard HEAD~1",
    "reset --quiet --soft HEAD~1",
    "reset --quiet --mixed HEAD~1",
    "reset --quiet --merge",
    "merge --quiet side",
    "merge --quiet --no-ff --no-commit side",
    "merge --quiet --squash side",
    "merge --quiet main",
    "merge --abort",
    "merge --quit",
    "rebase --quiet side",
    "rebase --quiet main",
    "rebase --quiet --apply side",
    "rebase --quiet --autostash side",
    "rebase --abort",
    "rebase --quit",
    "rebase --skip",
    "cherry-pick side",
    "cherry-pick --no-commit side",
    "cherry-pick HEAD~2..side",
    "cherry-pick --abort",
    "cherry-pick --quit",
    "revert --no-edit HEAD",
    "revert --no-edit HEAD~1",
    "revert --abort",
    "stash push --quiet",
    "stash push --quiet --include-untracked",
    "stash push --quiet --keep-index",
    "stash pop --quiet --index",
    "stash apply --quiet",
    "bisect start HEAD HEAD~1",
    "bisect good",
    "bisect reset",
    "clean --quiet --force -d",
    "clean --quiet --force -d -x",
    "rm --quiet -r --cached src",
    "rm --quiet -r --force doc",
    "mv -f README src/README",
    "mv src lib",
    "add --update",
    "update-index --refresh",
    "update-index --index-version 4",
    "update-index --index-version 2",
    "update-index --split-index",
    "update-index --no-split-index",
    "update-index --untracked-cache",
    "sparse-checkout set --no-cone /src/ /README",
    "sparse-checkout set --cone src/lib",
    "sparse-checkout disable",
    "pack-refs --all",
    "tag --force here",
];

/// What says that not everything is meant.
const PARTS: &[&str] = &[
    "--files",
    "--soft",
    "--mixed",
    "-- src",
    "-- README doc",
    "-- *.o",
    "-- .",
];

impl Act {
    /// What it counts as.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Edit(_) => "changes of files and index",
            Self::Git(_) => "git commands",
            Self::Keep => "checkpoints",
            Self::Restore(_) => "restores",
            Self::Partly(..) => "restores of a part",
            Self::Undo => "undos",
            Self::Redo => "redos",
        }
    }

    /// Does what is not for us to do.
    pub(crate) fn apply(&self, sandbox: &Sandbox) {
        match self {
            Self::Edit(edit) => edit.apply(sandbox),
            Self::Git(words) => drop(sandbox.try_git(words.split(' '))),
            _ => {}
        }
    }
}

/// Some things done, a checkpoint, more things done, and then ways back and forth among more of them.
pub(crate) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let change = || {
        prop_oneof![
            3 => any_edit().prop_map(Act::Edit),
            2 => select(COMMANDS).prop_map(Act::Git),
        ]
    };
    let way = prop_oneof![
        3 => Just(Act::Keep),
        6 => (0..3_usize).prop_map(Act::Restore),
        3 => (0..3_usize, select(PARTS)).prop_map(|(back, part)| Act::Partly(back, part)),
        4 => Just(Act::Undo),
        2 => Just(Act::Redo),
    ];
    let more = vec((vec(change(), 0..5), way), 0..4);
    (vec(change(), 0..12), vec(change(), 0..12), more).prop_map(|(before, after, more)| {
        let mut acts = before;
        acts.push(Act::Keep);
        acts.extend(after);
        acts.extend([Act::Restore(0), Act::Undo]);
        for (changes, way) in more {
            acts.extend(changes);
            acts.push(way);
        }
        acts
    })
}
