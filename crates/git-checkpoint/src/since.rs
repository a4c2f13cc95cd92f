//! `--since`: a time, as people write it.

use checkpoint_cli::{Failure, Kind};
use checkpoint_git::Repository;
use chrono::{DateTime, TimeDelta, Utc};
use miette::Diagnostic;
use thiserror::Error;

use crate::CheckpointError;

/// A text that tells no time. Nothing was changed.
#[derive(Debug, Error, Diagnostic)]
#[error("'{text}' is not a time")]
#[diagnostic(
    code(checkpoint::time_invalid),
    help("use a duration as in '--since 2h', or a date as git takes it: '--since \"3 days ago\"'")
)]
pub struct TimeError {
    /// What was typed.
    pub text: String,
}

impl Failure for TimeError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// The moment that `text` means: so long before `now` (`90s`, `15m`, `2h`, `3d`, `2w`), or a date in any form that
/// git takes.
pub(crate) fn resolve(
    text: &str,
    repo: &Repository,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, CheckpointError> {
    let invalid = || TimeError {
        text: text.to_owned(),
    };
    if let Some(span) = duration(text) {
        return Ok(now.checked_sub_signed(span).ok_or_else(invalid)?);
    }
    // Only git knows all the forms that git takes: "yesterday", "last friday", "noon".
    let answer = repo
        .git(["rev-parse".to_owned(), format!("--since={text}")])
        .env("GIT_TEST_DATE_NOW", now.timestamp().to_string())
        .output()?;
    let seconds = std::str::from_utf8(&answer)
        .ok()
        .and_then(|line| line.trim().strip_prefix("--max-age=")?.parse().ok());
    let at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    // Of text that is no date, git makes the present.
    let is_understood = |at: &DateTime<Utc>| at.timestamp() != now.timestamp() || is_present(text);
    Ok(at.filter(is_understood).ok_or_else(invalid)?)
}

fn is_present(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    ["now", "today"].contains(&text.as_str()) || text.contains(|digit: char| digit.is_ascii_digit())
}

fn duration(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let count: i64 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    match unit {
        's' => TimeDelta::try_seconds(count),
        'm' => TimeDelta::try_minutes(count),
        'h' => TimeDelta::try_hours(count),
        'd' => TimeDelta::try_days(count),
        'w' => TimeDelta::try_weeks(count),
        _ => None,
    }
    .filter(|_| count >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_durations_are_a_number_and_a_unit() {
        let check = |text: &str, seconds: Option<i64>| {
            assert_eq!(
                duration(text).map(|span| span.num_seconds()),
                seconds,
                "{text}"
            );
        };
        check("90s", Some(90));
        check("15m", Some(900));
        check("2h", Some(7200));
        check("3d", Some(259_200));
        check("2w", Some(1_209_600));
        check("2", None);
        check("-2h", None);
        check("h", None);
        check("", None);
        check("2 h", None);
        check("99999999999999999w", None);
    }
}
