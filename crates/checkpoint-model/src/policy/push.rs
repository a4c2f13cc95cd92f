//! `[push]`: what may leave the machine although it looks like a secret.

use std::{fmt, str::FromStr};

use bstr::BStr;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::PathGlobs;
use crate::{shown::shown, text_visitor::FromText};

/// `[push]`: findings of the scan for secrets that are none. Nothing is allowed because a file itself says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Push {
    /// `push.allow-rules`: rules of the scan that are off, such as `jwt`. Default: none.
    pub allow_rules: Vec<String>,
    /// `push.allow-paths`: paths that are not looked at. Default: none.
    pub allow_paths: PathGlobs,
    /// `push.allow-hashes`: secrets that are none, each as the scan names it, `sha256:<hex>`; or whole files, by the
    /// object id of their blob. Default: none.
    pub allow_hashes: Vec<ContentHash>,
}

/// The hash of a secret, or the id of a blob.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContentHash {
    /// `sha256:` and 64 digits: of the bytes of a secret. Held as the digits.
    Secret(String),
    /// The object id of a blob, in hex.
    Blob(String),
}

impl Push {
    /// Whether this rule is off.
    #[must_use]
    pub fn has_rule(&self, rule: &str) -> bool {
        self.allow_rules.iter().any(|off| off == rule)
    }

    /// Whether nothing is looked for at this path.
    #[must_use]
    pub fn has_path(&self, path: &BStr) -> bool {
        self.allow_paths.is_match(path)
    }

    /// Only what both allow: a copy that anybody may have edited allows nothing by itself.
    #[must_use]
    pub(super) fn and(&self, other: &Self) -> Self {
        fn both<T: Clone + PartialEq>(one: &[T], other: &[T]) -> Vec<T> {
            one.iter()
                .filter(|it| other.contains(it))
                .cloned()
                .collect()
        }
        Self {
            allow_rules: both(&self.allow_rules, &other.allow_rules),
            allow_paths: self.allow_paths.and(&other.allow_paths),
            allow_hashes: both(&self.allow_hashes, &other.allow_hashes),
        }
    }
}

impl FromStr for ContentHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (digits, lengths, hash): (_, &[usize], fn(String) -> Self) =
            match text.strip_prefix("sha256:") {
                Some(digits) => (digits, &[64], Self::Secret),
                None => (text, &[40, 64], Self::Blob),
            };
        let is_hash = lengths.contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        match is_hash {
            true => Ok(hash(digits.to_ascii_lowercase())),
            false => Err(format!(
                "'{}' is neither 'sha256:' and 64 digits nor an object id",
                shown(text)
            )),
        }
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(digits) => write!(f, "sha256:{digits}"),
            Self::Blob(digits) => f.write_str(digits),
        }
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FromText::new("a hash"))
    }
}

impl JsonSchema for ContentHash {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ContentHash".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "'sha256:' and 64 hexadecimal digits of a secret, or the object id of a blob",
            "pattern": "^(sha256:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$"
        })
    }
}
