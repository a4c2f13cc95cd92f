//! How long ago, as git words it.

use chrono::{DateTime, Utc};

use crate::bytes::count_onto;

/// The time between, as `git log --format=%cr` prints it: `3 minutes ago`, `1 year, 2 months ago`; `in the future`
/// when `at` is later than `now`.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let Ok(seconds) = u64::try_from(now.timestamp() - at.timestamp()) else {
        return "in the future".to_owned();
    };
    let mut text = String::with_capacity(32);
    span(&mut text, seconds);
    text.push_str(" ago");
    text
}

// show_date_relative() in git's date.c: each unit is rounded from the one before it.
fn span(text: &mut String, seconds: u64) {
    if seconds < 90 {
        return count_onto(text, seconds, "second", "seconds");
    }
    let minutes = (seconds + 30) / 60;
    if minutes < 90 {
        return count_onto(text, minutes, "minute", "minutes");
    }
    let hours = (minutes + 30) / 60;
    if hours < 36 {
        return count_onto(text, hours, "hour", "hours");
    }
    let days = (hours + 12) / 24;
    match days {
        0..14 => count_onto(text, days, "day", "days"),
        14..70 => count_onto(text, (days + 3) / 7, "week", "weeks"),
        70..365 => count_onto(text, (days + 15) / 30, "month", "months"),
        365..1825 => years_and_months(text, (days * 12 * 2 + 365) / (365 * 2)),
        _ => count_onto(text, (days + 183) / 365, "year", "years"),
    }
}

fn years_and_months(text: &mut String, months: u64) {
    count_onto(text, months / 12, "year", "years");
    match months % 12 {
        0 => {}
        rest => {
            text.push_str(", ");
            count_onto(text, rest, "month", "months");
        }
    }
}
