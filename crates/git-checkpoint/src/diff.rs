//! `git checkpoint diff`: git's own diff between checkpoints, or of one and the working tree.

mod error;
mod outcome;

use std::{ffi::OsString, path::Path};

use checkpoint_cli::{Present, Schema, Session};
use checkpoint_store::Stored;
use gix::ObjectId;

pub use self::error::DiffError;
pub(crate) use self::outcome::DiffOutcome;
use self::outcome::Differences;
use crate::{CheckpointError, args::DiffArgs, changes};

/// Compares. The working tree is read as a checkpoint would read it, untracked files included, and what that writes
/// is thrown away; neither the index nor the object database is touched.
pub(crate) fn run(session: &Session<'_>, args: DiffArgs) -> Result<DiffOutcome, CheckpointError> {
    let from = session.choose_state(args.from.as_deref().unwrap_or("latest"))?;
    let to = match &args.to {
        Some(typed) => Side::Kept(Box::new(session.choose_state(typed)?)),
        None => Side::Present(Present::capture(session)?),
    };
    let kept_tree = |stored: &Stored| match args.cached {
        true => index_commit(session, stored),
        false => Ok(stored.snapshot),
    };
    let new = match &to {
        Side::Kept(stored) => kept_tree(stored)?,
        Side::Present(present) if args.cached => present.index,
        Side::Present(present) => present.files,
    };
    let trees = (kept_tree(&from)?, new);
    let differences = match session.console.is_json() {
        true => Differences::Told(changes::between(session, trees, &args.paths, to.objects())?),
        false => by_git(session, trees, args.git.0, args.paths, to.objects())?,
    };
    Ok(DiffOutcome {
        from,
        to,
        differences,
    })
}

/// What a checkpoint is compared with.
pub(crate) enum Side {
    /// Another checkpoint.
    Kept(Box<Stored>),
    /// The working tree; its trees are there as long as this is.
    Present(Present),
}

impl Side {
    /// Where its objects are, when not in the repository.
    fn objects(&self) -> Option<&Path> {
        match self {
            Self::Kept(_) => None,
            Self::Present(present) => Some(present.objects()),
        }
    }
}

/// The schema of `diff --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// The commit of the index: the last parent of the snapshot.
fn index_commit(session: &Session<'_>, stored: &Stored) -> Result<ObjectId, CheckpointError> {
    let snapshot = stored.snapshot;
    let broken = |source: Option<gix::Error>| DiffError::NoIndex {
        snapshot,
        source: source.map(Into::into),
    };
    let commit = session.repo.gix().find_commit(snapshot);
    let commit = commit.map_err(|error| broken(Some(error)))?;
    let last = commit.parent_ids().last();
    Ok(last.ok_or_else(|| broken(None))?.detach())
}

/// Prepares git's own diff, which finds its pager and its colours itself. Asked first about two trees that are the
/// same, git tells what it does not take before anything is printed.
fn by_git(
    session: &Session<'_>,
    trees: (ObjectId, ObjectId),
    options: Vec<OsString>,
    paths: Vec<OsString>,
    objects: Option<&Path>,
) -> Result<Differences, CheckpointError> {
    let diff = |trees: [ObjectId; 2]| {
        let trees = trees.map(|tree| tree.to_string().into());
        let words = std::iter::once(OsString::from("diff"));
        let words = words.chain(options.iter().cloned()).chain(trees);
        let words = words.chain(["--".into()]).chain(paths.iter().cloned());
        let program = session.git_here(words);
        match objects {
            Some(objects) => program.env("GIT_OBJECT_DIRECTORY", objects),
            None => program,
        }
    };
    if !options.is_empty() || !paths.is_empty() {
        diff([trees.0, trees.0]).output()?;
    }
    let command = diff([trees.0, trees.1]).into_command();
    Ok(Differences::ByGit(command.into()))
}
