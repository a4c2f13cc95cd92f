//! Files that git stores the same in two states, and that other attributes make others on disk.

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_git::Repository;
use checkpoint_git::paths::as_path;
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{Difference, Leaf};
use gix::bstr::{BStr, BString, ByteSlice};
use gix::objs::Kind;
use gix::objs::tree::EntryKind;

use crate::files::{self, Shapes};
use crate::state::{Objects, State, TreeEntry};
use crate::{RestoreError, difference};

/// Adds to `differences` the files that are others by the attributes that go along with them.
pub(crate) fn add(
    repo: &Repository,
    objects: &Objects<'_>,
    (now, then): (&State, &State),
    differences: &mut Vec<Difference>,
) -> Result<(), RestoreError> {
    let Some(top) = repo.work_tree() else {
        return Ok(());
    };
    let below = below(objects, then, differences)?;
    if below.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<&BStr> = differences
        .iter()
        .map(|difference| difference.path.as_bstr())
        .collect();
    let mut shapes = shapes(repo, objects, then)?;
    let mut found = Vec::new();
    for (path, entry) in &below {
        let leaf = entry.leaf();
        let both = now
            .complete(path, leaf.clone())
            .zip(then.complete(path, leaf));
        let Some((was, will)) = both.filter(|_| !known.contains(path.as_bstr())) else {
            continue;
        };
        let is_stored = was.kind.is_regular() && was.raw.is_none() && will.raw.is_none();
        if !is_stored || !shapes.differ(path.as_bstr())? {
            continue;
        }
        let place = top.join(as_path(path.as_bstr()));
        let Some(present) = files::hash_at(entry.id.kind(), &place) else {
            continue;
        };
        let wanted = shapes.file(path.as_bstr(), || objects.read(entry.id, Kind::Blob))?;
        let wanted = wanted
            .and_then(|bytes| gix::objs::compute_hash(entry.id.kind(), Kind::Blob, &bytes).ok());
        if wanted != Some(present) {
            found.push(Difference {
                path: TreePath::new(path.clone()),
                now: Some(Leaf {
                    raw: Some(present.to_string()),
                    ..was
                }),
                then: Some(will),
            });
        }
    }
    differences.append(&mut found);
    differences.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}

/// Takes out of `differences` the files that hold the blob that is wanted as it is, where a checkout would give it so.
///
/// With `text`, a blob may have CR LF nevertheless: git takes the file for unchanged as long as it looks so, and would
/// store another once it reads it. So one file may be told in two ways.
pub(crate) fn spare(
    repo: &Repository,
    objects: &Objects<'_>,
    then: &State,
    differences: &mut Vec<Difference>,
) -> Result<(), RestoreError> {
    let wanted_as_it_is = |difference: &Difference| {
        let (now, then) = (difference.now.as_ref()?, difference.then.as_ref()?);
        let is_so = now.raw.as_ref() == Some(&then.id)
            && then.raw.is_none()
            && then.kind.is_regular()
            && (now.kind, now.permissions) == (then.kind, then.permissions);
        is_so.then(|| then.id.clone())
    };
    if !differences.iter().any(|one| wanted_as_it_is(one).is_some()) {
        return Ok(());
    }
    let mut shapes = shapes(repo, objects, then)?;
    let mut kept = Vec::with_capacity(differences.len());
    for difference in differences.drain(..) {
        if let Some(id) = wanted_as_it_is(&difference) {
            let id = crate::apply::parse(&id)?;
            let made = shapes.file(difference.path.as_bstr(), || objects.read(id, Kind::Blob))?;
            let made = made.map(|bytes| gix::objs::compute_hash(id.kind(), Kind::Blob, &bytes));
            if matches!(made, Some(Ok(made)) if made == id) {
                continue;
            }
        }
        kept.push(difference);
    }
    *differences = kept;
    Ok(())
}

/// How files are made now, and how the attributes of `then` make them.
fn shapes(repo: &Repository, objects: &Objects<'_>, then: &State) -> Result<Shapes, RestoreError> {
    let index = repo
        .read_index()
        .map_err(checkpoint_capture::CaptureError::from)?;
    let rules = rules(objects, then)?;
    let rules = rules.iter().map(|(path, id)| (path.as_bstr(), *id));
    let rules = files::attributes_of(repo.gix().object_hash(), rules);
    Ok(Shapes::new(repo.gix(), &index.state, &rules)?)
}

/// The files that say the attributes of a state: those of its working tree, or else of its index.
fn rules(
    objects: &Objects<'_>,
    state: &State,
) -> Result<BTreeMap<BString, gix::ObjectId>, RestoreError> {
    let mut found = BTreeMap::new();
    for tree in [state.index_tree, state.tree] {
        let mut all = BTreeMap::new();
        objects.leaves(tree, b"", &mut all)?;
        let named = all.into_iter().filter(|(path, entry)| {
            let is_file = matches!(entry.kind, EntryKind::Blob | EntryKind::BlobExecutable);
            is_file && is_attributes(path.as_bstr())
        });
        found.extend(named.map(|(path, entry)| (path, entry.id)));
    }
    Ok(found)
}

/// Whether attributes are said there.
pub(crate) fn is_attributes(path: &BStr) -> bool {
    path == ".gitattributes" || path.ends_with(b"/.gitattributes")
}

/// The files of `then` for which attributes may differ: those below a `.gitattributes` that does.
fn below(
    objects: &Objects<'_>,
    then: &State,
    differences: &[Difference],
) -> Result<BTreeMap<BString, TreeEntry>, RestoreError> {
    let mut found = BTreeMap::new();
    for difference in differences {
        let path = difference.path.as_bstr();
        if path == ".gitattributes" {
            objects.leaves(then.tree, b"", &mut found)?;
        } else if let Some(directory) = path.strip_suffix(b"/.gitattributes") {
            let entry = difference::find(objects, then.tree, directory)?;
            if let Some(entry) = entry.filter(|entry| entry.kind == EntryKind::Tree) {
                objects.leaves(entry.id, &[directory, b"/"].concat(), &mut found)?;
            }
        }
    }
    Ok(found)
}
