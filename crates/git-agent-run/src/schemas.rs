//! The published schemas of what `--json` prints.

use crate::{abandon, finish, list, log, progress, resume, show, start};

/// The schema of each kind of document, by its name; an error is told as `git checkpoint` tells it.
#[must_use]
pub fn schemas() -> Vec<(&'static str, serde_json::Value)> {
    let all = [
        start::schema(),
        progress::schema(),
        finish::schema(),
        resume::schema(),
        abandon::schema(),
        list::schema(),
        show::schema(),
        log::schema(),
    ];
    all.into_iter()
        .map(|schema| (schema.name, schema.json))
        .collect()
}
