//! Working trees that git was stopped in the middle of making.

use std::{ffi::OsStr, path::Path};

use checkpoint_cli::{Additions, Session};
use checkpoint_git::ProgramError;
use checkpoint_model::run::Run;
use checkpoint_work::{Wish, is_half_made};

use super::found::{Listed, list};
use crate::RunError;

/// Refuses a working tree that is half made: as deleted would be taken what is missing in it.
pub(crate) fn refuse_half_made(there: &Session<'_>, run: &Run) -> Result<(), RunError> {
    let Some(dir) = there.repo.work_tree() else {
        return Ok(());
    };
    match is_half_made(&there.repo) {
        false => Ok(()),
        true => Err(RunError::HalfMade {
            run: run.short_branch().to_owned(),
            dir: dir.to_owned(),
        }),
    }
}

/// Whether a git was stopped so early that nothing but its own file is at `dir`, and HEAD is nowhere yet.
pub(crate) fn is_only_begun(session: &Session<'_>, dir: &Path) -> Result<bool, ProgramError> {
    let begun =
        |listed: &Listed| listed.dir == dir && listed.is_being_made && listed.branch.is_none();
    if !list(session)?.iter().any(begun) {
        return Ok(false);
    }
    let entries = fs_err::read_dir(dir).into_iter().flatten();
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    Ok(names == [".git"])
}

/// Finishes what a git has begun that was stopped while it made the working tree at `dir`. What is in it is kept before,
/// ignored files, too: nobody knows who has written them. Whoever is interrupted can do it again.
pub(crate) fn make_whole(
    session: &Session<'_>,
    dir: &Path,
    command: &'static str,
) -> Result<(), RunError> {
    let there = Session::open_at(session.console, dir)?;
    if !is_half_made(&there.repo) {
        return Ok(());
    }
    let _turn = super::turn(session);
    let is_checked_out = || there.repo.git_dir().join("index").exists();
    if !is_checked_out() {
        let wish = Wish {
            additions: Additions {
                include: vec!["**".to_owned()],
                ..Additions::default()
            },
            if_changed: false,
            ..Wish::automatic(command, None, "before its working tree was made whole")
        };
        checkpoint_work::create(&there, &there.policy_of_moves()?, &wish)?;
        // It writes the index last.
        there.repo.git(["reset", "--quiet", "--hard"]).output()?;
    }
    if there.repo.git_dir().join("locked").exists() {
        let words = ["worktree", "unlock"].map(OsStr::new);
        let words = words.into_iter().chain([dir.as_os_str()]);
        let program = session.repo.git(words);
        program.at(session.repo.common_dir()).output()?;
    }
    Ok(())
}
