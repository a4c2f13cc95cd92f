//! Files that a restore makes where git ignores them: no capture tells of them, so whoever takes the restore back has to
//! be told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use checkpoint_git::Repository;
use checkpoint_git::paths::{as_bytes, as_path};
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{Difference, Plan, Scope, Unseen, is_same_or_below};
use checkpoint_model::verdict::{SkipReason, Skipped};
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::objs::Kind;

use crate::state::{Objects, State, ancestors};
use crate::{RestoreError, files, spare};

/// The files that `plan` makes and that may be ignored by then. Some of them may be seen nevertheless; that does no harm.
pub(crate) fn of(
    repo: &Repository,
    objects: &Objects<'_>,
    now: &State,
    then: &State,
    plan: &Plan,
) -> Result<Vec<Unseen>, RestoreError> {
    // Going back by commits makes tracked files only.
    let is_known = plan.scope == Scope::Hard;
    let mut made = plan.writes().filter(|file| file.now.is_none()).peekable();
    if is_known || made.peek().is_none() {
        return Ok(Vec::new());
    }
    let index_of = match plan.scope {
        Scope::Exact => then,
        _ => now,
    };
    let mut rules = vec![spare::rules(repo, then, false)?];
    if plan.files.iter().any(spare::is_rule) {
        rules.push(spare::rules(repo, then, true)?);
    }
    let mut is_ignored = |path: &BStr| -> Result<bool, RestoreError> {
        for stack in &mut rules {
            let entry = stack.at_entry(path, None).map_err(spare::unreadable)?;
            if entry.is_excluded() {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let mut found = Vec::new();
    for file in made {
        let path = file.path.as_bstr();
        let may_be = then.side.ignored.contains_key(path) || is_ignored(path)?;
        if let Some(leaf) = file.then.as_ref().filter(|_| may_be)
            && !index_of.is_tracked(objects, path)?
        {
            let id = leaf.raw.as_ref().unwrap_or(&leaf.id).clone();
            let path = file.path.clone();
            let directory = missing_directory(repo, file.path.as_bstr());
            found.push(Unseen {
                path,
                id,
                directory,
            });
        }
    }
    Ok(found)
}

/// The same files with what they hold now: filters may have made others of the blobs. Those that are not there are none.
pub(crate) fn as_they_are(repo: &Repository, unseen: &[Unseen]) -> Vec<Unseen> {
    let Some(top) = repo.work_tree() else {
        return Vec::new();
    };
    let mut known = BTreeSet::new();
    let once = unseen.iter().filter(|file| known.insert(&file.path));
    let now = once.filter_map(|file| {
        let id = hash(repo, &top.join(as_path(file.path.as_bstr())))?;
        Some(Unseen {
            id: id.to_string(),
            ..file.clone()
        })
    });
    now.collect()
}

/// The topmost directory above `path` that is not there.
fn missing_directory(repo: &Repository, path: &BStr) -> Option<TreePath> {
    let top = repo.work_tree()?;
    let is_missing = |directory: &&[u8]| {
        let there = top.join(as_path(directory.as_bstr())).symlink_metadata();
        !there.is_ok_and(|there| there.is_dir())
    };
    ancestors(path).find(is_missing).map(TreePath::new)
}

/// The directories in which files were made and which were there before: with nothing in them they may be ignored, and
/// then no capture tells of them either.
pub(crate) fn standing(unseen: &[Unseen]) -> BTreeSet<BString> {
    let above = unseen.iter().flat_map(|file| {
        let made = file.directory.as_ref().map(TreePath::as_bstr);
        let is_made =
            move |path: &[u8]| made.is_some_and(|made| is_same_or_below(path.as_bstr(), made));
        ancestors(file.path.as_bstr()).filter(move |path| !is_made(path))
    });
    above.map(BString::from).collect()
}

/// The id of the bytes of a file, or of the target of a link.
fn hash(repo: &Repository, place: &Path) -> Option<ObjectId> {
    let hash = repo.gix().object_hash();
    match std::fs::read_link(place) {
        Ok(target) => gix::objs::compute_hash(hash, Kind::Blob, as_bytes(&target)).ok(),
        Err(_) => files::hash_at(hash, place),
    }
}

/// The same by path. A record may be made by hand: what is no id is no file that was made.
pub(crate) fn by_path(unseen: &[Unseen]) -> BTreeMap<BString, ObjectId> {
    let files = unseen.iter().filter_map(|file| {
        let id = ObjectId::from_hex(file.id.as_bytes()).ok()?;
        Some((file.path.as_bstr().to_owned(), id))
    });
    files.collect()
}

/// Where files that were made since `then` are still, or others in their places.
pub(crate) fn present<'s>(repo: &Repository, then: &'s State) -> impl Iterator<Item = &'s BString> {
    let top = repo.work_tree().map(ToOwned::to_owned);
    let is_there = move |path: &&BString| {
        let place = top.as_ref().map(|top| top.join(as_path((*path).as_ref())));
        let there = place.and_then(|place| place.symlink_metadata().ok());
        there.is_some_and(|there| there.is_file() || there.is_symlink())
    };
    then.made_since.keys().filter(is_there)
}

/// Adds to `differences` that the files made since `then` go, where they are as they were made.
pub(crate) fn add(now: &State, then: &State, differences: &mut Vec<Difference>) {
    let known: BTreeSet<BString> = differences
        .iter()
        .map(|difference| difference.path.as_bstr().to_owned())
        .collect();
    for (path, id) in made_since(now, then) {
        let entry = &now.side.ignored[path];
        if entry.id == *id && !known.contains(path) {
            differences.push(Difference {
                path: TreePath::new(path.clone()),
                now: entry.ignored_leaf(),
                then: None,
            });
        }
    }
    differences.sort_by(|a, b| a.path.cmp(&b.path));
}

/// Those that are not as they were made: they stay.
pub(crate) fn changed<'s>(
    now: &'s State,
    then: &'s State,
) -> impl Iterator<Item = Skipped> + use<'s> {
    let changed = made_since(now, then).filter(|(path, id)| now.side.ignored[*path].id != **id);
    changed.map(|(path, _)| Skipped {
        path: TreePath::new(path.clone()),
        reason: SkipReason::ChangedSince,
        bytes: None,
    })
}

/// The ignored files that are there now and were made since `then`, which does not hold any in their places.
fn made_since<'s>(
    now: &'s State,
    then: &'s State,
) -> impl Iterator<Item = (&'s BString, &'s ObjectId)> {
    let files = then.made_since.iter();
    files.filter(|(path, _)| {
        now.side.ignored.contains_key(*path) && !then.side.ignored.contains_key(*path)
    })
}
