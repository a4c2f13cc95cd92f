//! The names people give to checkpoints.

use std::{borrow::Borrow, fmt, ops::Deref, str::FromStr};

use miette::Diagnostic;
use thiserror::Error;
use uuid::Uuid;

use crate::{
    failure::{Failure, Kind},
    schema::string_schema,
    shown::{is_hidden, shown},
    text_visitor::FromText,
};

/// The name of a checkpoint, such as `before-api-work` or `api/step-2`.
///
/// Exists only when `refs/tags/checkpoint/<name>` passes git-check-ref-format(1). Stricter than git in this:
/// UTF-8 of at most 200 bytes; no character that cannot be seen (C1 controls, line separators, direction marks);
/// no `-` in front; and nothing that reads as something else where a checkpoint is asked for: `@`, `latest`,
/// a UUID, an object name of 40 or 64 hex digits, or a ref (`refs/…`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckpointName(String);

/// Why a text cannot be the name of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
pub enum NameError {
    /// There is nothing.
    #[error("a checkpoint name cannot be empty")]
    #[diagnostic(
        code(checkpoint::name_invalid),
        help("git checkpoint create before-api-work")
    )]
    Empty,
    /// A file system could not hold the ref, with its lock beside it.
    #[error(
        "a checkpoint name has at most {} bytes, not {length}",
        CheckpointName::MAX_BYTES
    )]
    #[diagnostic(code(checkpoint::name_invalid))]
    TooLong {
        /// Bytes in the refused name.
        length: usize,
    },
    /// git-check-ref-format(1), or the part of our own rules that is about characters, says no.
    #[error("'{}' is not a valid checkpoint name: {why}", shown(name))]
    #[diagnostic(
        code(checkpoint::name_invalid),
        help("git checkpoint create {}", suggestion(name))
    )]
    Malformed {
        /// The refused name.
        name: String,
        /// The rule that it breaks.
        why: &'static str,
    },
    /// The name would never be found: something else is meant by it.
    #[error(
        "'{}' is not a valid checkpoint name: it reads as {means}",
        shown(name)
    )]
    #[diagnostic(
        code(checkpoint::name_invalid),
        help("git checkpoint create before-{}", suggestion(name))
    )]
    Reserved {
        /// The refused name.
        name: String,
        /// What it stands for where a checkpoint is asked for.
        means: &'static str,
    },
}

impl Failure for NameError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl CheckpointName {
    /// With the prefix of the ref and `.lock` this stays below the 255 bytes that file systems allow.
    pub const MAX_BYTES: usize = 200;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CheckpointName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > Self::MAX_BYTES {
            return Err(NameError::TooLong { length: name.len() });
        }
        if let Some(why) = malformed(name) {
            return Err(NameError::Malformed {
                name: name.to_owned(),
                why,
            });
        }
        if let Some(means) = reserved(name) {
            return Err(NameError::Reserved {
                name: name.to_owned(),
                means,
            });
        }
        Ok(Self(name.to_owned()))
    }
}

/// The rule that the text breaks by its characters, if any.
pub(crate) fn malformed(name: &str) -> Option<&'static str> {
    let any = |bad: &[char]| name.contains(bad);
    let broken = [
        (name.starts_with('-'), "it starts with '-'"),
        (
            name.contains(is_hidden),
            "it holds a character that cannot be seen",
        ),
        (
            any(&[' ', '~', '^', ':', '?', '*', '[', '\\']),
            "it holds a space or one of ~ ^ : ? * [ \\",
        ),
        (name.contains(".."), "it holds '..'"),
        (name.contains("@{"), "it holds '@{'"),
        (name.ends_with('.'), "it ends with '.'"),
        (
            name.split('/').any(str::is_empty),
            "it starts or ends with '/', or holds '//'",
        ),
        (
            name.split('/').any(|part| part.starts_with('.')),
            "a part of it starts with '.'",
        ),
        (
            name.split('/').any(|part| part.ends_with(".lock")),
            "a part of it ends with '.lock'",
        ),
    ];
    broken
        .into_iter()
        .find_map(|(is_broken, why)| is_broken.then_some(why))
}

/// What the text means already where a checkpoint is asked for, if anything.
fn reserved(name: &str) -> Option<&'static str> {
    let is_hex = name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if name.eq_ignore_ascii_case("latest") {
        Some("the newest checkpoint")
    } else if name == "@" {
        Some("HEAD")
    } else if Uuid::try_parse(name).is_ok() {
        Some("the id of a checkpoint")
    } else if is_hex && matches!(name.len(), 40 | 64) {
        Some("the name of an object")
    } else if name == "refs" || name.starts_with("refs/") {
        Some("a ref")
    } else {
        None
    }
}

/// A name near to the refused one, for the help line: every run of other characters becomes one hyphen.
fn suggestion(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars().take(40) {
        if character.is_ascii_alphanumeric() || character == '_' {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "before-api-work".to_owned()
    } else {
        slug.to_owned()
    }
}

impl fmt::Display for CheckpointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Deref for CheckpointName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for CheckpointName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for CheckpointName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for CheckpointName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for CheckpointName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FromText::new("the name of a checkpoint"))
    }
}

string_schema!(
    CheckpointName,
    "The name of a checkpoint; `refs/tags/checkpoint/<name>` is a valid ref"
);

#[cfg(test)]
mod tests;
