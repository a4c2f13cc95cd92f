//! What a state may hold that never leaves the machine.

use std::collections::BTreeMap;

use checkpoint_git::Repository;
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use serde::Deserialize;

use crate::{StoreError, Stored};

/// The folders beside a snapshot that hold ignored files, and files from outside of the working tree.
const PRIVATE: [&str; 2] = ["ignored", "extra"];

/// Fails with [`StoreError::Private`] where the state of `stored` holds an ignored file, or one from outside of the
/// working tree.
pub fn refuse(repo: &Repository, stored: &Stored) -> Result<(), StoreError> {
    // Working tree and index are what they are; a folder of theirs may have any name.
    for commit in commits_of(repo, stored.snapshot)?.into_iter().skip(2) {
        if let Some(path) = find(repo, commit)? {
            let id = stored.checkpoint.id;
            return Err(StoreError::Private { id, path });
        }
    }
    Ok(())
}

/// The snapshot's own commits: of the working tree, of the index, and of what lies beside them.
pub fn commits_of(repo: &Repository, snapshot: ObjectId) -> Result<Vec<ObjectId>, StoreError> {
    let parents = |id: ObjectId| -> Result<Vec<ObjectId>, StoreError> {
        let commit = repo.gix().find_commit(id);
        let commit = commit.map_err(|source| StoreError::unreadable(id, source))?;
        Ok(commit.parent_ids().map(gix::Id::detach).collect())
    };
    let mut commits = vec![snapshot];
    let above = parents(snapshot)?;
    if let Some(index) = above.last() {
        commits.push(*index);
        let beside = parents(*index)?;
        commits.extend(beside.into_iter().filter(|id| Some(id) != above.first()));
    }
    Ok(commits)
}

fn find(repo: &Repository, commit: ObjectId) -> Result<Option<String>, StoreError> {
    let name = commit.to_string();
    let words = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", &name];
    let words = words.into_iter().chain(["--"]).chain(PRIVATE);
    let list = repo.git(words).output()?;
    if let Some(path) = list.split_str(b"\0").find(|path| !path.is_empty()) {
        return Ok(Some(place(path.as_bstr())));
    }
    let meta = repo.git(["cat-file", "blob", &format!("{name}:meta.json")]);
    // Not there where there is nothing to say.
    let meta: Meta = serde_json::from_slice(&meta.output().unwrap_or_default()).unwrap_or_default();
    let mut places = meta
        .aside
        .iter()
        .filter_map(|aside| aside.get("place")?.as_str());
    let private =
        places.find(|place| PRIVATE.contains(&place.split('/').next().unwrap_or_default()));
    Ok(private.map(|path| place(path.into())))
}

/// What was set aside, as far as it is asked for here.
#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    aside: Vec<BTreeMap<String, serde_json::Value>>,
}

/// Where the file was, without the name of the folder that it is kept in.
fn place(path: &BStr) -> String {
    let (_, path) = path.split_once_str("/").unwrap_or((b"", path));
    path.to_str_lossy().into_owned()
}
