//! Sparse indexes: one entry may stand for a whole directory that is not checked out.

use std::path::Path;

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stat};

use crate::CaptureError;
use crate::tree::Entry;

/// The entries of the tree `id`; the paths of directories end in a slash, as those of sparse entries do.
pub(crate) fn children(
    repo: &gix::Repository,
    path: &BStr,
    id: ObjectId,
) -> Result<Vec<(BString, Entry)>, CaptureError> {
    let missing = || CaptureError::MissingObject {
        id,
        path: path.to_owned(),
    };
    let tree = repo.find_tree(id).map_err(|_| missing())?;
    let mut found = Vec::new();
    for entry in tree.iter() {
        let entry = entry.map_err(|_| missing())?;
        let mut name = path.to_owned();
        name.extend_from_slice(entry.filename());
        let mode = Mode::from(entry.mode());
        if mode.is_sparse() {
            name.push(b'/');
        }
        found.push((
            name,
            Entry {
                mode,
                id: entry.object_id(),
            },
        ));
    }
    Ok(found)
}

/// Replaces each sparse directory that nevertheless exists on disk by its files, so that what lies there is seen.
/// Changes `index` in memory only; gives whether it did.
pub(crate) fn expand_present(
    repo: &gix::Repository,
    work_tree: &Path,
    index: &mut gix::index::State,
) -> Result<bool, CaptureError> {
    if !index.is_sparse() {
        return Ok(false);
    }
    let is_present = |path: &BStr| {
        path.to_path()
            .is_ok_and(|path| work_tree.join(path).is_dir())
    };
    let mut pending: Vec<(BString, Entry)> = index
        .entries()
        .iter()
        .filter(|entry| entry.mode.is_sparse() && is_present(entry.path(index)))
        .map(|entry| {
            (
                entry.path(index).to_owned(),
                Entry {
                    mode: entry.mode,
                    id: entry.id,
                },
            )
        })
        .collect();
    if pending.is_empty() {
        return Ok(false);
    }
    index.remove_entries(|_, path, entry| entry.mode.is_sparse() && is_present(path));
    while let Some((path, entry)) = pending.pop() {
        match entry.mode.is_sparse() && is_present(path.as_ref()) {
            true => pending.extend(children(repo, path.as_ref(), entry.id)?),
            false => index.dangerously_push_entry(
                Stat::default(),
                entry.id,
                Flags::SKIP_WORKTREE,
                entry.mode,
                path.as_ref(),
            ),
        }
    }
    index.sort_entries();
    index.remove_tree();
    Ok(true)
}
