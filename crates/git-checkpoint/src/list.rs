//! `git checkpoint list`: the checkpoints that are kept, the newest first.

mod filter;
mod outcome;

use std::collections::HashSet;

use checkpoint_cli::{Schema, Session, short_lengths};
use checkpoint_store::{Entered, Overview, Stored};

use self::outcome::Shown;
pub(crate) use self::{filter::Filter, outcome::ListOutcome};
use crate::{CheckpointError, args::ListArgs};

/// Up to so many records are read one by one rather than all.
const FEW: usize = 64;

/// Lists what the filters leave. Reads the records that nobody has read before, and no state.
pub(crate) fn run(session: &Session<'_>, args: ListArgs) -> Result<ListOutcome, CheckpointError> {
    let filter = Filter::resolve(session, args.filters)?;
    let overview = checkpoint_store::overview(&session.repo)?;
    // Shortened before they are filtered: what is printed has to be unique among all.
    let short_lengths = short_lengths(overview.ids());
    let shown: Vec<Shown> = short_lengths
        .into_iter()
        .enumerate()
        .rev()
        .filter(|(at, _)| filter.takes(&overview.get(*at)))
        .take(args.max_count.unwrap_or(usize::MAX))
        .map(|(at, short_length)| Shown { at, short_length })
        .collect();
    let whole = match session.console.is_json() {
        true => whole(session, &overview, &shown)?,
        false => Vec::new(),
    };
    Ok(ListOutcome {
        // Only a hint: what cannot be read is no reason to list nothing.
        unmerged: checkpoint_share::unmerged(&session.repo).unwrap_or_default(),
        overview,
        shown,
        whole,
    })
}

/// All that is known of the checkpoints that are shown, in their order.
fn whole(
    session: &Session<'_>,
    overview: &Overview,
    shown: &[Shown],
) -> Result<Vec<Stored>, CheckpointError> {
    let entered = shown.iter().map(|shown| overview.get(shown.at));
    one_by_one_or_all(session, entered)
}

/// All that is known of `wanted`, in their order.
pub(crate) fn one_by_one_or_all<'a>(
    session: &Session<'_>,
    wanted: impl ExactSizeIterator<Item = Entered<'a>>,
) -> Result<Vec<Stored>, CheckpointError> {
    if wanted.len() <= FEW {
        let mut whole = Vec::with_capacity(wanted.len());
        for entered in wanted {
            whole.extend(checkpoint_store::load_one(&session.repo, entered.snapshot)?);
        }
        return Ok(whole);
    }
    let wanted: HashSet<_> = wanted.map(|entered| entered.snapshot).collect();
    let mut whole = checkpoint_store::load(&session.repo)?.checkpoints;
    whole.retain(|stored| wanted.contains(&stored.snapshot));
    whole.reverse();
    Ok(whole)
}

/// The schema of `list --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
