//! The published schemas of what `--json` prints.

use crate::{list, outcome};

/// The schema of each kind of document, by its name; an error is told as `git checkpoint` tells it.
#[must_use]
pub fn schemas() -> Vec<(&'static str, serde_json::Value)> {
    let all = [outcome::schema(), list::schema()];
    all.into_iter()
        .map(|schema| (schema.name, schema.json))
        .collect()
}
