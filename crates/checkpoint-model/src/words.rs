//! The small closed sets of words: kinds, phases, operations; and who did something, with what counts.

use std::{fmt, str::FromStr};

use miette::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    failure::{Failure, Kind},
    shown::shown,
};

/// A word that is none of those that can stand in its place.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("unknown {what} '{}'", shown(word))]
#[diagnostic(code(checkpoint::word_unknown), help("one of: {known}"))]
pub struct WordError {
    /// What was asked for, such as "checkpoint type".
    pub what: &'static str,
    /// The word that was given.
    pub word: String,
    /// The words that are known, with commas between them.
    pub known: String,
}

impl Failure for WordError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// An enum whose variants are words, written and read in one way everywhere: JSON, command line, trailers.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident is $what:literal {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every word, in the order in which they are explained.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word, as JSON and the command line have it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::WordError;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word).ok_or_else(|| {
                    let known = Self::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", ");
                    $crate::words::WordError { what: $what, word: word.to_owned(), known }
                })
            }
        }
    };
}

pub(crate) use words;

words! {
    /// Why a checkpoint was made (`--type`).
    pub enum CheckpointKind is "checkpoint type" {
        /// A phase of the work is done.
        PhaseComplete = "phase_complete",
        /// A group of tasks is done.
        TaskGroupComplete = "task_group_complete",
        /// All is well here; a place to come back to.
        SafeState = "safe_state",
        /// Something that may go wrong comes next.
        PreRiskyOperation = "pre_risky_operation",
        /// Something went wrong, and this is what was left.
        ErrorRecovery = "error_recovery",
        /// Somebody asked for it.
        Manual = "manual",
        /// Something worth remembering is reached.
        Milestone = "milestone",
        /// A hook, a timer or an agent's adapter asked for it.
        Automatic = "automatic",
        /// Made by a restore, of what it was about to overwrite.
        Backup = "backup",
    }
}

impl CheckpointKind {
    /// Whether no person or agent asked for this very checkpoint.
    #[must_use]
    pub fn is_automatic(self) -> bool {
        matches!(self, Self::Automatic | Self::Backup)
    }
}

words! {
    /// The phase of an agent's work in which a checkpoint was made.
    pub enum Phase is "phase" {
        /// Deciding what to do.
        Plan = "plan",
        /// Cutting it into tasks.
        GenerateTasks = "generate_tasks",
        /// Doing it.
        Implement = "implement",
        /// Proving that it was done.
        Validate = "validate",
        /// Tidying up.
        Cleanup = "cleanup",
    }
}

words! {
    /// An operation of git's that stops half-way and is continued or aborted later. Several may be in
    /// progress at once: a merge while bisecting.
    pub enum OperationKind is "operation" {
        /// `git merge`: MERGE_HEAD.
        Merge = "merge",
        /// `git rebase`, merge backend: rebase-merge/.
        RebaseMerge = "rebase",
        /// `git rebase --apply`: rebase-apply/.
        RebaseApply = "rebase-apply",
        /// `git am`: rebase-apply/applying.
        Am = "am",
        /// `git cherry-pick`: CHERRY_PICK_HEAD or its sequencer.
        CherryPick = "cherry-pick",
        /// `git revert`: REVERT_HEAD or its sequencer.
        Revert = "revert",
        /// `git bisect`: BISECT_LOG.
        Bisect = "bisect",
    }
}

impl OperationKind {
    /// Its name in a sentence: `a merge`, `an am`.
    #[must_use]
    pub fn with_article(self) -> String {
        let article = match self {
            Self::Am => "an",
            _ => "a",
        };
        format!("{article} {self}")
    }
}

/// Who did something, as far as we can tell.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Actor {
    /// The login name of the user.
    pub user: String,
    /// The name of the machine.
    pub host: String,
    /// The agent that acted, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The agent's session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// What an agent counts about its work (`--state <key>=<n>`). Absent means not told, which is not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct StateCounts {
    /// Tasks that are done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks_completed: Option<u64>,
    /// Decisions that were taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decisions_made: Option<u64>,
    /// Files that were changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_modified: Option<u64>,
    /// Files that are new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_created: Option<u64>,
    /// Tests that pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests_passing: Option<u64>,
    /// Tests that fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests_failing: Option<u64>,
}

/// A `--state` that cannot be read. Nothing was set.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
pub enum StateError {
    /// There is no `=`.
    #[error("'{}' is not a state: expected <key>=<n>", shown(text))]
    #[diagnostic(
        code(checkpoint::state_invalid),
        help("git checkpoint create --state tests_passing=12")
    )]
    NoValue {
        /// What was given.
        text: String,
    },
    /// The key is none that we count.
    #[error("unknown state key '{}'", shown(key))]
    #[diagnostic(code(checkpoint::state_invalid), help("one of: {}", StateCounts::KEYS.join(", ")))]
    UnknownKey {
        /// What stands before the `=`.
        key: String,
    },
    /// The value is not a count: negative, no number, or beyond 64 bits.
    #[error(
        "the state '{key}' cannot be '{}': expected a whole number from 0 up",
        shown(value)
    )]
    #[diagnostic(
        code(checkpoint::state_invalid),
        help("git checkpoint create --state {key}=12")
    )]
    NotACount {
        /// The key, one of ours.
        key: &'static str,
        /// What stands after the `=`.
        value: String,
    },
}

impl Failure for StateError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

impl StateCounts {
    /// The keys, in the order in which they are shown.
    pub const KEYS: [&'static str; 6] = [
        "tasks_completed",
        "decisions_made",
        "files_modified",
        "files_created",
        "tests_passing",
        "tests_failing",
    ];

    /// Reads one `key=n` and sets that count; a key given twice keeps its last value.
    pub fn set(&mut self, text: &str) -> Result<(), StateError> {
        let Some((key, value)) = text.split_once('=') else {
            return Err(StateError::NoValue {
                text: text.to_owned(),
            });
        };
        let Some(position) = Self::KEYS.iter().position(|known| *known == key) else {
            return Err(StateError::UnknownKey {
                key: key.to_owned(),
            });
        };
        // `u64::from_str` would take a plus sign, too.
        let is_plain = value.bytes().all(|byte| byte.is_ascii_digit());
        let Some(count) = value.parse().ok().filter(|_| is_plain) else {
            return Err(StateError::NotACount {
                key: Self::KEYS[position],
                value: value.to_owned(),
            });
        };
        *self.slots()[position] = Some(count);
        Ok(())
    }

    /// The counts that were told, in the order of [`StateCounts::KEYS`].
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let mut counts = *self;
        let counts = counts.slots().map(|count| *count);
        Self::KEYS
            .into_iter()
            .zip(counts)
            .filter_map(|(key, count)| Some((key, count?)))
    }

    /// Whether nothing was told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn slots(&mut self) -> [&mut Option<u64>; 6] {
        [
            &mut self.tasks_completed,
            &mut self.decisions_made,
            &mut self.files_modified,
            &mut self.files_created,
            &mut self.tests_passing,
            &mut self.tests_failing,
        ]
    }
}

/// `tests_passing=12 tests_failing=0`: each part can be given to `--state`.
impl fmt::Display for StateCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self
            .iter()
            .map(|(key, count)| format!("{key}={count}"))
            .collect();
        f.write_str(&parts.join(" "))
    }
}

impl FromStr for StateCounts {
    type Err = StateError;

    fn from_str(text: &str) -> Result<Self, StateError> {
        let mut counts = Self::default();
        text.split_whitespace()
            .try_for_each(|part| counts.set(part))?;
        Ok(counts)
    }
}

#[cfg(test)]
mod tests;
