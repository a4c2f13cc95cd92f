//! Whether a history is of this repository.

use std::collections::BTreeSet;

use bstr::ByteSlice as _;
use checkpoint_git::{ProgramError, Repository};
use gix::ObjectId;

/// Those of `heads` that have no root in common with HEAD and the branches here. None can be told in a shallow clone,
/// where all histories end anywhere.
pub(crate) fn strangers(
    repo: &Repository,
    heads: &BTreeSet<ObjectId>,
) -> Result<Vec<ObjectId>, ProgramError> {
    let here: Vec<_> = heads
        .iter()
        .filter(|head| repo.gix().has_object(**head))
        .collect();
    if here.is_empty() || repo.gix().is_shallow().unwrap_or(false) {
        return Ok(Vec::new());
    }
    let mut own: Vec<String> = ["--branches", "--remotes"].map(str::to_owned).into();
    if let Some(id) = repo.head().ok().and_then(|head| head.id) {
        own.push(id.to_string());
    }
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
