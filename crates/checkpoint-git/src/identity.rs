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
        let config = self.gix().config_snapshot();
        if config.string("gitoxide.commit.committerDate").is_some()
            && let Some(Ok(committer)) = self.gix().committer()
            && let Ok(committer) = committer.to_owned()
        {
            return committer;
        }
        // gix's own answer always comes with its local time, for which it lists all of /usr/share/zoneinfo.
        let of = |key| {
            let keys = [
                format!("committer.{key}"),
                format!("user.{key}"),
                format!("gitoxide.committer.{key}Fallback"),
            ];
            keys.iter().find_map(|key| config.string(key))
        };
        let email = of("email").or_else(|| config.string("gitoxide.user.emailFallback"));
        let (name, email) = match (of("name"), email) {
            (Some(name), Some(email)) => (name, email),
            _ => (FALLBACK_NAME.into(), FALLBACK_EMAIL.into()),
        };
        Signature {
            name,
            email,
            time: Time {
                seconds: now.timestamp(),
                offset: local_offset(now),
            },
        }
    }
}

/// Seconds east of UTC in the local time zone at `now`.
fn local_offset(now: DateTime<Utc>) -> i32 {
    now.with_timezone(&chrono::Local).offset().local_minus_utc()
}
