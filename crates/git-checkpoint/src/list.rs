//! `git checkpoint list`: the checkpoints that are kept, the newest first.

mod filter;
mod outcome;

use checkpoint_cli::{Schema, Session, shortened};

use self::outcome::Listed;
pub(crate) use self::{filter::Filter, outcome::ListOutcome};
use crate::{CheckpointError, args::ListArgs};

/// Lists what the filters leave. Every record is read, no state.
pub(crate) fn run(session: &Session<'_>, args: ListArgs) -> Result<ListOutcome, CheckpointError> {
    let filter = Filter::resolve(session, args.filters)?;
    let loaded = checkpoint_store::load(&session.repo)?;
    let is_empty = loaded.checkpoints.is_empty();
    // Shortened before they are filtered: what is printed has to be unique among all.
    let ids = loaded.checkpoints.iter().map(|stored| stored.checkpoint.id);
    let short_ids = shortened(ids);
    let checkpoints = loaded
        .checkpoints
        .into_iter()
        .zip(short_ids)
        .rev()
        .filter(|(stored, _)| filter.takes(stored))
        .take(args.max_count.unwrap_or(usize::MAX))
        .map(|(stored, short_id)| Listed { stored, short_id })
        .collect();
    Ok(ListOutcome {
        checkpoints,
        problems: loaded.problems,
        is_empty,
    })
}

/// The schema of `list --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
