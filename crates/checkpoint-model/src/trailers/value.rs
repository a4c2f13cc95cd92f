//! The value of a trailer: one line, whatever was put in.

use serde::{Serialize, de::DeserializeOwned};

use crate::shown::is_hidden;

/// A text as the value of a trailer: as it is when that reads back as the same text, else as a JSON string.
pub(super) fn to_value(text: &str) -> String {
    let is_plain = !text.is_empty()
        && text.trim() == text
        && !text.starts_with('"')
        && !text.contains(is_hidden);
    if is_plain {
        text.to_owned()
    } else {
        quoted_json(text)
    }
}

/// Reads what [`to_value`] wrote; `None` when it begins with a quote and is no JSON string.
pub(super) fn from_value(value: &str) -> Option<String> {
    if value.starts_with('"') {
        from_json(value)
    } else {
        Some(value.to_owned())
    }
}

/// Any value as JSON with every hidden character escaped, so on one line.
pub(super) fn quoted_json<T: Serialize + ?Sized>(value: &T) -> String {
    let json = serde_json::to_string(value)
        .expect("keys are strings, and no value of ours refuses to be written");
    let mut line = String::with_capacity(json.len());
    for character in json.chars() {
        // What is left of them stands inside of strings: serde_json wrote no space between tokens.
        if is_hidden(character) {
            line.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            line.push(character);
        }
    }
    line
}

/// Reads what [`quoted_json`] wrote.
pub(super) fn from_json<T: DeserializeOwned>(value: &str) -> Option<T> {
    serde_json::from_str(value).ok()
}
