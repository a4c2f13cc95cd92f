//! What has a record beside checkpoints.

use std::borrow::Cow;

use checkpoint_model::id::RunId;
use gix::ObjectId;

/// The reference that holds the records of agents' commits, keyed by the commit (`git log --notes=agents`), and of
/// their runs.
pub const AGENTS: &str = "refs/notes/agents";
/// The reference that holds the records of what is guarded, keyed by the blob of the subject's name.
pub const GUARD: &str = "refs/notes/guard";

/// Something that things happen to, and where its record is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub(crate) reference: &'static str,
    pub(crate) key: Key,
}

/// What a note is tied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// The blob that holds this name, and nothing else.
    Name(Cow<'static, str>),
    /// An object that is there.
    Object(ObjectId),
}

impl Subject {
    /// The policy of the repository: who has passed a rule of it.
    pub const POLICY: Self = Self {
        reference: GUARD,
        key: Key::Name(Cow::Borrowed("policy")),
    };

    /// A run. It has a record before its first commit, and no other run shares it.
    #[must_use]
    pub fn run(id: RunId) -> Self {
        Self {
            reference: AGENTS,
            key: Key::Name(Cow::Owned(id.subject())),
        }
    }

    /// A commit of an agent.
    #[must_use]
    pub fn commit(id: ObjectId) -> Self {
        Self {
            reference: AGENTS,
            key: Key::Object(id),
        }
    }
}
