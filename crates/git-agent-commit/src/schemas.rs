//! The published schemas of what `--json` prints.

use crate::outcome;

/// The schema of each kind of document, by its name; an error is told as `git checkpoint` tells it.
#[must_use]
pub fn schemas() -> Vec<(&'static str, serde_json::Value)> {
    let schema = outcome::schema();
    vec![(schema.name, schema.json)]
}
