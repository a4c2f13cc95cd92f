//! `--commit`: everything is committed before the checkpoint is made.

use checkpoint_cli::Session;
use checkpoint_git::refs::{self, RefError};
use checkpoint_model::{name::CheckpointName, policy::Policy};
use checkpoint_store::{StoreError, tag};
use gix::ObjectId;

use super::Wish;
use crate::{CommitError, CommitWish, Scope, Words, WorkError, commit};

/// Commits everything before a checkpoint of it is made; none when there is nothing to commit.
pub(super) fn first(
    session: &Session<'_>,
    policy: &Policy,
    wish: &Wish,
) -> Result<Option<ObjectId>, WorkError> {
    if let Some(name) = &wish.name {
        refuse_occupied(session, name)?;
    }
    let words = match (&wish.description, &wish.name) {
        (description, _) if !description.is_empty() => Words::of(description),
        (_, Some(name)) => Words::of(&format!("checkpoint: {name}")),
        (_, None) => Words::of("checkpoint"),
    };
    let commit_wish = CommitWish {
        scope: Scope::Everything,
        words,
        by: None,
        additions: wish.additions.clone(),
        command: wish.command,
    };
    match commit(session, policy, &commit_wish) {
        Ok(committed) => Ok(Some(committed.id)),
        Err(WorkError::Commit(CommitError::Nothing { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A name that would be the folder of another, or lie below one, would be refused when the commit is made already.
fn refuse_occupied(session: &Session<'_>, name: &CheckpointName) -> Result<(), WorkError> {
    let repo = &session.repo;
    let wanted = tag::ref_name(repo, name);
    let folder = format!("{wanted}/");
    let below = refs::names(repo, &folder).map_err(StoreError::from)?;
    let below = below.first().map(|first| format!("{folder}{first}"));
    let above = || -> Result<Option<String>, StoreError> {
        for (slash, _) in name.as_str().match_indices('/') {
            let Ok(part) = name.as_str()[..slash].parse() else {
                continue;
            };
            if tag::find(repo, &part)?.is_some() {
                return Ok(Some(tag::ref_name(repo, &part)));
            }
        }
        Ok(None)
    };
    match below.map_or_else(above, |below| Ok(Some(below)))? {
        None => Ok(()),
        Some(other) => Err(StoreError::from(RefError::Occupied {
            name: wanted,
            other,
        })
        .into()),
    }
}
