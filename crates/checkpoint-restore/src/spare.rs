//! What a checkpoint says nothing of, because it was ignored when that was made: a restore leaves it alone, though it is
//! tracked now, or seen since a `.gitignore` has changed.

use checkpoint_capture::CaptureError;
use checkpoint_git::Repository;
use checkpoint_model::event::EventBody;
use checkpoint_model::id::CheckpointId;
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{Difference, Scope};
use gix::ObjectId;
use gix::bstr::BStr;
use gix::index::entry::Mode;
use gix::worktree::stack::state::ignore::Source;

use crate::state::{Objects, State};
use crate::{RestoreError, again, difference};

/// Takes out of `differences` the deletions of files that were ignored then.
pub(crate) fn ignored(
    repo: &Repository,
    objects: &Objects<'_>,
    then: &State,
    differences: &mut Vec<Difference>,
) -> Result<(), RestoreError> {
    let is_deletion = |difference: &Difference| difference.then.is_none();
    if !differences.iter().any(is_deletion) {
        return Ok(());
    }
    let mut stack = rules(repo, then, differences.iter().any(is_rule))?;
    let mut restored = None;
    let mut kept = Vec::with_capacity(differences.len());
    for difference in differences.drain(..) {
        let path = difference.path.as_bstr();
        let was_ignored = is_deletion(&difference)
            && stack
                .at_entry(path, None)
                .map_err(unreadable)?
                .is_excluded()
            // Rules do not count for what the index has.
            && !then.is_tracked(objects, path)?
            && !has_come(repo, objects, then, &mut restored, path)?;
        if !was_ignored {
            kept.push(difference);
        }
    }
    *differences = kept;
    Ok(())
}

pub(crate) fn unreadable(source: gix::Error) -> RestoreError {
    let what = "ignore rules of the checkpoint";
    let source = source.into();
    CaptureError::Rules { what, source }.into()
}

/// Whether a difference says that other files are ignored then than now.
pub(crate) fn is_rule(difference: &Difference) -> bool {
    difference.path.as_bstr().ends_with(b".gitignore")
}

/// Takes out of `directories`, which have nothing in them and are to be removed, those that were ignored then, where
/// other rules are in force now.
pub(crate) fn directories(
    repo: &Repository,
    then: &State,
    directories: &mut Vec<TreePath>,
) -> Result<(), RestoreError> {
    let mut stack = rules(repo, then, true)?;
    let mut kept = Vec::with_capacity(directories.len());
    for path in directories.drain(..) {
        let entry = stack.at_entry(path.as_bstr(), Some(Mode::DIR));
        if !entry.map_err(unreadable)?.is_excluded() {
            kept.push(path);
        }
    }
    *directories = kept;
    Ok(())
}

/// After a restore that was stopped halfway: takes out of `differences` the deletions of what `other`, the tree of its
/// other end, does not hold, but for what is known to be made since `then`.
pub(crate) fn foreign(
    objects: &Objects<'_>,
    then: &State,
    other: Option<ObjectId>,
    differences: &mut Vec<Difference>,
) -> Result<(), RestoreError> {
    let Some(other) = other else { return Ok(()) };
    let mut kept = Vec::with_capacity(differences.len());
    for difference in differences.drain(..) {
        let path = difference.path.as_bstr();
        if difference.then.is_some()
            || then.made_since.contains_key(path)
            || difference::find(objects, other, path)?.is_some()
        {
            kept.push(difference);
        }
    }
    *differences = kept;
    Ok(())
}

/// The rules of then: those of the working tree, unless others are among what differs.
pub(crate) fn rules<'r>(
    repo: &'r Repository,
    then: &State,
    differ: bool,
) -> Result<gix::AttributeStack<'r>, RestoreError> {
    let repo = repo.gix();
    let (index, source) = match differ {
        true => {
            let index = repo.index_from_tree(&then.tree).map_err(unreadable)?;
            (index.into_parts().0, Source::IdMapping)
        }
        false => {
            let none = gix::index::State::new(repo.object_hash());
            (none, Source::WorktreeThenIdMappingIfNotSkipped)
        }
    };
    repo.excludes(&index, None, source).map_err(unreadable)
}

/// Whether the file has come by the very restore before which `then` was kept: had anything been in its place, that
/// would be in `then`, ignored or not.
fn has_come(
    repo: &Repository,
    objects: &Objects<'_>,
    then: &State,
    restored: &mut Option<Option<ObjectId>>,
    path: &BStr,
) -> Result<bool, RestoreError> {
    if then.made_since.contains_key(path) {
        return Ok(true);
    }
    if let Some(tree) = then.restored {
        return Ok(difference::find(objects, tree, path)?.is_some());
    }
    let Some(backup) = then.backup else {
        return Ok(false);
    };
    let tree = match restored {
        Some(known) => *known,
        None => *restored.insert(restored_over(repo, objects, backup)?),
    };
    Ok(match tree {
        Some(tree) => difference::find(objects, tree, path)?.is_some(),
        None => false,
    })
}

/// The tree of the files that a restore has put in the place of those that `backup` holds.
fn restored_over(
    repo: &Repository,
    objects: &Objects<'_>,
    backup: CheckpointId,
) -> Result<Option<ObjectId>, RestoreError> {
    let events = checkpoint_store::events(repo)?;
    let restored = events.iter().find_map(|(_, event)| match &event.body {
        EventBody::CheckpointRestored(restored) if restored.backup == Some(backup) => {
            Some(restored)
        }
        _ => None,
    });
    let Some(restored) = restored.filter(|restored| restored.scope != Scope::Paths) else {
        return Ok(None);
    };
    // It may have been deleted since.
    let Ok(stored) = again::stored(repo, restored.checkpoint) else {
        return Ok(None);
    };
    Ok(State::of_stored(repo, &stored, objects)
        .ok()
        .map(|state| state.tree))
}
