//! Paths in a repository: bytes, which JSON and terminals have to be told about.

use std::{borrow::Cow, fmt};

use bstr::{BStr, BString, ByteSlice};
use miette::Diagnostic;
use thiserror::Error;

use crate::{
    failure::{Failure, Kind},
    schema::string_schema,
    shell,
    shown::{is_hidden, shown},
};

/// A path from the top of the working tree: bytes, with `/` between its parts.
///
/// In JSON it is a string: the path itself when that is UTF-8 and does not begin with `"`; else as git quotes
/// it (`core.quotePath`): in double quotes, with C escapes and octal bytes. Either way every path reads back.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(BString);

/// A path that begins with a quote and does not go on as git quotes paths.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("'{}' is not a quoted path", shown(text))]
#[diagnostic(code(path::quoting_invalid))]
pub struct QuotingError {
    /// What was read.
    pub text: String,
}

impl Failure for QuotingError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl TreePath {
    /// Takes the bytes as they are.
    pub fn new(path: impl Into<BString>) -> Self {
        Self(path.into())
    }

    /// The bytes of the path.
    #[must_use]
    pub fn as_bstr(&self) -> &BStr {
        self.0.as_bstr()
    }

    /// Reads what [`TreePath::to_text`] wrote.
    /// Fails when the text begins with `"` and is not a path as git quotes it.
    pub fn from_text(text: &str) -> Result<Self, QuotingError> {
        if !text.starts_with('"') {
            return Ok(Self(text.into()));
        }
        unquote(text.as_bytes())
            .map(|path| Self(path.into()))
            .ok_or_else(|| QuotingError {
                text: text.to_owned(),
            })
    }

    /// The form used in JSON: the path, or the path quoted when it could not be read back otherwise.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        match self.0.to_str() {
            Ok(text) if !text.starts_with('"') => Cow::Borrowed(text),
            _ => Cow::Owned(quote(&self.0)),
        }
    }

    /// The path in a sentence: in single quotes, or in git's own where it has to be quoted anyway.
    #[must_use]
    pub fn quoted(&self) -> String {
        let shown = self.to_string();
        match shown.starts_with('"') {
            true => shown,
            false => format!("'{shown}'"),
        }
    }

    /// The path as a word of a command line that is to be pasted. Bytes that cannot be seen are spelled as C does, in
    /// the quotes that POSIX has for that since 2024, and most shells have had for long.
    #[must_use]
    pub fn shell_word(&self) -> String {
        match self.0.to_str() {
            Ok(text) if !text.contains(is_hidden) => shell::word(text).into_owned(),
            _ => {
                let spelled = quote(&self.0);
                let spelled = spelled[1..spelled.len() - 1].replace('\'', r"\'");
                format!("$'{spelled}'")
            }
        }
    }
}

/// As git shows paths with `core.quotePath=false`: quoted only when something in it would not be seen.
impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.to_str() {
            Ok(text)
                if !text.contains(|character| {
                    is_hidden(character) || matches!(character, '"' | '\\')
                }) =>
            {
                f.write_str(text)
            }
            _ => f.write_str(&quote(&self.0)),
        }
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TreePath({})", quote(&self.0))
    }
}

impl From<BString> for TreePath {
    fn from(path: BString) -> Self {
        Self(path)
    }
}

impl From<&BStr> for TreePath {
    fn from(path: &BStr) -> Self {
        Self(path.to_owned())
    }
}

impl From<&str> for TreePath {
    fn from(path: &str) -> Self {
        Self(path.into())
    }
}

impl From<TreePath> for BString {
    fn from(path: TreePath) -> Self {
        path.0
    }
}

impl AsRef<BStr> for TreePath {
    fn as_ref(&self) -> &BStr {
        self.as_bstr()
    }
}

impl serde::Serialize for TreePath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> serde::Deserialize<'de> for TreePath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_text(&text).map_err(serde::de::Error::custom)
    }
}

string_schema!(
    TreePath,
    "A path from the top of the working tree; quoted as git does when it is not UTF-8"
);

/// The escapes of one letter, as in git's `quote.c`.
const LETTERS: [(u8, u8); 9] = [
    (0x07, b'a'),
    (0x08, b'b'),
    (b'\t', b't'),
    (b'\n', b'n'),
    (0x0b, b'v'),
    (0x0c, b'f'),
    (b'\r', b'r'),
    (b'"', b'"'),
    (b'\\', b'\\'),
];

fn quote(path: &[u8]) -> String {
    let mut quoted = String::from("\"");
    for &byte in path {
        if let Some((_, letter)) = LETTERS.iter().find(|(plain, _)| *plain == byte) {
            quoted.push('\\');
            quoted.push(char::from(*letter));
        } else if (0x20..0x7f).contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            quoted.push_str(&format!("\\{byte:03o}"));
        }
    }
    quoted.push('"');
    quoted
}

fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let mut rest = text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut path = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => return None,
            b'\\' => {
                let (plain, after) = unescape(rest)?;
                path.push(plain);
                rest = after;
            }
            _ => path.push(byte),
        }
    }
    Some(path)
}

/// Reads what follows a backslash: one letter, or three octal digits.
fn unescape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (&first, after) = text.split_first()?;
    if let Some((plain, _)) = LETTERS.iter().find(|(_, letter)| *letter == first) {
        return Some((*plain, after));
    }
    let (digits, after) = text.split_at_checked(3)?;
    let is_octal = matches!(digits[0], b'0'..=b'3')
        && digits[1..].iter().all(|digit| matches!(digit, b'0'..=b'7'));
    is_octal.then(|| {
        (
            digits
                .iter()
                .fold(0, |byte, digit| byte << 3 | (digit - b'0')),
            after,
        )
    })
}

#[cfg(test)]
mod tests;
