//! Which blobs would be published.

use std::collections::HashSet;

use bstr::{BString, ByteSlice as _};
use checkpoint_git::Repository;
use gix::ObjectId;

use crate::{Blob, ScanError};

/// The objects that are to be looked at, each with one of its paths: what can be reached from the commits `wanted` and
/// not from `known`, as git would send it. What is not here, as in a partial clone, is among them, since nobody can tell
/// what is in it; without a path where none of the commits tells one.
///
/// The paths of a snapshot's side commit begin with what they are: `raw/`, `conflicts/<stage>/`, `ignored/`, …
pub fn reachable(
    repo: &Repository,
    wanted: &[ObjectId],
    known: &[ObjectId],
) -> Result<Vec<Blob>, ScanError> {
    let mut input = String::new();
    for id in wanted {
        input.push_str(&format!("{id}\n"));
    }
    for id in known {
        input.push_str(&format!("^{id}\n"));
    }
    let words = [
        "rev-list",
        "--objects",
        "--missing=print",
        "--ignore-missing",
        "--stdin",
    ];
    let listed = repo.git(words).output_of(input.as_bytes())?;
    let objects = listed.lines().filter_map(|line| {
        let (hex, path) = line.split_once_str(" ")?;
        Some((ObjectId::from_hex(hex).ok()?, BString::from(path)))
    });
    let is_blob = |id: ObjectId| repo.gix().try_find_header(id).ok().flatten();
    let blobs = objects
        .filter(|(id, _)| is_blob(*id).is_none_or(|header| header.kind() == gix::objs::Kind::Blob));
    let mut blobs: Vec<_> = blobs.map(|(id, path)| Blob { id, path }).collect();
    let missing = listed.lines().filter_map(|line| line.strip_prefix(b"?"));
    let missing: HashSet<_> = missing
        .filter_map(|hex| ObjectId::from_hex(hex).ok())
        .collect();
    if !missing.is_empty() {
        let commits = listed
            .lines()
            .filter_map(|line| ObjectId::from_hex(line).ok());
        blobs.extend(with_paths(repo, missing, commits));
    }
    Ok(blobs)
}

/// The same with every path that the blobs have in the snapshots `wanted`: git tells of one only, and a file may be a
/// secret by its name.
pub fn published(
    repo: &Repository,
    wanted: &[ObjectId],
    known: &[ObjectId],
) -> Result<Vec<Blob>, ScanError> {
    let mut blobs = reachable(repo, wanted, known)?;
    let ids: HashSet<_> = blobs.iter().map(|blob| blob.id).collect();
    let mut seen: HashSet<_> = blobs.iter().cloned().collect();
    for snapshot in wanted {
        for commit in own_commits(repo, *snapshot) {
            let paths = entries(repo, commit)?;
            let more = paths
                .into_iter()
                .filter(|blob| ids.contains(&blob.id) && seen.insert(blob.clone()));
            blobs.extend(more.collect::<Vec<_>>());
        }
    }
    Ok(blobs)
}

/// Those of `ids` that the snapshot holds in its own commits, with every path.
pub fn paths_in(
    repo: &Repository,
    snapshot: ObjectId,
    ids: &HashSet<ObjectId>,
) -> Result<Vec<Blob>, ScanError> {
    let mut found = Vec::new();
    for commit in own_commits(repo, snapshot) {
        let entries = entries(repo, commit)?.into_iter();
        found.extend(entries.filter(|blob| ids.contains(&blob.id)));
    }
    Ok(found)
}

/// What is missing, each object once.
fn with_paths(
    repo: &Repository,
    mut missing: HashSet<ObjectId>,
    commits: impl Iterator<Item = ObjectId>,
) -> Vec<Blob> {
    let mut found = Vec::new();
    for commit in commits {
        if missing.is_empty() {
            break;
        }
        // A tree may be missing as well; its files are then told without paths.
        let entries = entries(repo, commit).unwrap_or_default();
        found.extend(entries.into_iter().filter(|blob| missing.remove(&blob.id)));
    }
    found.extend(missing.into_iter().map(|id| Blob {
        id,
        path: format!("object {id}").into(),
    }));
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// The snapshot's own commits, as far as they are here: of the working tree, of the index, and of what lies beside them.
fn own_commits(repo: &Repository, snapshot: ObjectId) -> Vec<ObjectId> {
    let parents = |id: ObjectId| -> Vec<ObjectId> {
        let commit = repo.gix().find_commit(id).ok();
        commit.map_or_else(Vec::new, |commit| {
            commit.parent_ids().map(gix::Id::detach).collect()
        })
    };
    let above = parents(snapshot);
    let mut commits = vec![snapshot];
    if let Some(index) = above.last() {
        commits.push(*index);
        let beside = parents(*index).into_iter();
        commits.extend(beside.filter(|id| Some(id) != above.first()));
    }
    commits
}

/// The files of a commit.
fn entries(repo: &Repository, commit: ObjectId) -> Result<Vec<Blob>, ScanError> {
    let commit = commit.to_string();
    let words = ["ls-tree", "-r", "-z", "--full-tree", &commit];
    let list = repo.git(words).output()?;
    Ok(list.split_str(b"\0").filter_map(entry).collect())
}

/// `<mode> <type> <id>\t<path>`
fn entry(line: &[u8]) -> Option<Blob> {
    let (head, path) = line.split_once_str("\t")?;
    let hex = head.rsplit_str(" ").next()?;
    Some(Blob {
        id: ObjectId::from_hex(hex).ok()?,
        path: BString::from(path),
    })
}
