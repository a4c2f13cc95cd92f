//! `git checkpoint summary`: all checkpoints in a few numbers.

mod bytes;
mod outcome;

use checkpoint_cli::{Schema, Session};
use checkpoint_model::summary::Summary;
use checkpoint_store::Entered;

pub(crate) use self::{bytes::kept_by, outcome::SummaryOutcome};
use crate::{CheckpointError, args::SummaryArgs, list::Filter};

/// Counts what the filters leave, and measures what these checkpoints alone keep on disk.
pub(crate) fn run(
    session: &Session<'_>,
    args: SummaryArgs,
) -> Result<SummaryOutcome, CheckpointError> {
    let filter = Filter::resolve(session, args.filters)?;
    let mut overview = checkpoint_store::overview(&session.repo)?;
    let problems = std::mem::take(&mut overview.problems);
    let taken: Vec<Entered<'_>> = overview
        .iter()
        .filter(|entered| filter.takes_also_deleted(entered))
        .collect();
    let bytes = kept_by(session, &taken);
    let (bytes, unmeasured) = match bytes {
        Ok(bytes) => (Some(bytes), None),
        // The numbers are worth telling without the size, as with a git that cannot measure it.
        Err(error) => (None, Some(error.to_string())),
    };
    Ok(SummaryOutcome {
        summary: Summary::of(taken.iter().map(|entered| entered.brief), bytes),
        unmeasured,
        problems,
    })
}

/// The schema of `summary --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
