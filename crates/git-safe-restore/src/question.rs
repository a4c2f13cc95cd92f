//! The question before a restore, and the look at the differences that helps to answer it.

use std::{ffi::OsString, io};

use bstr::ByteSlice as _;
use checkpoint_cli::{Present, Session};
use checkpoint_git::paths::as_path;
use checkpoint_model::restore::{Plan, Scope};

use crate::{SafeRestoreError, picture, target::Target};

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
    target: &Target,
    plan: &Plan,
) -> Result<Answered, SafeRestoreError> {
    let console = session.console;
    let failed = |source: io::Error| SafeRestoreError::CannotAsk { source };
    if !console.is_attended() {
        return Ok(Answered::Nobody);
    }
    console
        .show(|out| picture::draw(out, &target.stored, plan, picture::SCREENFUL))
        .map_err(failed)?;
    let letters: &[char] = match plan.scope.has_files() {
        true => &['y', 'd', 'n'],
        false => &['y', 'n'],
    };
    let question = match plan.scope.has_files() {
        true => "Restore? (d shows the differences)",
        false => "Restore?",
    };
    loop {
        match console.choose(question, letters).map_err(failed)? {
            Some('y') => return Ok(Answered::Yes),
            Some('d') => show_differences(session, target, plan)?,
            Some(_) => return Ok(Answered::No),
            None => return Ok(Answered::Nobody),
        }
    }
}

/// git's own diff, from what is there to what would be there. The present is captured for it into a place of its own.
fn show_differences(
    session: &Session<'_>,
    target: &Target,
    plan: &Plan,
) -> Result<(), SafeRestoreError> {
    let present = Present::capture(session)?;
    let trees = [present.files, target.stored.snapshot].map(|id| OsString::from(id.to_string()));
    let words = [OsString::from("diff")].into_iter().chain(trees);
    let paths: Vec<OsString> = match plan.scope {
        Scope::Paths => target
            .asked
            .paths
            .iter()
            .map(|path| pathspec(path.as_bstr()))
            .collect(),
        _ => Vec::new(),
    };
    let words = words.chain([OsString::from("--")]).chain(paths);
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

/// git takes no empty pathspec for the top.
fn pathspec(path: &bstr::BStr) -> OsString {
    match path.is_empty() {
        true => ".".into(),
        false => as_path(path).as_os_str().to_owned(),
    }
}
