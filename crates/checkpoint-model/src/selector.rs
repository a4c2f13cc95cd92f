//! Which checkpoint is meant: `<checkpoint>` on a command line.

use std::{fmt, str::FromStr};

use miette::Diagnostic;
use thiserror::Error;

use crate::{
    failure::{Failure, Kind},
    id::CheckpointId,
    name::CheckpointName,
    shown::shown,
};

/// What was typed to say which checkpoint is meant. What it means in a repository, [`Selector::resolve`] says:
/// a full ref, `latest`, an exact name, an exact id, a unique prefix of an id, a snapshot commit; in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// A ref from `refs/` on: a tag of a checkpoint, or [`CheckpointId::ref_name`].
    FullRef(String),
    /// `latest` is 0, `latest~2` is 2: so many back from the newest.
    Latest(usize),
    /// Anything else. A word may be a name and a prefix at once, so each reading it allows is kept.
    Word {
        /// As it was typed.
        text: String,
        /// As a name, if it can be one.
        name: Option<CheckpointName>,
        /// As the first characters of an id, at least four, in lower case; 36 are a whole id.
        id_prefix: Option<String>,
        /// As the first hex digits of a snapshot commit, at least seven, in lower case.
        commit: Option<String>,
    },
}

/// Text that cannot mean any checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("'{}' cannot name a checkpoint: {why}", shown(text))]
#[diagnostic(code(checkpoint::selector_invalid), help("git checkpoint list"))]
pub struct SelectorError {
    /// What was typed.
    pub text: String,
    /// Why not.
    pub why: &'static str,
}

impl Failure for SelectorError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// A selector that does not mean exactly one checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
pub enum ResolveError {
    /// It means none.
    #[error("no checkpoint '{}'", shown(selector))]
    #[diagnostic(code(checkpoint::not_found), help("git checkpoint list"))]
    NotFound {
        /// What was typed.
        selector: String,
    },
    /// It means several.
    #[error("'{}' is ambiguous: {} checkpoints begin with it", shown(selector), candidates.len())]
    #[diagnostic(
        code(checkpoint::ambiguous),
        help("use more characters: {}", some_of(candidates))
    )]
    Ambiguous {
        /// What was typed.
        selector: String,
        /// What it may mean, oldest first.
        candidates: Vec<CheckpointId>,
    },
}

impl Failure for ResolveError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}

fn some_of(candidates: &[CheckpointId]) -> String {
    const SHOWN: usize = 5;
    let mut ids: Vec<_> = candidates
        .iter()
        .take(SHOWN)
        .map(ToString::to_string)
        .collect();
    if candidates.len() > SHOWN {
        ids.push("…".to_owned());
    }
    ids.join(", ")
}

/// What a selector can go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// Names the checkpoint.
    pub id: CheckpointId,
    /// What it is called, if anything.
    pub name: Option<&'a CheckpointName>,
    /// Its snapshot commit, in lower-case hex.
    pub snapshot: &'a str,
}

impl Selector {
    /// Fewer characters of an id are not looked up.
    pub const MIN_ID_PREFIX: usize = 4;
    /// Fewer digits of a commit are not looked up.
    pub const MIN_COMMIT: usize = 7;

