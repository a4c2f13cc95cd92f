//! Leaving the branch of a run in a working tree that was there before it.

use checkpoint_cli::Session;
use checkpoint_git::{Head, ProgramError, refs};
use checkpoint_model::run::Run;
use gix::ObjectId;

use super::Left;
use crate::{RunError, worktree};

/// Takes HEAD back to where the run began, in a working tree that was there before it: without a commit on the branch
/// work that is not committed stays in the files, else git changes them, or refuses.
pub(super) fn step_aside(
    session: &Session<'_>,
    run: &Run,
    tip: Option<ObjectId>,
    kept: &mut Vec<String>,
) -> Result<Left, RunError> {
    let Some(base) = run.started.base.as_deref() else {
        return detach(session, run, tip, kept);
    };
    let reference = format!("refs/heads/{base}");
    let base_at = refs::find(&session.repo, &reference).unwrap_or_default();
    let mut stays = |why: String| {
        kept.push(format!("branch '{}' stays: {why}", run.started.branch));
        Ok(Left::Stays)
    };
    let head: Head = session.repo.head()?;
    let is_elsewhere = worktree::of_branch(session, base)?.is_some();
    if tip == base_at && !is_elsewhere {
        session.repo.move_head(&head, &reference)?;
        return Ok(Left::Gone(None));
    }
    if base_at.is_none() {
        return stays("it is checked out, and where it began is no branch".to_owned());
    }
    if has_changes(session)? {
        return stays("it is checked out, and its files have changes".to_owned());
    }
    match switch(session, &["--no-guess", base]) {
        Ok(()) => Ok(Left::Gone(None)),
        Err(error) => stays(crate::log::said(&error)),
    }
}

/// The same where the run began at a HEAD that was detached.
fn detach(
    session: &Session<'_>,
    run: &Run,
    tip: Option<ObjectId>,
    kept: &mut Vec<String>,
) -> Result<Left, RunError> {
    let tip = tip.map(|tip| tip.to_string());
    let mut stays = |why: &str| {
        kept.push(format!("branch '{}' stays: {why}", run.started.branch));
        Ok(Left::Stays)
    };
    let Some(commit) = run.started.commit.as_ref() else {
        return stays("it is checked out, and has no commit");
    };
    if tip.as_ref() != Some(commit) && has_changes(session)? {
        return stays("it is checked out, and its files have changes");
    }
    match switch(session, &["--detach", commit]) {
        Ok(()) => Ok(Left::Gone(None)),
        Err(error) => stays(&crate::log::said(&error)),
    }
}

fn has_changes(session: &Session<'_>) -> Result<bool, RunError> {
    let words = ["status", "--porcelain", "--untracked-files=no"];
    Ok(!session.repo.git(words).output()?.is_empty())
}

fn switch(session: &Session<'_>, words: &[&str]) -> Result<(), ProgramError> {
    let words = ["switch", "--quiet"].iter().chain(words);
    session.repo.git(words).output().map(|_| ())
}
