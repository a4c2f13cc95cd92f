//! What restores that were stopped halfway stand on, in any working tree of the repository.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use checkpoint_git::Repository;
use checkpoint_model::id::CheckpointId;
use serde::Deserialize;

use crate::StoreError;

/// Where a restore writes its journal, below the git directory of its working tree.
pub const JOURNAL: &str = "checkpoint/restore.json";

/// The part of a journal that is of interest here.
#[derive(Deserialize)]
struct Journal {
    target: CheckpointId,
    backup: CheckpointId,
    #[serde(default)]
    given_up: Option<CheckpointId>,
}

/// The checkpoints without which a restore that was stopped halfway can neither be finished nor given up.
///
/// Fails with [`StoreError::JournalBroken`] where a journal cannot be read: then it may be any of them.
pub fn unfinished(repo: &Repository) -> Result<BTreeSet<CheckpointId>, StoreError> {
    let linked = fs_err::read_dir(repo.common_dir().join("worktrees"));
    let linked = linked.into_iter().flatten().filter_map(Result::ok);
    let git_dirs = [repo.common_dir().to_owned(), repo.git_dir().to_owned()];
    let git_dirs = git_dirs.into_iter().chain(linked.map(|entry| entry.path()));
    let mut needed = BTreeSet::new();
    for journal in git_dirs.map(|git_dir| git_dir.join(JOURNAL)) {
        if let Some(journal) = read(&journal)? {
            needed.extend([journal.target, journal.backup]);
            needed.extend(journal.given_up);
        }
    }
    Ok(needed)
}

fn read(path: &Path) -> Result<Option<Journal>, StoreError> {
    let broken = |why: String| StoreError::JournalBroken {
        path: PathBuf::from(path),
        why,
    };
    match fs_err::read(path) {
        Ok(text) => serde_json::from_slice(&text)
            .map(Some)
            .map_err(|error| broken(error.to_string())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(broken(error.to_string())),
    }
}
