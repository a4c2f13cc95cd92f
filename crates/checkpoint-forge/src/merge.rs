//! Merging an own request when its checks have passed, and closing one.

use checkpoint_git::Surroundings;

use crate::{
    ForgeError, Plan, Request,
    dialect::Standing,
    forge::Forge,
    shown::{LONGEST, shown},
};

/// What came of the wish to merge.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merging {
    /// It is merged now.
    Merged {
        /// The commit that came of it, in full, where the forge says.
        commit: Option<String>,
    },
    /// It was merged before.
    WasMerged,
    /// It is not; nothing was changed.
    NotYet(NotYet),
}

/// Why a request is not merged yet. Names are the forge's, on one line, shortened, with control characters spelled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotYet {
    /// It was closed without being merged.
    Closed,
    /// The branch there is not what was pushed last: somebody else has pushed.
    Moved {
        /// The commit that the forge has.
        tip: String,
    },
    /// It is a draft.
    Draft,
    /// It does not merge without conflicts.
    Conflicts,
    /// These checks have failed.
    ChecksFailed(Vec<String>),
    /// These checks have not ended.
    ChecksRunning(Vec<String>),
    /// There are no checks, or they have not begun: none has passed.
    NoChecks,
    /// The forge wants something else first, such as a review.
    Blocked(String),
}

/// Merges request `number` if all checks of its tip have passed, there is at least one, and the tip is still `tip` (in
/// full). Needs a program of the forge's that is logged in, or a token. How it is merged is for the repository to allow:
/// a merge commit, else squashed, else rebased.
pub fn merge(
    request: &Request,
    number: u64,
    tip: &str,
    surroundings: &Surroundings,
) -> Result<Merging, ForgeError> {
    Plan::of(request, surroundings)?.ask(|forge| merge_at(forge, number, tip))
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It takes what is pushed to its branch.
    Open,
    /// It was merged, with the commit that was asked for, or before that was pushed.
    Merged {
        /// Whether that commit was in it.
        has_tip: bool,
    },
    /// Somebody has closed it.
    Closed,
}

/// Asks what became of request `number`, whose branch is at `tip` (in full) by now; nothing is changed.
pub fn became(
    request: &Request,
    number: u64,
    tip: &str,
    surroundings: &Surroundings,
) -> Result<Became, ForgeError> {
    Plan::of(request, surroundings)?.ask(|forge| {
        let dialect = forge.dialect();
        let standing = dialect.unchecked(forge.site, forge.caller, number)?;
        if standing.tip.is_empty() {
            return Err(forge.caller.about().unreadable("it names no commit"));
        }
        let has_tip = moved(&standing, tip).is_none();
        Ok(match (standing.is_merged, standing.is_open) {
            (true, _) => Became::Merged { has_tip },
            (false, true) => Became::Open,
            (false, false) => Became::Closed,
        })
    })
}

/// Closes request `number` without merging it. The branch stays.
pub fn close(
    request: &Request,
    number: u64,
    surroundings: &Surroundings,
) -> Result<(), ForgeError> {
    Plan::of(request, surroundings)?
        .ask(|forge| forge.dialect().close(forge.site, forge.caller, number))
}

fn merge_at(forge: &Forge<'_>, number: u64, tip: &str) -> Result<Merging, ForgeError> {
    let (site, caller, dialect) = (forge.site, forge.caller, forge.dialect());
    let standing = dialect.standing(site, caller, number)?;
    if standing.is_merged {
        return Ok(Merging::WasMerged);
    }
    if let Some(why) = not_yet(standing, tip) {
        return Ok(Merging::NotYet(why));
    }
    match dialect.merge(site, caller, number, tip) {
        Ok(commit) => Ok(Merging::Merged { commit }),
        Err(ForgeError::Refused {
            status: 405 | 406 | 422,
            said,
            ..
        }) => Ok(Merging::NotYet(NotYet::Blocked(said))),
        Err(error) => {
            // It may be done although the answer did not come, or by somebody faster.
            let asks_again = error.is_unsettled() || matches!(error, ForgeError::Refused { .. });
            match asks_again.then(|| dialect.standing(site, caller, number)) {
                Some(Ok(standing)) if standing.is_merged => Ok(Merging::Merged { commit: None }),
                Some(Ok(standing)) => match moved(&standing, tip) {
                    Some(why) => Ok(Merging::NotYet(why)),
                    None => Err(error),
                },
                _ => Err(error),
            }
        }
    }
}

/// What stands in the way, the plainest first.
fn not_yet(standing: Standing, tip: &str) -> Option<NotYet> {
    if let Some(why) = moved(&standing, tip) {
        return Some(why);
    }
    let checks = standing.checks;
    let names = |names: Vec<String>| names.iter().map(|name| shown(name, LONGEST)).collect();
    match () {
        () if !standing.is_open => Some(NotYet::Closed),
        () if standing.is_draft => Some(NotYet::Draft),
        () if standing.has_conflicts => Some(NotYet::Conflicts),
        () if !checks.failed.is_empty() => Some(NotYet::ChecksFailed(names(checks.failed))),
        () if !checks.running.is_empty() => Some(NotYet::ChecksRunning(names(checks.running))),
        () if checks.n_passed == 0 => Some(NotYet::NoChecks),
        () => standing
            .blocked
            .map(|why| NotYet::Blocked(shown(&why, LONGEST))),
    }
}

fn moved(standing: &Standing, tip: &str) -> Option<NotYet> {
    // Bitbucket gives the beginning of the name, never less than twelve digits.
    let is_same = standing.tip.len() >= 12 && tip.starts_with(&standing.tip);
    (!is_same).then(|| NotYet::Moved {
        tip: shown(&standing.tip, LONGEST),
    })
}
