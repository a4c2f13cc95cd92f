//! Files beside the policy that count as the protected branch has them.

use checkpoint_git::{Repository, refs};

use crate::{ReadError, trunk, upstream};

/// A file as it was agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agreed {
    /// The branch that is agreed on is not here.
    NoBranch,
    /// It does not have the file.
    NoFile {
        /// The branch, by its short name.
        branch: String,
    },
    /// Its content.
    File {
        /// The branch, by its short name.
        branch: String,
        /// All of it.
        content: Vec<u8>,
    },
}

/// Reads the file `path` as the branch has it from which the policy is read: its upstream first. Not the copy in the
/// working tree, nor the version of the branch that is to be judged.
pub fn agreed_file(repo: &Repository, path: &str) -> Result<Agreed, ReadError> {
    let Some((name, _)) = trunk::find(repo) else {
        return Ok(Agreed::NoBranch);
    };
    let mut agreed = Agreed::NoBranch;
    for (branch, full) in upstream::versions_of(repo, &name) {
        let Some(tip) = refs::find(repo, &full).ok().flatten() else {
            continue;
        };
        let unreadable = |source: Box<dyn std::error::Error + Send + Sync>| ReadError::Version {
            branch: branch.clone(),
            source,
        };
        let tree = repo
            .gix()
            .find_commit(tip)
            .map_err(|error| unreadable(error.into()))?;
        let tree = tree.tree().map_err(|error| unreadable(error.into()))?;
        let entry = tree
            .lookup_entry_by_path(path)
            .map_err(|error| unreadable(error.into()))?;
        let Some(entry) = entry.filter(|entry| entry.mode().is_blob()) else {
            agreed = Agreed::NoFile { branch };
            continue;
        };
        let content = match entry.object() {
            Ok(mut object) => std::mem::take(&mut object.data),
            Err(error) => {
                let is_promised = repo.caps().promisor.then_some(());
                let content = is_promised.and_then(|()| trunk::promised(repo, &full, path));
                content.ok_or_else(|| unreadable(error.into()))?
            }
        };
        return Ok(Agreed::File { branch, content });
    }
    Ok(agreed)
}
