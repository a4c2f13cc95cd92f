//! The question before a restore, and the look at the differences that helps to answer it.

use std::{ffi::OsStr, io};

use checkpoint_cli::{Present, Session};
use checkpoint_git::paths::as_path;
use checkpoint_model::restore::Plan;

use crate::{SafeRestoreError, picture, target::Subject};

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    /// Do it.
    Yes,
    /// Leave it.
    No,
    /// There is nobody to ask.
    Nobody,
}

/// Shows the plan and asks, until the answer is yes or no. Says nothing where nobody can be asked.
pub(crate) fn ask(
    session: &Session<'_>,
    subject: &Subject,
    plan: &Plan,
) -> Result<Answered, SafeRestoreError> {
    let console = session.console;
    let failed = |source: io::Error| SafeRestoreError::CannotAsk { source };
    if !console.is_attended() {
        return Ok(Answered::Nobody);
    }
    console
        .show(|out| picture::draw(out, subject, plan, picture::SCREENFUL))
        .map_err(failed)?;
    let verb = match subject {
        Subject::Checkpoint(..) => "Restore",
        Subject::Commits => "Go back",
    };
    let (question, letters): (String, &[char]) = match plan.files.is_empty() {
        false => (
            format!("{verb}? (d shows the differences)"),
            &['y', 'd', 'n'],
        ),
        true => (format!("{verb}?"), &['y', 'n']),
    };
    loop {
        match console.choose(&question, letters).map_err(failed)? {
            Some('y') => return Ok(Answered::Yes),
            Some('d') => show_differences(session, subject, plan)?,
            Some(_) => return Ok(Answered::No),
            None => return Ok(Answered::Nobody),
        }
    }
}

/// git's own diff, from what is there to what would be there. The present is captured for it into a place of its own.
fn show_differences(
    session: &Session<'_>,
    subject: &Subject,
    plan: &Plan,
) -> Result<(), SafeRestoreError> {
    /// A command line may be too long.
    const MOST_PATHS: usize = 1000;
    let present = Present::capture(session)?;
    let then = match (subject, &plan.rollback) {
        (Subject::Checkpoint(stored, _), _) => stored.snapshot.to_string(),
        (Subject::Commits, told) => told
            .as_ref()
            .map(|told| told.rollback.to.clone())
            .unwrap_or_default(),
    };
    let words = [
        "--literal-pathspecs",
        "diff",
        &present.files.to_string(),
        &then,
        "--",
    ];
    // The trees may differ also where nothing is to change.
    let paths = plan.files.iter().take(MOST_PATHS);
    let paths = paths.map(|file| as_path(file.path.as_bstr()).as_os_str());
    let words = words.map(OsStr::new).into_iter().chain(paths);
    let diff = session.repo.git(words);
    let mut command = diff
        .env("GIT_OBJECT_DIRECTORY", present.objects())
        .into_command();
    // Left early, its pager ends it by a signal; that is no answer to the question.
    command
        .status()
        .map_err(|source| SafeRestoreError::NoDiff { source })?;
    Ok(())
}
