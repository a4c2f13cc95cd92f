//! Commits that come after a request was opened.

use checkpoint_forge::{Became, Outcome, Request};
use checkpoint_model::event::PullRequestOpened;

use super::{found, none, record};
use crate::{
    RunError,
    finish::{Trouble, Work},
};

/// The request that has what was just pushed: the one that is on record, or where that was merged meanwhile, another one.
/// Where somebody has closed it, nobody is asked a second time. A forge that does not say is not waited for.
pub(super) fn still_open(
    work: &mut Work<'_>,
    request: &Request,
    known: &PullRequestOpened,
) -> Result<Result<PullRequestOpened, Trouble>, RunError> {
    let surroundings = work.session.surroundings.clone();
    let tip = work.tip.to_string();
    let ask = |number| checkpoint_forge::became(request, number, &tip, &surroundings).ok();
    let why = match known.number.and_then(ask) {
        Some(Became::Closed) => "is closed",
        Some(Became::Merged { has_tip: false }) => {
            match checkpoint_forge::open(request, &surroundings) {
                Ok(Outcome::Opened(opened)) => return record(work, request, &opened).map(Ok),
                _ => "is merged, and no other was opened",
            }
        }
        _ => {
            found(work, known);
            return Ok(Ok(known.clone()));
        }
    };
    let why = format!("{} {why}", known.url);
    Ok(Err(none(work, None, why, None)))
}
