//! A policy that cannot be read, with the place underlined.

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::failure::{Failure, Kind};

/// A policy file that is not TOML, or holds a key or value that is not ours. No part of it is in force.
#[derive(Debug, Error, Diagnostic)]
#[error("bad policy in '{}' line {line}", source_code.name())]
#[diagnostic(
    code(policy::invalid),
    help("put that line right, and look again:\n  git checkpoint doctor")
)]
pub struct PolicyError {
    /// What is wrong, in one line.
    pub why: String,
    /// The line, counted from 1.
    pub line: usize,
    #[source_code]
    source_code: NamedSource<String>,
    #[label("{why}")]
    place: SourceSpan,
}

impl PolicyError {
    /// The name of the file, with the branch before it where that has it: `main:.git-checkpoint.toml`.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.source_code.name()
    }

    pub(super) fn new(error: &toml::de::Error, text: &str, file_name: &str) -> Self {
        let place = error.span().unwrap_or(0..0);
        let why = error.message().lines().collect::<Vec<_>>().join(": ");
        let line = 1 + text
            .bytes()
            .take(place.start)
            .filter(|byte| *byte == b'\n')
            .count();
        let source_code = NamedSource::new(file_name, text.to_owned());
        Self {
            why,
            line,
            source_code,
            place: place.into(),
        }
    }

    /// The place in bytes from the beginning of the file.
    #[must_use]
    pub fn span(&self) -> std::ops::Range<usize> {
        self.place.offset()..self.place.offset() + self.place.len()
    }
}

impl Failure for PolicyError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}
