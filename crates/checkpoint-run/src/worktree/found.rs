//! Which working trees there are, and which one a run is in.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    time::Instant,
};

use bstr::{BString, ByteSlice as _};
use checkpoint_cli::Session;
use checkpoint_git::{ProgramError, paths::as_path};
use checkpoint_model::run::Run;
use gix::ObjectId;

use super::{PATIENCE, PAUSE, lost::refuse_lost};
use crate::RunError;

/// A working tree of the repository, as git lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) dir: PathBuf,
    /// Whether it is the main one, or a repository without any.
    pub(crate) is_main: bool,
    /// Without `refs/heads/`; none where HEAD is detached.
    pub(crate) branch: Option<String>,
    pub(crate) is_locked: bool,
    /// Whether it is locked as git locks one that it makes.
    pub(crate) is_being_made: bool,
}

/// The working tree in which `branch` is checked out, if it is there: git lists also those that were removed by hand.
pub(crate) fn of_branch(
    session: &Session<'_>,
    branch: &str,
) -> Result<Option<PathBuf>, ProgramError> {
    let all = there(session)?.into_iter();
    let mut of_it = all.filter(|listed| listed.branch.as_deref() == Some(branch));
    Ok(of_it.next().map(|listed| listed.dir))
}

/// The working tree in which the branch of `run` is checked out. One that was made for the run and is elsewhere, as in
/// the middle of a rebase, or is not where it was, is refused: what is in it would be passed over.
pub(crate) fn of_run(session: &Session<'_>, run: &Run) -> Result<Option<PathBuf>, RunError> {
    let all = there(session)?;
    let branch = Some(run.started.branch.as_str());
    if let Some(of_it) = all.iter().find(|listed| listed.branch.as_deref() == branch) {
        return Ok(Some(of_it.dir.clone()));
    }
    let is_its_own = |listed: &&Listed| run.is_linked && listed.dir == Path::new(&run.worktree);
    match all.iter().find(is_its_own) {
        None => refuse_lost(session, run, |_| true).map(|()| None),
        Some(listed) if listed.is_being_made => Err(RunError::HalfMade {
            run: run.short_branch().to_owned(),
            dir: listed.dir.clone(),
        }),
        Some(listed) => Err(RunError::OffBranch {
            dir: listed.dir.clone(),
            branch: run.started.branch.clone(),
        }),
    }
}

/// The working tree that `run` was begun in, where it is no longer on the branch of the run, whose last commit is `tip`,
/// but has gone on from there: with commits, or with changes that are not committed.
pub(crate) fn astray(
    session: &Session<'_>,
    run: &Run,
    tip: ObjectId,
) -> Result<Option<PathBuf>, RunError> {
    let is_its_own = |listed: &Listed| listed.dir == Path::new(&run.worktree);
    let Some(found) = there(session)?.into_iter().find(is_its_own) else {
        return Ok(None);
    };
    let inside = Session::open_at(session.console, &found.dir)?;
    let Some(head) = inside.repo.head()?.id else {
        return Ok(None);
    };
    if head != tip {
        let tip = tip.to_string();
        let words = ["merge-base", "--is-ancestor", &tip, "HEAD"];
        let has_gone_on = inside.repo.git(words).answer()?.is_some();
        return Ok(has_gone_on.then_some(found.dir));
    }
    let status = inside.repo.git(["status", "--porcelain"]).output()?;
    Ok((!status.is_empty()).then_some(found.dir))
}

/// Lets the working tree at `dir` and this repository find each other again, where the repository that the tree knows
/// is gone: one of the two was moved, or both. One of another repository that is there is left alone.
pub(crate) fn find_again(session: &Session<'_>, dir: &Path) {
    if git_dir(dir).is_some_and(|git_dir| !git_dir.exists()) {
        let words = [OsStr::new("worktree"), "repair".as_ref(), dir.as_os_str()];
        let program = session.repo.git(words).at(session.repo.common_dir());
        // git knows what else it may be; a tree that it does not take is made anew.
        program.output().ok();
    }
}

fn there(session: &Session<'_>) -> Result<Vec<Listed>, ProgramError> {
    let mut all = list(session)?;
    all.retain(|listed| is_there(session, listed));
    Ok(all)
}

/// Whether the working tree is where it is listed. What lies there may be another one, or none; and a copy of a
/// repository lists those of the original, too: what happens in them is not its matter.
pub(super) fn is_there(session: &Session<'_>, listed: &Listed) -> bool {
    let common = crate::place::common_dir(session);
    let git_dir = git_dir(&listed.dir).map(|git_dir| git_dir.canonicalize());
    match git_dir {
        Some(git_dir) => git_dir.is_ok_and(|at| at.starts_with(&common)),
        None => listed.is_main && listed.dir.exists(),
    }
}

/// The git directory that the file `.git` at `dir` names; see gitrepository-layout(5). None where it is no file.
pub(super) fn git_dir(dir: &Path) -> Option<PathBuf> {
    let text = fs_err::read(dir.join(".git")).ok()?;
    let path = text.strip_prefix(b"gitdir: ")?.trim_end();
    Some(dir.join(as_path(path.as_bstr())))
}

pub(super) fn list(session: &Session<'_>) -> Result<Vec<Listed>, ProgramError> {
    let words = ["worktree", "list", "--porcelain", "-z"];
    let common = session.repo.common_dir();
    let output = patiently(|| session.repo.git(words).at(common).output())?;
    let mut found: Vec<Listed> = Vec::new();
    for line in output.split_str(b"\0") {
        if let Some(dir) = line.strip_prefix(b"worktree ") {
            found.push(Listed {
                dir: as_path(dir.as_bstr()).to_owned(),
                is_main: found.is_empty(),
                branch: None,
                is_locked: false,
                is_being_made: false,
            });
        } else if let (Some(name), Some(last)) =
            (line.strip_prefix(b"branch refs/heads/"), found.last_mut())
        {
            last.branch = Some(name.to_str_lossy().into_owned());
        } else if let (Some(why), Some(last)) = (line.strip_prefix(b"locked"), found.last_mut()) {
            last.is_locked = true;
            last.is_being_made = why == b" initializing";
        }
    }
    Ok(found)
}

/// Runs git until it does not stumble over the directory of a working tree that another git has begun to make: it reads
/// those of all, and dies where a file is not there yet.
fn patiently(run: impl Fn() -> Result<BString, ProgramError>) -> Result<BString, ProgramError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match run() {
            Err(ProgramError::Failed { stderr, .. })
                if is_half_made(&stderr) && Instant::now() < until =>
            {
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

fn is_half_made(stderr: &str) -> bool {
    let is_about_one = stderr.contains("worktrees/") || stderr.contains("commondir");
    let is_unread = ["read", "open", "stat", "not a valid path"];
    is_about_one && is_unread.iter().any(|word| stderr.contains(word))
}
