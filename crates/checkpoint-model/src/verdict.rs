//! Whether a checkpoint holds everything, and if not, what is missing and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{path::TreePath, words::words};

words! {
    /// Whether a checkpoint holds the whole state. There is no silent third.
    pub enum Verdict is "verdict" {
        /// Everything is in it.
        Full = "full",
        /// All but what the skip list names.
        Partial = "partial",
    }
}

impl Verdict {
    /// The verdict that a skip list means.
    #[must_use]
    pub fn of(skipped: &[Skipped]) -> Self {
        if skipped.is_empty() {
            Self::Full
        } else {
            Self::Partial
        }
    }
}

/// Something in the working tree that a checkpoint does not hold. A restore never touches it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Skipped {
    /// Where it is; a directory stands for all below it.
    pub path: TreePath,
    /// Why it was left out.
    pub reason: SkipReason,
    /// Its size, where that is the point or cheap to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

words! {
    /// Why something was not captured.
    pub enum SkipReason is "skip reason" {
        /// The content of a repository inside this one.
        NestedRepository = "nested_repository",
        /// An untracked file over `capture.max-file-size`.
        TooLarge = "too_large",
        /// A socket.
        Socket = "socket",
        /// A named pipe.
        Fifo = "fifo",
        /// A block or character device.
        Device = "device",
        /// The system would not let us read it.
        Unreadable = "unreadable",
        /// Its name is one that no git tree may hold, such as `.GIT`.
        InvalidName = "invalid_name",
        /// It changed each time while it was read.
        Changing = "changing",
        /// The policy or `--exclude` names it.
        Excluded = "excluded",
        /// Untracked, and `--no-untracked` was given.
        UntrackedNotAsked = "untracked_not_asked",
        /// Ignored, and not as the restore made it that is taken back.
        ChangedSince = "changed_since",
    }
}

impl SkipReason {
    /// Says why, after the path and a colon.
    #[must_use]
    pub fn explain(&self) -> &'static str {
        match self {
            Self::NestedRepository => "a repository of its own; make a checkpoint inside it",
            Self::TooLarge => "untracked and larger than capture.max-file-size",
            Self::Socket => "a socket, which has no content to keep",
            Self::Fifo => "a named pipe, which has no content to keep",
            Self::Device => "a device, which has no content to keep",
            Self::Unreadable => "cannot be read",
            Self::InvalidName => "has a name that git keeps in no tree",
            Self::Changing => "changed each time while it was read",
            Self::Excluded => "excluded by the policy or by --exclude",
            Self::UntrackedNotAsked => "untracked, and --no-untracked was given",
            Self::ChangedSince => "ignored, and changed since it was restored",
        }
    }
}

#[cfg(test)]
mod tests;
