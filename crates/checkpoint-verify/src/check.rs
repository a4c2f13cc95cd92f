//! The checks by their ids, and how they can end.

use std::fmt;

use checkpoint_model::id::CheckpointId;
use gix::ObjectId;

macro_rules! checks {
    ($($(#[$meta:meta])* $variant:ident = $id:literal),+ $(,)?) => {
        /// One check. Its id is stable: scripts and people name it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CheckId {
            $($(#[$meta])* $variant),+
        }

        impl CheckId {
            /// Every check, in the order in which they are explained.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The id.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $id),+
                }
            }
        }
    };
}

checks! {
    /// The policy that was agreed on can be read, or there is none.
    PolicyReadable = "policy-readable",
    /// The tag that the record names is here, and every tag that the remote has.
    TagPresent = "tag-present",
    /// The name is one, and the tag object says the same name as the reference: a tag that was renamed, or put in the
    /// place of another, does not.
    NameValid = "name-valid",
    /// It is an annotated tag, with a message that tells of a checkpoint.
    TagAnnotated = "tag-annotated",
    /// It stands on a commit beside the branch that adds nothing to HEAD, and that HEAD is of this repository.
    TagOnCommit = "tag-on-commit",
    /// Its date is not before what it tells of.
    TagDated = "tag-dated",
    /// The remote has the same tag.
    TagImmutable = "tag-immutable",
    /// There is a record of it, and no other that claims it.
    RecordPresent = "record-present",
    /// The record is the one that the tag vouches for, and calls the checkpoint by that name.
    RecordMatchesTag = "record-matches-tag",
    /// The tag is signed by somebody who may.
    Signature = "signature",
    /// The state is three commits as they are made for a checkpoint, and they tell what the record tells.
    SnapshotShape = "snapshot-shape",
    /// Every object of the state is here.
    ObjectsComplete = "objects-complete",
    /// Its files are those that the record has the fingerprint of.
    ManifestMatches = "manifest-matches",
    /// Nothing in it looks like a secret.
    NoSecret = "no-secret",
    /// It was put back into an empty repository, and came out the same.
    Restorable = "restorable",
    /// No commit of an agent was made on a protected branch.
    FeatureBranch = "feature-branch",
    /// There is a checkpoint where the policy asks for one.
    CheckpointRequired = "checkpoint-required",
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It holds.
    Passed,
    /// It does not.
    Failed,
    /// What it is about is not in this repository and need not be: it can be fetched.
    NotHere,
    /// Neither the policy nor the command line asks for it.
    NotAsked,
}

/// A check that was made, or why it was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub id: CheckId,
    /// How it ended.
    pub status: Status,
    /// Why; where it passed, empty or what is worth a note.
    pub why: String,
    /// What can be done about it, mostly a command to paste.
    pub remedy: Option<String>,
}

impl Check {
    pub(crate) fn passed(id: CheckId) -> Self {
        Self {
            id,
            status: Status::Passed,
            why: String::new(),
            remedy: None,
        }
    }

    /// Passed, with something to say nevertheless.
    pub(crate) fn noted(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            ..Self::passed(id)
        }
    }

    pub(crate) fn failed(id: CheckId, why: impl Into<String>, remedy: Option<String>) -> Self {
        Self {
            id,
            status: Status::Failed,
            why: why.into(),
            remedy,
        }
    }

    pub(crate) fn not_here(id: CheckId, why: impl Into<String>, remedy: Option<String>) -> Self {
        Self {
            id,
            status: Status::NotHere,
            why: why.into(),
            remedy,
        }
    }

    pub(crate) fn not_asked(id: CheckId, why: impl Into<String>) -> Self {
        Self {
            id,
            status: Status::NotAsked,
            why: why.into(),
            remedy: None,
        }
    }

    /// Passed, unless there is something to say against it.
    pub(crate) fn of(id: CheckId, objection: Option<Objection>) -> Self {
        match objection {
            None => Self::passed(id),
            Some(Objection { why, remedy }) => Self::failed(id, why, remedy),
        }
    }
}

/// Why a check fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Objection {
    pub(crate) why: String,
    pub(crate) remedy: Option<String>,
}

impl Objection {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            remedy: None,
        }
    }

    /// With a command to paste, where there is one.
    pub(crate) fn with(self, remedy: impl Into<Option<String>>) -> Self {
        Self {
            remedy: remedy.into(),
            ..self
        }
    }
}

/// A commit in a sentence.
pub(crate) fn short(id: ObjectId) -> String {
    id.to_hex_with_len(7).to_string()
}

/// What checks are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The repository as a whole.
    Repository,
    /// A checkpoint: what is known to name it.
    Checkpoint {
        /// Its id.
        id: Option<CheckpointId>,
        /// What its tag is called, else its record calls it.
        name: Option<String>,
        /// Its snapshot.
        snapshot: Option<ObjectId>,
    },
    /// A commit of the range.
    Commit(ObjectId),
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What.
    pub about: About,
    /// The checks, in the order of [`CheckId::ALL`].
    pub checks: Vec<Check>,
}

/// All that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The repository, where there is something to say of it; then checkpoints, oldest first; then commits, newest first.
    pub verified: Vec<Verified>,
    /// Where the policy was read.
    pub policy: String,
}

impl Verified {
    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks
            .iter()
            .filter(|check| check.status == Status::Failed)
    }
}

impl Report {
    /// Whether no check failed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.verified
            .iter()
            .all(|verified| verified.failures().next().is_none())
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = match self {
            Self::Repository => "repository".to_owned(),
            Self::Checkpoint {
                name: Some(name), ..
            } => name.clone(),
            Self::Checkpoint { id: Some(id), .. } => id.short(),
            Self::Checkpoint { snapshot, .. } => snapshot.map_or_else(String::new, short),
            Self::Commit(id) => format!("commit {}", short(*id)),
        };
        f.pad(&told)
    }
}

#[cfg(test)]
mod tests {
    use super::CheckId;

    #[test]
    fn the_manual_explains_every_check_in_order() {
        let page = include_str!("../../../docs/ci.md");
        let rows = page
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        let wanted: Vec<_> = CheckId::ALL.iter().map(|id| id.as_str()).collect();
        assert_eq!(rows.collect::<Vec<_>>(), wanted);
    }
}
