//! Which checkpoints may go.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{id::CheckpointId, policy::Retention};

/// What retention has to know of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Names it.
    pub id: CheckpointId,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Whether nobody asked for this very checkpoint: made by a hook, a timer, an adapter or as a backup.
    pub automatic: bool,
    /// Whether it has a tag.
    pub named: bool,
    /// When it was deleted, if it was.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Whether something stands on it: a restore in progress, a backup that can still be undone to.
    pub pinned: bool,
    /// What it alone keeps alive, in bytes; `None` counts as nothing.
    pub bytes: Option<u64>,
}

/// Why a checkpoint may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// It was deleted, and `retention.grace-days` are over.
    Deleted,
    /// There are `retention.automatic-count` newer ones.
    Count,
    /// It is older than `retention.automatic-days`.
    Age,
    /// With the newer ones it takes more than `retention.max-bytes`.
    Bytes,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deleted => "deleted, and its days of grace are over",
            Self::Count => "more than retention.automatic-count are newer",
            Self::Age => "older than retention.automatic-days",
            Self::Bytes => "over retention.max-bytes",
        })
    }
}

/// What goes and what stays; each candidate is in one of the two, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrunePlan {
    /// What goes, and why.
    pub remove: Vec<(CheckpointId, Why)>,
    /// What stays.
    pub keep: Vec<CheckpointId>,
}

/// Decides what goes, whatever the order of the candidates.
///
/// Pinned, named and asked-for checkpoints stay, unless they were deleted; a pinned one stays even then. Of
/// the automatic ones go those beyond the count, then those too old, then the oldest until the rest fits into the
/// bytes; the newest one never goes for its size. Pinned ones count, though they stay.
#[must_use]
pub fn plan(candidates: &[Candidate], retention: &Retention, now: DateTime<Utc>) -> PrunePlan {
    let mut newest_first: Vec<_> = candidates.iter().collect();
    newest_first.sort_by_key(|candidate| std::cmp::Reverse((candidate.at, candidate.id)));
    let mut kept = Kept::default();
    let mut plan = PrunePlan::default();
    for candidate in newest_first {
        let why = match candidate.deleted_at {
            Some(deleted_at) => {
                is_over(deleted_at, retention.grace_days, now).then_some(Why::Deleted)
            }
            None if candidate.automatic && !candidate.named => {
                kept.verdict(candidate, retention, now)
            }
            None => None,
        };
        match why.filter(|_| !candidate.pinned) {
            Some(why) => plan.remove.push((candidate.id, why)),
            None => plan.keep.push(candidate.id),
        }
    }
    plan.remove.reverse();
    plan.keep.reverse();
    plan
}

/// The automatic checkpoints that stay, counted from the newest on.
#[derive(Default)]
struct Kept {
    count: u64,
    bytes: u64,
    is_full: bool,
}

impl Kept {
    fn verdict(
        &mut self,
        candidate: &Candidate,
        retention: &Retention,
        now: DateTime<Utc>,
    ) -> Option<Why> {
        let bytes = self.bytes.saturating_add(candidate.bytes.unwrap_or(0));
        let why = if self.count >= retention.automatic_count {
            Some(Why::Count)
        } else if is_over(candidate.at, retention.automatic_days, now) {
            Some(Why::Age)
        } else if self.is_full || (self.count > 0 && bytes > retention.max_bytes.bytes()) {
            // From here on all go: a gap in the middle would keep an old state and lose a newer one.
            self.is_full = true;
            Some(Why::Bytes)
        } else {
            None
        };
        if why.is_none() || candidate.pinned {
            self.count += 1;
            self.bytes = bytes;
        }
        why
    }
}

fn is_over(since: DateTime<Utc>, days: u64, now: DateTime<Utc>) -> bool {
    // A number of days that no calendar holds is for ever.
    let end = i64::try_from(days)
        .ok()
        .and_then(TimeDelta::try_days)
        .and_then(|days| since.checked_add_signed(days));
    end.is_some_and(|end| end <= now)
}

#[cfg(test)]
mod tests;
