//! What has a record beside checkpoints.

use gix::ObjectId;

/// The reference that holds the records of agents' commits, keyed by the commit: `git log --notes=agents`.
pub const AGENTS: &str = "refs/notes/agents";
/// The reference that holds the records of what is guarded, keyed by the blob of the subject's name.
pub const GUARD: &str = "refs/notes/guard";

/// Something that things happen to, and where its record is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    pub(crate) reference: &'static str,
    pub(crate) key: Key,
}

/// What a note is tied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// The blob that holds this name, and nothing else.
    Name(&'static str),
    /// An object that is there.
    Object(ObjectId),
}

impl Subject {
    /// The policy of the repository: who has passed a rule of it.
    pub const POLICY: Self = Self {
        reference: GUARD,
        key: Key::Name("policy"),
    };

    /// A commit of an agent.
    #[must_use]
    pub fn commit(id: ObjectId) -> Self {
        Self {
            reference: AGENTS,
            key: Key::Object(id),
        }
    }
}
