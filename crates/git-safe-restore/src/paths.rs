//! Paths as they were typed, and as the repository knows them.

use std::{
    ffi::OsStr,
    path::{Component, Path, PathBuf},
};

use bstr::{BStr, BString, ByteSlice};
use checkpoint_cli::Session;
use checkpoint_git::paths::{as_bytes, as_path};
use checkpoint_model::restore::{Plan, is_same_or_below};
use checkpoint_store::Stored;

use crate::SafeRestoreError;

/// `typed`, relative to the current directory, as a path from the top of the working tree; empty for the top itself.
/// Nothing is looked up, so a path may hold wildcards, and need not exist.
pub(crate) fn from_top(session: &Session<'_>, typed: &OsStr) -> Result<BString, SafeRestoreError> {
    let top = session.repo.work_tree().unwrap_or(session.repo.git_dir());
    let outside = || SafeRestoreError::PathOutside {
        path: typed.to_string_lossy().into_owned(),
        top: top.to_string_lossy().into_owned(),
    };
    let cwd = &session.surroundings.cwd;
    // From outside the working tree (GIT_WORK_TREE), paths are from its top.
    let start = if cwd.starts_with(top) { cwd } else { top };
    let path = cleaned(&start.join(typed));
    let below = path.strip_prefix(top).map_err(|_| outside())?;
    Ok(as_bytes(below).to_owned())
}

/// The path without `.` and `..`, which are taken as words: git does the same with a pathspec.
fn cleaned(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    cleaned
}

/// Refuses a path that means nothing, since that is mostly a slip of the finger: one that is not to change, not in the
/// working tree and not in the checkpoint. Patterns may mean nothing.
pub(crate) fn require_known(
    session: &Session<'_>,
    target: &Stored,
    paths: &[BString],
    plan: &Plan,
) -> Result<(), SafeRestoreError> {
    let is_pattern = |path: &BStr| path.find_byteset(b"*?[").is_some();
    let is_known = |path: &BStr| {
        let mut changes = plan.files.iter().map(|file| file.path.as_bstr());
        path.is_empty()
            || is_pattern(path)
            || changes.any(|changed| is_same_or_below(changed, path))
            || is_present(session, path)
            || is_kept(session, target, path)
    };
    match paths.iter().find(|path| !is_known(path.as_bstr())) {
        None => Ok(()),
        Some(path) => Err(SafeRestoreError::PathUnknown {
            path: path.to_string(),
            id: target.checkpoint.id,
        }),
    }
}

fn is_present(session: &Session<'_>, path: &BStr) -> bool {
    let top = session.repo.work_tree();
    top.is_some_and(|top| fs_err::symlink_metadata(top.join(as_path(path))).is_ok())
}

fn is_kept(session: &Session<'_>, target: &Stored, path: &BStr) -> bool {
    let found = || {
        let commit = session.repo.gix().find_commit(target.snapshot).ok()?;
        let tree = commit.tree().ok()?;
        let parts = path
            .split(|byte| *byte == b'/')
            .filter(|part| !part.is_empty());
        tree.lookup_entry(parts).ok()?
    };
    found().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_words() {
        let check = |path: &str, want: &str| assert_eq!(cleaned(Path::new(path)), Path::new(want));
        check("/top/a/../b", "/top/b");
        check("/top/./a/", "/top/a");
        check("/top/..", "/");
        check("/top/a/*.rs", "/top/a/*.rs");
    }
}
