//! Where two states differ, directory by directory: what is the same tree is not read.

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{Difference, Leaf};
use gix::ObjectId;
use gix::bstr::BString;
use gix::objs::tree::EntryKind;

use crate::RestoreError;
use crate::state::{Objects, State, TreeEntry};

/// The files that differ between `now` and `then`, sorted by path.
pub(crate) fn files(
    objects: &Objects<'_>,
    now: &State,
    then: &State,
) -> Result<Vec<Difference>, RestoreError> {
    let mut found = Vec::new();
    trees(
        objects,
        Some(now.tree),
        Some(then.tree),
        &mut BString::default(),
        &mut |path, now, then| {
            found.push((path, now, then));
        },
    )?;
    let mut differences: Vec<Difference> = found
        .into_iter()
        .map(|(path, was, will)| {
            let (now, then) = (now.complete(&path, was), then.complete(&path, will));
            let path = TreePath::new(path);
            Difference { path, now, then }
        })
        .collect();
    let known: BTreeSet<BString> = differences
        .iter()
        .map(|difference| difference.path.as_bstr().to_owned())
        .collect();
    differences.extend(same_in_git(objects, now, then, &known)?);
    // What is tracked now and was ignored then is one difference, and not two.
    differences.retain(|difference| !then.side.ignored.contains_key(difference.path.as_bstr()));
    differences.extend(ignored(objects, now, then)?);
    differences.retain(|difference| difference.now != difference.then);
    differences.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(differences)
}

/// Files for which the trees say the same, but whose bytes or permissions differ, that are on disk in one state only, or
/// that no tree has.
fn same_in_git(
    objects: &Objects<'_>,
    now: &State,
    then: &State,
    known: &BTreeSet<BString>,
) -> Result<Vec<Difference>, RestoreError> {
    let told = [now, then].into_iter().flat_map(|state| {
        state
            .side
            .raw
            .keys()
            .chain(state.side.exceptional())
            .chain(state.side.files.keys())
            .chain(&state.side.real_links)
    });
    let mut told: BTreeSet<BString> = told.cloned().collect();
    let present = now.side.present.symmetric_difference(&then.side.present);
    told.extend(present.cloned());
    for path in now.side.absent.symmetric_difference(&then.side.absent) {
        match path.strip_suffix(b"/") {
            Some(directory) => {
                told.extend(below(objects, now, directory)?.chain(below(objects, then, directory)?))
            }
            None => drop(told.insert(path.clone())),
        }
    }
    let mut found = Vec::new();
    let mut compare = |path: &BString, was: Option<Leaf>, will: Option<Leaf>| {
        let (now, then) = (now.complete(path, was), then.complete(path, will));
        if now != then {
            let path = TreePath::new(path.clone());
            found.push(Difference { path, now, then });
        }
    };
    if now.side.is_unlike(&then.side) {
        // Every file may have other permissions: where the trees do not differ, one tells of both.
        let mut all = BTreeMap::new();
        objects.leaves(then.tree, b"", &mut all)?;
        let same = all
            .iter()
            .filter(|(path, _)| !known.contains(*path) && !told.contains(*path));
        same.for_each(|(path, entry)| compare(path, entry.leaf(), entry.leaf()));
    }
    for path in told.difference(known) {
        let leaf = |tree| -> Result<Option<Leaf>, RestoreError> {
            Ok(find(objects, tree, path)?.and_then(|entry| entry.leaf()))
        };
        compare(path, leaf(now.tree)?, leaf(then.tree)?);
    }
    Ok(found)
}

/// The paths of all files below `directory`.
fn below(
    objects: &Objects<'_>,
    state: &State,
    directory: &[u8],
) -> Result<impl Iterator<Item = BString>, RestoreError> {
    let mut found = BTreeMap::new();
    if let Some(entry) =
        find(objects, state.tree, directory)?.filter(|entry| entry.kind == EntryKind::Tree)
    {
        let prefix = [directory, b"/"].concat();
        objects.leaves(entry.id, &prefix, &mut found)?;
    }
    Ok(found.into_keys())
}

