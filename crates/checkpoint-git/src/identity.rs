//! Who writes: the user's identity, and a fixed one where git has none.

use chrono::{DateTime, Utc};
use gix::actor::Signature;
use gix::date::Time;

use crate::Repository;

/// The identity used where git knows none: a missing name must never cost a checkpoint.
pub const FALLBACK_NAME: &str = "git-checkpoint";
/// The address that goes with [`FALLBACK_NAME`].
pub const FALLBACK_EMAIL: &str = "git-checkpoint@localhost";

impl Repository {
    /// The committer as git would have it, or the fixed one; dated `now` unless `GIT_COMMITTER_DATE` says otherwise.
    pub fn signature(&self, now: DateTime<Utc>) -> Signature {
        let fallback = Signature {
            name: FALLBACK_NAME.into(),
            email: FALLBACK_EMAIL.into(),
            time: Time {
                seconds: now.timestamp(),
                offset: local_offset(now),
            },
        };
        match self.gix().committer() {
            Some(Ok(committer)) => committer.to_owned().unwrap_or(fallback),
            _ => fallback,
        }
    }
}

/// Seconds east of UTC in the local time zone at `now`.
fn local_offset(now: DateTime<Utc>) -> i32 {
    now.with_timezone(&chrono::Local).offset().local_minus_utc()
}
