//! The branch of a run: `{prefix}/{slug}/run-{n}`, from the words of a task.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::policy::BranchPrefix;

/// The words of a task, as a part of a branch's name: lower case letters a to z and digits, with single hyphens
/// between them, 1 to 50 bytes.
///
/// Equal words give equal slugs, also where one text spells `é` with one character and the other with two. Letters of
/// Latin with a mark lose it; every run of anything else becomes one hyphen. Words of which nothing is left that way
/// (symbols, or a script beyond Latin) become `task-` and eight digits of their SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// With prefix, number and `.lock` a reference stays well below what file systems allow.
    pub const MAX_BYTES: usize = 50;

    /// Makes the slug of `words`.
    #[must_use]
    pub fn of(words: &str) -> Self {
        let mut slug = String::new();
        for character in words.chars().flat_map(char::to_lowercase) {
            push(&mut slug, character);
            if slug.len() > Self::MAX_BYTES {
                break;
            }
        }
        slug.truncate(Self::MAX_BYTES);
        let slug = slug.trim_end_matches('-');
        match slug {
            "" => Self(format!("task-{}", digits_of(words))),
            // Windows opens a device by these names, in every directory.
            _ if is_device(slug) => Self(format!("{slug}-task")),
            _ => Self(slug.to_owned()),
        }
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Letters of Latin-1, Polish, Czech, Hungarian, Turkish and their like, in lower case, and what they are read as.
const BY_LETTER: [(&str, &str); 23] = [
    ("a", "àáâãäåāăą"),
    ("ae", "æ"),
    ("c", "çćĉċč"),
    ("d", "ďđð"),
    ("e", "èéêëēĕėęě"),
    ("g", "ĝğġģ"),
    ("h", "ĥħ"),
    ("i", "ìíîïĩīĭįı"),
    ("j", "ĵ"),
    ("k", "ķ"),
    ("l", "ĺļľŀł"),
    ("n", "ñńņňŉŋ"),
    ("o", "òóôõöøōŏő"),
    ("oe", "œ"),
    ("r", "ŕŗř"),
    ("s", "śŝşšș"),
    ("ss", "ß"),
    ("t", "ţťŧț"),
    ("th", "þ"),
    ("u", "ùúûüũūŭůűų"),
    ("w", "ŵ"),
    ("y", "ýÿŷ"),
    ("z", "źżž"),
];

/// Adds what a lower-case character comes to.
fn push(slug: &mut String, character: char) {
    match character {
        'a'..='z' | '0'..='9' => slug.push(character),
        // Belongs to the letter before it.
        '\u{300}'..='\u{36f}' => {}
        _ => match BY_LETTER.iter().find(|(_, all)| all.contains(character)) {
            Some((letters, _)) => slug.push_str(letters),
            None if slug.is_empty() || slug.ends_with('-') => {}
            None => slug.push('-'),
        },
    }
}

fn digits_of(words: &str) -> String {
    let digest = Sha256::digest(words.as_bytes());
    digest[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn is_device(slug: &str) -> bool {
    let is_numbered = |name| {
        let digit = slug.strip_prefix(name).unwrap_or_default();
        digit.len() == 1 && digit.as_bytes()[0].is_ascii_digit()
    };
    matches!(slug, "con" | "prn" | "aux" | "nul") || is_numbered("com") || is_numbered("lpt")
}

/// All branches of the runs of one task: they differ in their number only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunBranches {
    /// What stands in front.
    pub prefix: BranchPrefix,
    /// The task.
    pub slug: Slug,
}

impl RunBranches {
    /// What all of them begin with: `agent/fix-the-api/run-`.
    #[must_use]
    pub fn stem(&self) -> String {
        format!("{}/{}/run-", self.prefix, self.slug)
    }

    /// The `n`th of them, without `refs/heads/`.
    #[must_use]
    pub fn nth(&self, n: u32) -> String {
        format!("{}{n}", self.stem())
    }

    /// The number of a branch, given without `refs/heads/`; none where it is not one of these.
    #[must_use]
    pub fn number(&self, branch: &str) -> Option<u32> {
        let digits = branch.strip_prefix(&self.stem())?;
        let number = digits.parse().ok()?;
        // One number has one spelling: `run-07` is somebody else's branch.
        (self.nth(number) == branch).then_some(number)
    }

    /// The number after the highest of those `taken`, or 1. Gaps stay, so that a number never means two runs.
    #[must_use]
    pub fn next_free<'a>(&self, taken: impl IntoIterator<Item = &'a str>) -> u32 {
        let highest = taken.into_iter().filter_map(|branch| self.number(branch));
        highest.max().unwrap_or(0).saturating_add(1)
    }
}

#[cfg(test)]
mod tests;
