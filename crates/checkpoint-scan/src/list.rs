//! Which blobs would be published.

use std::{collections::HashSet, ffi::OsString};

use bstr::{BStr, BString, ByteSlice as _};
use checkpoint_git::Repository;
use gix::ObjectId;

use crate::{Aspect, Object, ScanError, walk::Walk};

/// Bytes of trees that are kept at hand while history is gone through: those of neighbours are made from each other.
const OBJECT_CACHE: usize = 16 * 1024 * 1024;

/// All that is to be looked at: what can be reached from the commits `wanted` and not from `known`, as git would send it.
/// Files are told with every path they have in that, names that may be secrets and are not known, and commits for their own
/// words.
/// What is not here, as in a partial clone, is among them, since nobody can tell what is in it; without a path where
/// none of the commits tells one.
///
/// The paths of a snapshot's side commit begin with what they are: `raw/`, `conflicts/<stage>/`, `ignored/`, …
pub fn reachable(
    repo: &Repository,
    wanted: &[ObjectId],
    known: &[ObjectId],
) -> Result<Vec<Object>, ScanError> {
    let sent = Sent::list(repo, wanted, known)?;
    let mut plain = repo.gix().clone();
    plain.objects.ignore_replacements = true;
    plain.object_cache_size_if_unset(OBJECT_CACHE);
    let mut walk = Walk::new(&plain, sent.ids);
    for commit in &sent.commits {
        walk.commit(*commit)?;
    }
    let (mut found, names) = walk.finish();
    let told: HashSet<_> = found.iter().map(|object| object.id).collect();
    let mut untold: Vec<_> = sent.missing.difference(&told).copied().collect();
    untold.sort();
    found.extend(untold.into_iter().map(|id| Object {
        id,
        path: format!("object {id}").into(),
        aspect: Aspect::File,
    }));
    for path in names {
        if !is_known(repo, known, path.as_bstr()) {
            found.push(Object {
                id: ObjectId::null(repo.gix().object_hash()),
                path,
                aspect: Aspect::Name,
            });
        }
    }
    Ok(found)
}

/// Whether something had this path in `known`; no where git cannot tell.
fn is_known(repo: &Repository, known: &[ObjectId], path: &BStr) -> bool {
    let input: String = known.iter().map(|id| format!("{id}\n")).collect();
    let mut place = OsString::from(":(top,literal)");
    place.push(path.to_os_str_lossy());
    let words = ["rev-list", "-1", "--ignore-missing", "--stdin", "--"];
    let words = words.iter().map(OsString::from).chain([place]);
    let listed = repo.git(words).output_of(input.as_bytes());
    listed.is_ok_and(|listed| !listed.trim().is_empty())
}

/// The blobs among that, each once, without paths.
pub fn contents(
    repo: &Repository,
    wanted: &[ObjectId],
    known: &[ObjectId],
) -> Result<Vec<ObjectId>, ScanError> {
    let sent = Sent::list(repo, wanted, known)?;
    let is_blob = |id: &ObjectId| {
        let header = repo.gix().try_find_header(*id).ok().flatten();
        header.is_none_or(|header| header.kind() == gix::objs::Kind::Blob)
    };
    Ok(sent.ids.into_iter().filter(is_blob).collect())
}

/// What git would send.
struct Sent {
    /// Trees and blobs, those that are missing here among them.
    ids: HashSet<ObjectId>,
    /// The newest first.
    commits: Vec<ObjectId>,
    missing: HashSet<ObjectId>,
}

impl Sent {
    /// The paths that git tells are not read: of several it tells one, and a line break cuts it.
    fn list(repo: &Repository, wanted: &[ObjectId], known: &[ObjectId]) -> Result<Self, ScanError> {
        let wanted = wanted.iter().map(|id| format!("{id}\n"));
        let known = known.iter().map(|id| format!("^{id}\n"));
        let input: String = wanted.chain(known).collect();
        let words = [
            "rev-list",
            "--objects",
            "--missing=print",
            "--ignore-missing",
            "--stdin",
        ];
        let listed = repo.git(words).output_of(input.as_bytes())?;
        let (mut ids, mut commits, mut missing) = (HashSet::new(), Vec::new(), HashSet::new());
        for line in listed.lines() {
            let (hex, is_named) = match line.split_once_str(" ") {
                Some((hex, _)) => (hex, true),
                None => (line, false),
            };
            let plain = hex.strip_prefix(b"?");
            let Ok(id) = ObjectId::from_hex(plain.unwrap_or(hex)) else {
                continue;
            };
            match (plain, is_named) {
                (Some(_), _) => {
                    missing.insert(id);
                    ids.insert(id);
                }
                (None, true) => {
                    ids.insert(id);
                }
                (None, false) => commits.push(id),
            }
        }
        Ok(Self {
            ids,
            commits,
            missing,
        })
    }
}

/// Those of `ids` that the snapshot holds in its own commits, with every path.
pub fn paths_in(
    repo: &Repository,
    snapshot: ObjectId,
    ids: &HashSet<ObjectId>,
) -> Result<Vec<Object>, ScanError> {
    let mut found = Vec::new();
    for commit in own_commits(repo, snapshot) {
        let entries = entries(repo, commit)?.into_iter();
        found.extend(entries.filter(|object| ids.contains(&object.id)));
    }
    Ok(found)
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
fn entries(repo: &Repository, commit: ObjectId) -> Result<Vec<Object>, ScanError> {
    let commit = commit.to_string();
    let words = ["ls-tree", "-r", "-z", "--full-tree", &commit];
    let list = repo.git(words).output()?;
    Ok(list.split_str(b"\0").filter_map(entry).collect())
}

/// `<mode> <type> <id>\t<path>`
fn entry(line: &[u8]) -> Option<Object> {
    let (head, path) = line.split_once_str("\t")?;
    let hex = head.rsplit_str(" ").next()?;
    Some(Object {
        id: ObjectId::from_hex(hex).ok()?,
        path: BString::from(path),
        aspect: Aspect::File,
    })
}
