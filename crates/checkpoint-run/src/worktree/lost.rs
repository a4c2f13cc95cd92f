//! Working trees that are not where git has put them.

use std::{ffi::OsStr, path::Path};

use bstr::ByteSlice as _;
use checkpoint_cli::{Session, shell_word};
use checkpoint_git::paths::as_path;
use checkpoint_model::{event::RunResumed, run::Run};

use super::found::{Listed, git_dir, is_there, list};
use crate::{Log, RunError, current_branch, place};

/// Follows the working tree that we stand in where it was moved without git, and gives the run as it is then: the
/// repository still knows it by its old place, and would not find what is in it.
pub(crate) fn follow(
    session: &Session<'_>,
    run: Run,
    command: &'static str,
) -> Result<Run, RunError> {
    let repo = &session.repo;
    let (Some(top), Some(_)) = (repo.work_tree(), repo.worktree_name()) else {
        return Ok(run);
    };
    if is_known(session, top) {
        return Ok(run);
    }
    let words = [OsStr::new("worktree"), "repair".as_ref(), top.as_os_str()];
    repo.git(words).at(repo.common_dir()).output()?;
    let is_its_own =
        run.is_linked && current_branch(session)?.as_ref() == Some(&run.started.branch);
    if !is_its_own || run.abandoned.is_some() {
        return Ok(run);
    }
    let resumed = RunResumed {
        run: run.id,
        checkpoint: None,
        worktree: top.to_string_lossy().into_owned(),
        linked: true,
        repository: None,
    };
    Log::new(session, place::actor(session, &run), command).tell(run.id, resumed)?;
    crate::choose::again(session, &run, &[])
}

/// Whether the repository knows the working tree that we stand in by its place; or by another one that is there: then
/// this is a copy.
fn is_known(session: &Session<'_>, top: &Path) -> bool {
    let own = session.repo.git_dir();
    let Ok(known) = fs_err::read(own.join("gitdir")) else {
        return true;
    };
    // By its file `.git`; see gitrepository-layout(5).
    let known = own.join(as_path(known.trim_end().as_bstr()));
    let Some(known) = known.parent() else {
        return true;
    };
    let is_own = |at: &Path| at.canonicalize().ok() == own.canonicalize().ok();
    known == top || git_dir(known).is_some_and(|at| is_own(&at))
}

/// Refuses a run whose working tree git lists, but which is not there, among those that count: moved by hand it still
/// has its work, and git would give its index away with its place.
pub(crate) fn refuse_lost(
    session: &Session<'_>,
    run: &Run,
    counts: impl Fn(&Path) -> bool,
) -> Result<(), RunError> {
    let branch = Some(run.started.branch.as_str());
    let is_of_it = |listed: &Listed| {
        listed.branch.as_deref() == branch
            || (run.is_linked && listed.dir == Path::new(&run.worktree))
    };
    let is_lost = |listed: &&Listed| {
        let has_begun = !listed.is_being_made || !is_free(&listed.dir);
        is_of_it(listed)
            && counts(&listed.dir)
            && has_begun
            && !is_there(session, listed)
            && !is_of_another(&listed.dir)
    };
    match list(session)?.iter().find(is_lost) {
        None => Ok(()),
        Some(listed) => Err(RunError::Lost {
            run: run.short_branch().to_owned(),
            dir: listed.dir.clone(),
            next: next(session, listed),
        }),
    }
}

/// Whether the working tree there is of another repository, which this one is a copy of.
fn is_of_another(dir: &Path) -> bool {
    git_dir(dir).is_some_and(|git_dir| git_dir.exists())
}

/// Whether nothing lies there.
fn is_free(dir: &Path) -> bool {
    match fs_err::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// The lines by which git knows again where the working tree is.
fn next(session: &Session<'_>, listed: &Listed) -> String {
    let common = place::common_dir(session);
    let top = common.parent().filter(|_| common.ends_with(".git"));
    let git = format!(
        "git -C {} worktree",
        shell_word(&top.unwrap_or(&common).to_string_lossy())
    );
    let dir = listed.dir.to_string_lossy();
    let dir = shell_word(&dir);
    let mut next = String::new();
    if !is_free(&listed.dir) {
        let aside = format!("{}.other", listed.dir.display());
        let aside = shell_word(&aside);
        next = format!("what is there now goes aside:  mv {dir} {aside}\n");
    }
    let unlock = match listed.is_locked {
        true => format!("{git} unlock {dir} && "),
        false => String::new(),
    };
    next + &format!(
        "moved by hand:    {git} repair <its place now>\nremoved by hand:  {unlock}{git} prune"
    )
}