/// Included ignored files: only those that the target holds are touched. Now they may be files like any other.
fn ignored(
    objects: &Objects<'_>,
    now: &State,
    then: &State,
) -> Result<Vec<Difference>, RestoreError> {
    let mut found = Vec::new();
    for (path, entry) in &then.side.ignored {
        let present = match now.side.ignored.get(path) {
            Some(entry) => entry.ignored_leaf(),
            None => {
                let entry = find(objects, now.tree, path)?;
                now.complete(path, entry.and_then(|entry| entry.leaf()))
            }
        };
        // Of its permissions nothing is known.
        let wanted = entry.ignored_leaf().map(|wanted| Leaf {
            permissions: present.as_ref().and_then(|present| present.permissions),
            ..wanted
        });
        let is_same = |(one, other): (&Leaf, &Leaf)| one.kind == other.kind && one.raw == other.raw;
        if !present.as_ref().zip(wanted.as_ref()).is_some_and(is_same) {
            let path = TreePath::new(path.clone());
            found.push(Difference {
                path,
                now: present,
                then: wanted,
            });
        }
    }
    Ok(found)
}

/// The entry at `path` below `tree`.
pub(crate) fn find(
    objects: &Objects<'_>,
    tree: ObjectId,
    path: &[u8],
) -> Result<Option<TreeEntry>, RestoreError> {
    let (mut tree, mut rest) = (tree, path);
    loop {
        let (name, below) = match rest.iter().position(|byte| *byte == b'/') {
            Some(slash) => (&rest[..slash], Some(&rest[slash + 1..])),
            None => (rest, None),
        };
        let Some(entry) = objects
            .tree(tree)?
            .into_iter()
            .find(|entry| entry.name == name)
        else {
            return Ok(None);
        };
        match (below, entry.kind) {
            (None, _) => return Ok(Some(entry)),
            (Some(below), EntryKind::Tree) => (tree, rest) = (entry.id, below),
            (Some(_), _) => return Ok(None),
        }
    }
}

pub(crate) type Tell<'t> = &'t mut dyn FnMut(BString, Option<Leaf>, Option<Leaf>);

/// Tells each path below `prefix` at which two trees differ.
pub(crate) fn trees(
    objects: &Objects<'_>,
    now: Option<ObjectId>,
    then: Option<ObjectId>,
    prefix: &mut BString,
    tell: Tell<'_>,
) -> Result<(), RestoreError> {
    if now == then {
        return Ok(());
    }
    let read = |id: Option<ObjectId>| id.map_or_else(|| Ok(Vec::new()), |id| objects.tree(id));
    let (now, then) = (read(now)?, read(then)?);
    let names: BTreeSet<&BString> = now.iter().chain(&then).map(|entry| &entry.name).collect();
    let by_name = |entries: &[TreeEntry]| -> std::collections::HashMap<BString, TreeEntry> {
        entries
            .iter()
            .map(|entry| (entry.name.clone(), entry.clone()))
            .collect()
    };
    let (was, will) = (by_name(&now), by_name(&then));
    for name in names {
        let (was, will) = (was.get(name), will.get(name));
        if was == will {
            continue;
        }
        let depth = prefix.len();
        prefix.extend_from_slice(name);
        let (leaf_now, leaf_then) = (
            was.and_then(TreeEntry::leaf),
            will.and_then(TreeEntry::leaf),
        );
        if leaf_now.is_some() || leaf_then.is_some() {
            tell(prefix.clone(), leaf_now, leaf_then);
        }
        let directory = |entry: Option<&TreeEntry>| {
            entry
                .filter(|entry| entry.kind == EntryKind::Tree)
                .map(|entry| entry.id)
        };
        prefix.push(b'/');
        trees(objects, directory(was), directory(will), prefix, tell)?;
        prefix.truncate(depth);
    }
    Ok(())
}
