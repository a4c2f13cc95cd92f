//! References: found, listed, and moved all together or not at all.
//!
//! gix serves repositories that keep references in files. reftable, a `reference-transaction` hook (gix runs none) and
//! deletions (gix rewrites the whole of `packed-refs` far slower than git) go through `git update-ref --stdin`.
//! Read in this order: [`find`], [`list`] and [`names`] read, [`stamp`] tells whether that can be spared; [`transaction`] writes; [`RefError`] tells a reference
//! that has moved from one that is locked.

mod error;
mod files;
mod program;
mod read;
mod stamp;

use std::path::PathBuf;

use gix::ObjectId;
use gix::actor::Signature;
use gix::refs::FullName;

pub use error::RefError;
pub use read::{each_name, find, list, names, symbolic_target};
pub use stamp::{Stamp, stamp};

use crate::Repository;

/// What must hold for a reference before it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// It must not be there.
    Missing,
    /// It must point at this object.
    Is(ObjectId),
    /// Whatever it is.
    Any,
}

impl Expect {
    /// What a reference read as `current` should still be when it is changed.
    pub fn still(current: Option<ObjectId>) -> Self {
        current.map_or(Self::Missing, Self::Is)
    }

    fn allows(self, actual: Option<ObjectId>) -> bool {
        match self {
            Self::Missing => actual.is_none(),
            Self::Is(id) => actual == Some(id),
            Self::Any => true,
        }
    }
}

/// One step of a [`transaction`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefChange {
    /// The full name, such as `refs/tags/checkpoint/before-api-work`.
    pub name: String,
    /// What must be true before.
    pub expected: Expect,
    /// The new value; none deletes the reference.
    pub new: Option<ObjectId>,
}

impl RefChange {
    /// Creates the reference `name`, which must not be there.
    pub fn create(name: impl Into<String>, new: ObjectId) -> Self {
        Self {
            name: name.into(),
            expected: Expect::Missing,
            new: Some(new),
        }
    }

    /// Moves the reference `name` from what it was read as.
    pub fn update(name: impl Into<String>, current: Option<ObjectId>, new: ObjectId) -> Self {
        Self {
            name: name.into(),
            expected: Expect::still(current),
            new: Some(new),
        }
    }

    /// Deletes the reference `name`, which must point at `current`.
    pub fn delete(name: impl Into<String>, current: ObjectId) -> Self {
        Self {
            name: name.into(),
            expected: Expect::Is(current),
            new: None,
        }
    }
}

/// Makes all `changes` or none, each only if its expectation holds; the reflog, where there is one, gets `message` by
/// `committer`.
///
/// When it returns, the new values are on disk (fsync), and no crash in between leaves an empty reference. Waits for
/// the locks of others as long as `core.filesRefLockTimeout` says (100 ms by default). Fails with [`RefError::Moved`]
/// when an expectation does not hold, with [`RefError::Locked`] when a lock stays; nothing is changed then.
pub fn transaction(
    repo: &Repository,
    changes: &[RefChange],
    message: &str,
    committer: &Signature,
) -> Result<(), RefError> {
    transaction_after(repo, &[], changes, message, committer)
}

/// As [`transaction`], but no reference moves before the directories `unsynced` are on disk too
/// ([`Placed::unsynced`](crate::objects::Placed::unsynced)): they are waited for together with the new values.
pub fn transaction_after(
    repo: &Repository,
    unsynced: &[PathBuf],
    changes: &[RefChange],
    message: &str,
    committer: &Signature,
) -> Result<(), RefError> {
    let Some(first) = changes.first() else {
        return Ok(());
    };
    for change in changes {
        full_name(&change.name)?;
    }
    if needs_program(repo, changes) {
        files::flush(unsynced.iter().cloned().collect()).map_err(|source| RefError::Failed {
            name: first.name.clone(),
            source: source.into(),
        })?;
        return program::transaction(repo, changes, message, committer);
    }
    files::transaction(repo, unsynced, changes, message, committer)
}

fn needs_program(repo: &Repository, changes: &[RefChange]) -> bool {
    repo.caps().reftable
        || changes.iter().any(|change| change.new.is_none())
        || has_hook(repo)
        // gix would wait for this lock also where it does not write the file; git does not.
        || repo.common_dir().join("packed-refs.lock").exists()
}

/// Whether git would run a `reference-transaction` hook here: a file in the hooks directory, or (git 2.54 and later)
/// a `hook.<name>.event` in the configuration.
fn has_hook(repo: &Repository) -> bool {
    let config = repo.gix().config_snapshot();
    let dir = match config.trusted_path("core.hooksPath") {
        Ok(Some(path)) => repo.work_tree().unwrap_or(repo.git_dir()).join(path),
        _ => repo.common_dir().join("hooks"),
    };
    if rustix::fs::access(
        dir.join("reference-transaction"),
        rustix::fs::Access::EXEC_OK,
    )
    .is_ok()
    {
        return true;
    }
    let sections = config
        .plumbing()
        .sections_by_name("hook")
        .into_iter()
        .flatten();
    sections
        .flat_map(|section| section.values("event"))
        .any(|event| **event == *b"reference-transaction")
}

fn full_name(name: &str) -> Result<FullName, RefError> {
    FullName::try_from(name).map_err(|source| RefError::Invalid {
        name: name.to_owned(),
        source: source.into(),
    })
}

#[cfg(test)]
mod tests;
