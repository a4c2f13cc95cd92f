//! The look after everything is done.

use std::collections::BTreeSet;

use checkpoint_git::Repository;
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{Difference, Leaf, Plan};
use gix::bstr::ByteSlice;

use crate::RestoreError;
use crate::prepare::{Goal, Present};
use crate::state::{State, ancestors};

/// Captures once more: there must be nothing left to do.
pub(crate) fn check(
    repo: &Repository,
    request: &checkpoint_capture::Request,
    then: &State,
    done: &Plan,
    asked: &crate::Asked,
    goal: &Goal,
) -> Result<(), RestoreError> {
    if !done.scope.has_files() {
        return Ok(());
    }
    let left = Present::left_to_do(repo, request, goal, then, asked, done.scope)?;
    // What came into sight because the target ignores less, or was made meanwhile, was not to be removed.
    let gone: BTreeSet<&TreePath> = done.deletes().map(|file| &file.path).collect();
    let hollowed = gone.iter().flat_map(|path| ancestors(path.as_bstr()));
    let hollow = done.hollow.iter().flat_map(|path| {
        let path = path.as_bstr().as_bytes();
        ancestors(path).chain([path])
    });
    let hollowed: BTreeSet<&[u8]> = hollowed.chain(hollow).collect();
    let is_left = |file: &&Difference| match &file.then {
        Some(then) => !file
            .now
            .as_ref()
            .is_some_and(|now| has_same_bytes(now, then)),
        None => gone.contains(&file.path),
    };
    let mut directories = left.hollow.iter();
    let has_hollow = directories.any(|path| hollowed.contains(path.as_bstr().as_bytes()));
    let mut what: Vec<String> = left
        .files
        .iter()
        .filter(is_left)
        .take(5)
        .map(|difference| difference.path.to_string())
        .collect();
    let others = [
        ("directories", has_hollow),
        ("the index", left.index),
        ("HEAD", left.head.is_some()),
        ("the operation in progress", left.operation.is_some()),
    ];
    what.extend(
        others
            .into_iter()
            .filter(|(_, is_left)| *is_left)
            .map(|(name, _)| name.to_owned()),
    );
    match what.is_empty() {
        true => Ok(()),
        false => Err(RestoreError::Differs {
            target: goal.told(),
            what,
        }),
    }
}

/// Whether both are the same on disk. Of an ignored file only its bytes are known, and not what git would store.
fn has_same_bytes(now: &Leaf, then: &Leaf) -> bool {
    let bytes = |leaf: &Leaf| leaf.raw.clone().unwrap_or_else(|| leaf.id.clone());
    let is_ignored = now.raw.as_ref() == Some(&now.id);
    is_ignored && now.kind == then.kind && bytes(now) == bytes(then)
}
