//! Paths as they were typed, and as the repository knows them.

use std::{ffi::OsStr, path::Path};

use bstr::{BStr, BString, ByteSlice};
use checkpoint_cli::Session;
use checkpoint_git::paths::as_path;
use checkpoint_model::restore::{Plan, is_same_or_below};
use checkpoint_store::Stored;

use crate::SafeRestoreError;

/// `typed`, relative to the current directory, as a path from the top of the working tree; empty for the top itself.
pub(crate) fn from_top(session: &Session<'_>, typed: &OsStr) -> Result<BString, SafeRestoreError> {
    let top = session.repo.work_tree().unwrap_or(session.repo.git_dir());
    session
        .path_from_top(Path::new(typed))
        .ok_or_else(|| SafeRestoreError::PathOutside {
            path: typed.to_string_lossy().into_owned(),
            top: top.to_string_lossy().into_owned(),
        })
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
