//! What checkpoints alone keep on disk.

use checkpoint_git::ProgramError;
use checkpoint_store::{Place, Stored};

use crate::session::Session;

/// The bytes on disk of all objects that these checkpoints reach and no branch, tag, remote branch, stash or HEAD
/// does. Deltas are counted as they lie in their packs.
pub(crate) fn kept_by(session: &Session<'_>, checkpoints: &[&Stored]) -> Result<u64, ProgramError> {
    let here = checkpoints.iter().filter(|it| it.place == Place::Here);
    let snapshots: String = here
        .map(|stored| format!("{}\n", stored.snapshot))
        .collect();
    if snapshots.is_empty() {
        return Ok(0);
    }
    let progress = session.console.progress("Measuring checkpoints");
    let mut words = vec![
        "rev-list",
        "--objects",
        "--disk-usage",
        "--use-bitmap-index",
    ];
    if session.repo.caps().promisor {
        // What was never fetched takes no space, and must not be fetched for this.
        words.push("--exclude-promisor-objects");
    }
    // Notes are left out on both sides: their many commits have nothing in common with a snapshot.
    let others = [
        "--exclude=refs/checkpoints/*",
        "--exclude=refs/notes/*",
        "--all",
    ];
    words.extend(["--stdin", "--not"]);
    words.extend(others);
    let answer = session.repo.git(words).output_of(snapshots.as_bytes())?;
    progress.finish();
    let digits = std::str::from_utf8(&answer).unwrap_or_default().trim();
    // A git that answers otherwise has nothing to say about size.
    Ok(digits.parse().unwrap_or(0))
}
