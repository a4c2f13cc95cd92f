//! Which blobs would be published.

use bstr::{BString, ByteSlice as _};
use checkpoint_git::Repository;
use gix::ObjectId;

use crate::{Blob, ScanError};

/// The blobs that can be reached from the commits `wanted` and not from `known`, each with one of its paths, as git
/// would send them. Of a partial clone, only those that are here.
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
        "--missing=allow-any",
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
    Ok(blobs.map(|(id, path)| Blob { id, path }).collect())
}
