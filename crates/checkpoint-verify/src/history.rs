//! Whether a history is of this repository.

use std::collections::BTreeSet;

use bstr::ByteSlice as _;
use checkpoint_git::{ProgramError, Repository, refs};
use gix::ObjectId;

/// Those of `heads` that have no root in common with HEAD and the branches here. None can be told in a shallow clone,
/// where all histories end anywhere.
pub(crate) fn strangers(
    repo: &Repository,
    heads: &BTreeSet<ObjectId>,
) -> Result<Vec<ObjectId>, ProgramError> {
    let mut tips = BTreeSet::new();
    for prefix in ["refs/heads/", "refs/remotes/"] {
        // One that cannot be read is for git to judge, below.
        let listed = refs::list(repo, prefix).unwrap_or_default();
        tips.extend(listed.into_iter().map(|(_, id)| id));
    }
    let head = repo.head().ok().and_then(|head| head.id);
    tips.extend(head);
    // What a branch points at needs no walk.
    let here: Vec<_> = heads
        .difference(&tips)
        .filter(|head| repo.gix().has_object(**head))
        .collect();
    if here.is_empty() || repo.gix().is_shallow().unwrap_or(false) {
        return Ok(Vec::new());
    }
    let mut own: Vec<String> = ["--branches", "--remotes"].map(str::to_owned).into();
    own.extend(head.map(|id| id.to_string()));
    let own = roots(repo, &own, "")?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let all: String = here.iter().map(|head| format!("{head}\n")).collect();
    if roots(repo, &["--stdin".to_owned()], &all)?.is_subset(&own) {
        return Ok(Vec::new());
    }
    let mut strangers = Vec::new();
    for head in here {
        let its = roots(repo, &[head.to_string()], "")?;
        if its.is_disjoint(&own) {
            strangers.push(*head);
        }
    }
    Ok(strangers)
}

/// The commits without parents that can be reached.
fn roots(
    repo: &Repository,
    from: &[String],
    input: &str,
) -> Result<BTreeSet<ObjectId>, ProgramError> {
    let words = ["rev-list", "--max-parents=0"].map(str::to_owned);
    let listed = repo
        .git(words.iter().chain(from))
        .output_of(input.as_bytes())?;
    Ok(listed
        .lines()
        .filter_map(|hex| ObjectId::from_hex(hex).ok())
        .collect())
}
