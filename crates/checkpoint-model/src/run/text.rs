//! What people and agents say about a run: one line each.

use std::{fmt, str::FromStr};

use miette::Diagnostic;
use thiserror::Error;

use crate::{
    failure::{Failure, Kind},
    shown::{is_unseen, shown},
};

/// One line that can be seen, such as a task or a step: in lists, in the title of a pull request, in a message, another
/// line would be another claim. Not empty, no spaces around it, at most 1,000 bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

/// Text that is not such a line.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("'{}' is not one line of text: {why}", shown(text))]
#[diagnostic(code(run::text_invalid))]
pub struct LineError {
    /// What was given.
    pub text: String,
    /// The rule that it breaks.
    pub why: &'static str,
}

impl Failure for LineError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl Line {
    /// A longer one is no title of anything.
    pub const MAX_BYTES: usize = 1000;

    /// The line as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = LineError;

    fn from_str(text: &str) -> Result<Self, LineError> {
        let broken = [
            (text.trim().is_empty(), "it is empty"),
            (text.len() > Self::MAX_BYTES, "it has more than 1000 bytes"),
            (
                is_unseen(text),
                "it holds a line end, or another character that cannot be seen",
            ),
            (text.trim() != text, "it has spaces around it"),
        ];
        let why = broken
            .into_iter()
            .find_map(|(is_broken, why)| is_broken.then_some(why));
        match why {
            None => Ok(Self(text.to_owned())),
            Some(why) => Err(LineError {
                text: text.to_owned(),
                why,
            }),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.0
    }
}
