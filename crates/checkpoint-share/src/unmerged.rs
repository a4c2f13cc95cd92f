//! Records that a plain `git fetch` has brought, and that nobody has merged yet.

use checkpoint_git::{Repository, refs};
use checkpoint_store::notes::{self, CHECKPOINTS};

use crate::ShareError;

/// The remotes of which records of checkpoints lie here unmerged, each with how many there are; asks nobody. What are no
/// records is passed over: a fetch tells of it.
pub fn unmerged(repo: &Repository) -> Result<Vec<(String, usize)>, ShareError> {
    const BEGIN: &str = "refs/notes/remotes/";
    const END: &str = "/checkpoints";
    let known = refs::list(repo, BEGIN)?;
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let here = refs::find(repo, CHECKPOINTS)?;
    let mut unmerged = Vec::new();
    for (name, tip) in known {
        let name = name.to_string();
        let remote = name.strip_prefix(BEGIN).unwrap_or(&name);
        let Some(remote) = remote.strip_suffix(END).filter(|_| here != Some(tip)) else {
            continue;
        };
        if let Ok((_, behind @ 1..)) = notes::compare(repo, CHECKPOINTS, here, Some(tip)) {
            unmerged.push((remote.to_owned(), behind));
        }
    }
    Ok(unmerged)
}
