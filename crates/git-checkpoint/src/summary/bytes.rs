//! What checkpoints alone keep on disk.

use checkpoint_cli::Session;
use checkpoint_git::ProgramError;
use checkpoint_store::{Entered, Place};

const MEASURE: [&str; 4] = [
    "rev-list",
    "--objects-edge-aggressive",
    "--disk-usage",
    "--use-bitmap-index",
];

/// What else keeps objects alive. Notes are left out: their many commits have nothing in common with a snapshot.
const OTHERS: [&str; 5] = [
    "--stdin",
    "--not",
    "--exclude=refs/checkpoints/*",
    "--exclude=refs/notes/*",
    "--all",
];

/// The bytes on disk of all objects that these checkpoints reach, and no branch, tag, remote branch, stash or HEAD
/// does. Deltas are counted as they lie in their packs.
///
/// Of the history that others have, git looks at the tips and at the commits that checkpoints stand on. Content that
/// came and went between those is counted here too, unless there is a bitmap: the number is never too small.
pub(crate) fn kept_by(
    session: &Session<'_>,
    checkpoints: &[Entered<'_>],
) -> Result<u64, ProgramError> {
    let here = checkpoints.iter().filter(|it| it.place == Place::Here);
    let snapshots: String = here
        .map(|entered| format!("{}\n", entered.snapshot))
        .collect();
    if snapshots.is_empty() {
        return Ok(0);
    }
    let progress = session.console.progress("Measuring checkpoints");
    let mut words = MEASURE.to_vec();
    if session.repo.caps().promisor {
        // What was never fetched takes no space, and must not be fetched for this.
        words.push("--exclude-promisor-objects");
    }
    words.extend(OTHERS);
    let answer = session.repo.git(words).output_of(snapshots.as_bytes())?;
    progress.finish();
    let text = std::str::from_utf8(&answer).unwrap_or_default();
    // Before the number stand the edges, one on a line.
    let digits = text.lines().next_back().unwrap_or_default();
    // A git that answers otherwise has nothing to say about size.
    Ok(digits.trim().parse().unwrap_or(0))
}
