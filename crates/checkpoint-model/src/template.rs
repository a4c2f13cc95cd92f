//! The subject of an agent's commit, made of a pattern with fields.

use std::{fmt, ops::Range, str::FromStr};

use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::{
    failure::{Failure, Kind},
    schema::string_schema,
    shown::is_hidden,
    text_visitor::FromText,
    words::words,
};

/// A pattern of a subject, such as `[{agent}] {task}: {description}`.
///
/// A field stands in braces; a brace itself is written twice. Where a field has no value, the brackets that hold it
/// alone go with it, and what parts it from the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(Field),
}

words! {
    /// What a template can be filled with.
    pub enum Field is "field" {
        /// The agent.
        Agent = "agent",
        /// The task.
        Task = "task",
        /// What was done, in one line.
        Description = "description",
        /// The session of the agent.
        Session = "session",
        /// The model that the agent works with.
        Model = "model",
        /// The run.
        Run = "run",
        /// The branch, without `refs/heads/`.
        Branch = "branch",
    }
}

/// A template that cannot be filled, with the place underlined.
#[derive(Debug, Error, Diagnostic)]
#[error("bad template: {why}")]
#[diagnostic(
    code(template::invalid),
    help(
        "fields: {{agent}}, {{task}}, {{description}}, {{session}}, {{model}}, {{run}}, {{branch}}; for a brace, write it twice"
    )
)]
pub struct TemplateError {
    /// What is wrong, in one line.
    pub why: String,
    #[source_code]
    source_code: NamedSource<String>,
    #[label("here")]
    place: SourceSpan,
}

impl TemplateError {
    fn new(why: impl Into<String>, text: &str, place: Range<usize>) -> Self {
        Self {
            why: why.into(),
            source_code: NamedSource::new("template", text.to_owned()),
            place: place.into(),
        }
    }

    /// The place in bytes from the beginning of the template.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.place.offset()..self.place.offset() + self.place.len()
    }
}

impl Failure for TemplateError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl Template {
    /// The template where no policy says otherwise.
    pub const DEFAULT: &'static str = "[{agent}] {task}: {description}";

    /// The subject, in one line, with the values as they are. Empty when no field has a value and nothing else is left.
    pub fn fill<'v>(&self, value: impl Fn(Field) -> Option<&'v str>) -> String {
        let mut subject = String::new();
        let mut has_gap = false;
        for (position, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) if has_gap => {
                    let is_last = position + 1 == self.pieces.len();
                    let text = after_gap(text, is_last, &mut subject);
                    subject.push_str(text);
                    has_gap = false;
                }
                Piece::Text(text) => subject.push_str(text),
                Piece::Field(field) => match value(*field).filter(|value| !value.is_empty()) {
                    Some(value) => subject.push_str(value),
                    None => has_gap = true,
                },
            }
        }
        if has_gap {
            let end = subject.trim_end_matches(is_parting).len();
            subject.truncate(end);
        }
        subject.trim().to_owned()
    }
}

/// What is left of the text behind a field without a value, whose bracket before it goes, too.
fn after_gap<'t>(text: &'t str, is_last: bool, subject: &mut String) -> &'t str {
    let is_closed = [('[', ']'), ('(', ')'), ('{', '}'), ('<', '>')]
        .iter()
        .any(|(open, close)| subject.ends_with(*open) && text.starts_with(*close));
    let text = if is_closed {
        subject.pop();
        &text[1..]
    } else {
        text
    };
    // What parts the values around the gap stands there once, in front of it.
    let is_parted = subject.is_empty() || subject.ends_with(is_parting);
    match is_parted && !is_last {
        true => text.trim_start_matches(is_parting),
        false => text,
    }
}

/// What stands between values only to part them.
fn is_parting(character: char) -> bool {
    character.is_whitespace() || ":,;-/|#.".contains(character)
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let pieces = parse(text)?;
        let tells = |piece: &Piece| *piece == Piece::Field(Field::Description);
        if !pieces.iter().any(tells) {
            return Err(TemplateError::new(
                "it has no {description}",
                text,
                0..text.len(),
            ));
        }
        Ok(Self {
            text: text.to_owned(),
            pieces,
        })
    }
}

fn parse(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let at = text.len() - rest.len();
        rest = &rest[character.len_utf8()..];
        match character {
            '{' | '}' if rest.starts_with(character) => {
                plain.push(character);
                rest = &rest[1..];
            }
            '{' => {
                let (field, after) = field(text, at)?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Field(field));
                rest = after;
            }
            '}' => return Err(TemplateError::new("a '}' without '{'", text, at..at + 1)),
            _ if is_hidden(character) => {
                let place = at..at + character.len_utf8();
                let why = "a character that cannot be seen";
                return Err(TemplateError::new(why, text, place));
            }
            _ => plain.push(character),
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

/// Reads the field whose brace opens at `at`, and gives what is behind it.
fn field(text: &str, at: usize) -> Result<(Field, &str), TemplateError> {
    let inside = &text[at + 1..];
    let Some(length) = inside.find('}') else {
        return Err(TemplateError::new("a '{' without '}'", text, at..at + 1));
    };
    let (word, after) = (&inside[..length], &inside[length + 1..]);
    let field = word.parse().map_err(|_| {
        let place = at + 1..at + 1 + length;
        let place = if place.is_empty() { at..at + 2 } else { place };
        TemplateError::new(
            format!("unknown field '{}'", crate::shown::shown(word)),
            text,
            place,
        )
    })?;
    Ok((field, after))
}

impl Default for Template {
    fn default() -> Self {
        Self::DEFAULT.parse().expect("a test fills it")
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FromText::new("a template"))
    }
}

string_schema!(
    Template,
    "A subject with the fields {agent}, {task}, {description}, {session}, {model}, {run}, {branch}"
);

#[cfg(test)]
mod tests;
