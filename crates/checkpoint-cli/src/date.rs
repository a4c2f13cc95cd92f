//! How long ago, as git words it.

use chrono::{DateTime, Utc};

use crate::count;

/// The time between, as `git log --format=%cr` prints it: `3 minutes ago`, `1 year, 2 months ago`; `in the future`
/// when `at` is later than `now`.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let Ok(seconds) = u64::try_from(now.timestamp() - at.timestamp()) else {
        return "in the future".to_owned();
    };
    format!("{} ago", span(seconds))
}

// show_date_relative() in git's date.c: each unit is rounded from the one before it.
fn span(seconds: u64) -> String {
    if seconds < 90 {
        return count(seconds, "second", "seconds");
    }
    let minutes = (seconds + 30) / 60;
    if minutes < 90 {
        return count(minutes, "minute", "minutes");
    }
    let hours = (minutes + 30) / 60;
    if hours < 36 {
        return count(hours, "hour", "hours");
    }
    let days = (hours + 12) / 24;
    match days {
        0..14 => count(days, "day", "days"),
        14..70 => count((days + 3) / 7, "week", "weeks"),
        70..365 => count((days + 15) / 30, "month", "months"),
        365..1825 => years_and_months((days * 12 * 2 + 365) / (365 * 2)),
        _ => count((days + 183) / 365, "year", "years"),
    }
}

fn years_and_months(months: u64) -> String {
    let years = count(months / 12, "year", "years");
    match months % 12 {
        0 => years,
        rest => format!("{years}, {}", count(rest, "month", "months")),
    }
}
