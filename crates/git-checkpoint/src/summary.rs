//! `git checkpoint summary`: all checkpoints in a few numbers.

mod bytes;
mod outcome;

use checkpoint_cli::{Schema, Session};
use checkpoint_model::summary::Summary;
use checkpoint_store::Stored;

pub(crate) use self::{bytes::kept_by, outcome::SummaryOutcome};
use crate::{CheckpointError, args::SummaryArgs, list::Filter};

/// Counts what the filters leave, and measures what these checkpoints alone keep on disk.
pub(crate) fn run(
    session: &Session<'_>,
    args: SummaryArgs,
) -> Result<SummaryOutcome, CheckpointError> {
    let filter = Filter::resolve(session, args.filters)?;
    let loaded = checkpoint_store::load(&session.repo)?;
    let taken: Vec<&Stored> = loaded
        .checkpoints
        .iter()
        .filter(|stored| filter.takes_also_deleted(stored))
        .collect();
    let bytes = kept_by(session, &taken);
    let (bytes, unmeasured) = match bytes {
        Ok(bytes) => (Some(bytes), None),
        // The numbers are worth telling without the size, as with a git that cannot measure it.
        Err(error) => (None, Some(error.to_string())),
    };
    let checkpoints = taken.iter().map(|stored| &*stored.checkpoint);
    Ok(SummaryOutcome {
        summary: Summary::of(checkpoints, bytes),
        unmeasured,
        problems: loaded.problems,
    })
}

/// The schema of `summary --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
