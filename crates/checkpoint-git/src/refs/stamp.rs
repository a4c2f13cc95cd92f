//! Whether references may have moved, without reading one.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::Repository;

/// The files that references are kept in, as they were. Two that are equal were taken of the same references, as far as
/// the file system tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Vec<Option<Look>>);

/// Inode, size, times of change of the content and of the inode.
type Look = (u64, u64, (i64, i64), (i64, i64));

/// Looks at the files in which the references `names` (in full, shared by all worktrees) are kept: one lstat for each,
/// and one more. What a symbolic one points at is not looked after.
///
/// Taken before the references are read, it is equal to a later one only if they have not moved since.
pub fn stamp(repo: &Repository, names: &[&str]) -> Stamp {
    let common = repo.common_dir();
    if repo.caps().reftable {
        // Replaced by every transaction.
        return Stamp(vec![look(&common.join("reftable/tables.list"))]);
    }
    let files = names.iter().chain(&["packed-refs"]);
    Stamp(files.map(|name| look(&common.join(name))).collect())
}

fn look(path: &Path) -> Option<Look> {
    let found = fs_err::symlink_metadata(path).ok()?;
    let written = (found.mtime(), found.mtime_nsec());
    let changed = (found.ctime(), found.ctime_nsec());
    Some((found.ino(), found.size(), written, changed))
}