    /// Finds the one checkpoint that is meant. `known` may be in any order and is read once per reading of the word;
    /// `latest` counts among them all, newest id first. `tag_prefix` is what stands before a name below
    /// `refs/tags/`, with its slash: `checkpoint/`.
    pub fn resolve<'a>(
        &self,
        known: impl Iterator<Item = Known<'a>> + Clone,
        tag_prefix: &str,
    ) -> Result<CheckpointId, ResolveError> {
        let not_found = || ResolveError::NotFound {
            selector: self.to_string(),
        };
        match self {
            Self::FullRef(ref_name) => {
                let id = CheckpointId::from_ref_name(ref_name);
                let name = ref_name
                    .strip_prefix("refs/tags/")
                    .and_then(|tag| tag.strip_prefix(tag_prefix));
                let is_meant = |known: &Known<'_>| {
                    Some(known.id) == id
                        || name.is_some() && known.name.map(CheckpointName::as_str) == name
                };
                known
                    .clone()
                    .find(is_meant)
                    .map(|known| known.id)
                    .ok_or_else(not_found)
            }
            Self::Latest(back) => {
                let mut ids: Vec<_> = known.map(|known| known.id).collect();
                ids.sort_unstable();
                ids.dedup();
                ids.into_iter().nth_back(*back).ok_or_else(not_found)
            }
            Self::Word {
                name,
                id_prefix,
                commit,
                ..
            } => {
                let mut by_name = known
                    .clone()
                    .filter(|known| name.is_some() && known.name == name.as_ref());
                if let Some(known) = by_name.next() {
                    return Ok(known.id);
                }
                let begins = |text: &str, prefix: &Option<String>| {
                    prefix.as_ref().is_some_and(|it| text.starts_with(it))
                };
                // Ids are compared as they are written, hyphens included; a prefix may leave them out.
                let by_id = known
                    .clone()
                    .filter(|known| begins(&known.id.to_string(), id_prefix));
                if let Some(id) = self.only(by_id)? {
                    return Ok(id);
                }
                let by_commit = known.filter(|known| begins(known.snapshot, commit));
                self.only(by_commit)?.ok_or_else(not_found)
            }
        }
    }

    fn only<'a>(
        &self,
        meant: impl Iterator<Item = Known<'a>>,
    ) -> Result<Option<CheckpointId>, ResolveError> {
        let mut candidates: Vec<_> = meant.map(|known| known.id).collect();
        candidates.sort_unstable();
        candidates.dedup();
        match candidates.as_slice() {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            _ => Err(ResolveError::Ambiguous {
                selector: self.to_string(),
                candidates,
            }),
        }
    }
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, SelectorError> {
        if text.starts_with("refs/") {
            return Ok(Self::FullRef(text.to_owned()));
        }
        if let Some(back) = text.strip_prefix("latest").and_then(steps_back) {
            return Ok(Self::Latest(back));
        }
        let name = text.parse::<CheckpointName>().ok();
        let (id_prefix, commit) = (id_prefix(text), commit_prefix(text));
        if name.is_none() && id_prefix.is_none() && commit.is_none() {
            let why = match text.strip_prefix("latest~") {
                Some(_) => "a whole number comes after 'latest~'",
                None => "it is no name, no id, no commit and no ref",
            };
            return Err(SelectorError {
                text: text.to_owned(),
                why,
            });
        }
        Ok(Self::Word {
            text: text.to_owned(),
            name,
            id_prefix,
            commit,
        })
    }
}

/// Reads what follows `latest`: nothing, `~` (one back, as in gitrevisions(7)) or `~<n>`.
fn steps_back(text: &str) -> Option<usize> {
    match text.strip_prefix('~') {
        None => text.is_empty().then_some(0),
        Some("") => Some(1),
        Some(digits) => digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok())?,
    }
}

/// The text as the beginning of an id: hex digits with the hyphens in their places, or with none of them.
fn id_prefix(text: &str) -> Option<String> {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let digits: String = text
        .chars()
        .filter(|character| *character != '-')
        .collect::<String>()
        .to_ascii_lowercase();
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex
        || digits.len() > 32
        || text.len() < Selector::MIN_ID_PREFIX
        || digits.len() < Selector::MIN_ID_PREFIX
    {
        return None;
    }
    let mut hyphenated = String::with_capacity(36);
    for digit in digits.chars() {
        if HYPHENS.contains(&hyphenated.len()) {
            hyphenated.push('-');
        }
        hyphenated.push(digit);
    }
    let as_typed = text.to_ascii_lowercase();
    let is_plain = !text.contains('-') || as_typed.trim_end_matches('-') == hyphenated;
    is_plain.then_some(hyphenated)
}

fn commit_prefix(text: &str) -> Option<String> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && (Selector::MIN_COMMIT..=64).contains(&text.len())).then(|| text.to_ascii_lowercase())
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FullRef(ref_name) => f.write_str(ref_name),
            Self::Latest(0) => f.write_str("latest"),
            Self::Latest(back) => write!(f, "latest~{back}"),
            Self::Word { text, .. } => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests;
