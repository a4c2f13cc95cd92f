//! Working trees that are made for runs.

use std::{
    ffi::OsStr,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use bstr::{BString, ByteSlice as _};
use checkpoint_cli::Session;
use checkpoint_git::{ProgramError, paths::as_path};
use checkpoint_model::{run::Run, slug::Slug};
use gix::ObjectId;
use rustix::{
    fs::{FlockOperation, Mode, OFlags, flock, open},
    io::Errno,
};

use crate::RunError;

/// Where the working tree of a run is made when nobody says: beside the repository, in `<repository>.runs`.
///
/// Not inside it: whatever walks a working tree (search, watchers, tests, a checkpoint) would find every file twice. Not
/// in a temporary directory: work is not to vanish. Beside it, it is on the same disk, and easily seen.
pub(crate) fn default_dir(session: &Session<'_>, slug: &Slug, number: u32) -> PathBuf {
    let top = main_top(session);
    let mut folder = top.clone().into_os_string();
    folder.push(".runs");
    PathBuf::from(folder).join(format!("{slug}-{number}"))
}

/// The same place by a path without `..`, where its folder is there.
pub(crate) fn plain(dir: &Path) -> PathBuf {
    let folder = dir.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, dir.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => dir.to_owned(),
    }
}

/// The top of the main working tree; of a bare repository, its own name without `.git`.
fn main_top(session: &Session<'_>) -> PathBuf {
    let repo = &session.repo;
    let common = &crate::place::common_dir(session);
    match (repo.work_tree(), repo.worktree_name()) {
        (Some(top), None) => top.to_owned(),
        _ if common.file_name().is_some_and(|name| name == ".git") => {
            common.parent().unwrap_or(common).to_owned()
        }
        _ => common.with_extension(""),
    }
}

/// Makes a working tree at `dir` with `branch`, which is there, checked out. git's hooks run. One that somebody has
/// removed by hand is no obstacle.
pub(crate) fn add(session: &Session<'_>, dir: &Path, branch: &str) -> Result<(), ProgramError> {
    let is_in_the_way =
        |listed: &Listed| listed.dir == dir || listed.branch.as_deref() == Some(branch);
    let all = list(session)?;
    let in_the_way: Vec<_> = all.iter().filter(|listed| is_in_the_way(listed)).collect();
    // git does not forget for months what was removed without it.
    let is_forgotten = |listed: &&Listed| !is_there(session, &listed.dir);
    let force = !in_the_way.is_empty() && in_the_way.iter().all(is_forgotten);
    let words = ["worktree", "add", "--quiet"].into_iter();
    let words = words.chain(force.then_some("--force")).chain(["--"]);
    let words = words.map(OsStr::new);
    let words = words.chain([dir.as_os_str(), branch.as_ref()]);
    let _turn = turn(session);
    session.repo.git(words).output().map(|_| ())
}

/// A git that makes a working tree looks at those of all others, and dies where another git is about to make one; so
/// ours make them one after the other. An flock(2) on a directory that is there anyway; where it cannot be had in
/// time, one goes without.
fn turn(session: &Session<'_>) -> Option<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = session.repo.common_dir().join("objects/pack");
    let lock = open(&dir, flags, Mode::empty()).ok()?;
    let until = Instant::now() + PATIENCE;
    while flock(&lock, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK) {
        if Instant::now() > until {
            return None;
        }
        std::thread::sleep(PAUSE);
    }
    Some(lock)
}

/// How long one waits for a git that is about to make another working tree; large ones take their time.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one waits before one looks again.
const PAUSE: Duration = Duration::from_millis(10);

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

/// Removes a working tree, unless it holds anything that git would miss: git itself refuses then.
pub(crate) fn remove(session: &Session<'_>, dir: &Path) -> Result<(), ProgramError> {
    remove_by(session, dir, &["worktree", "remove", "--"])
}

/// What is ignored in the working tree at `dir`, by path, whole directories in one: it goes with the working tree, and
/// git says nothing of it.
pub(crate) fn ignored(session: &Session<'_>, dir: &Path) -> Result<Vec<String>, ProgramError> {
    let words = [
        "ls-files",
        "--others",
        "--ignored",
        "--exclude-standard",
        "--directory",
        "-z",
    ];
    let output = session.repo.git(words).at(dir).output()?;
    let paths = output
        .split_str(b"\0")
        .map(|path| path.to_str_lossy().into_owned());
    Ok(paths.filter(|path| !path.is_empty()).collect())
}

/// Removes a working tree with what is in it. It has to be in a checkpoint.
pub(crate) fn discard(session: &Session<'_>, dir: &Path) -> Result<(), ProgramError> {
    remove_by(session, dir, &["worktree", "remove", "--force", "--"])
}

fn remove_by(session: &Session<'_>, dir: &Path, words: &[&str]) -> Result<(), ProgramError> {
    let words = words.iter().map(OsStr::new);
    let program = session.repo.git(words.chain([dir.as_os_str()]));
    program.at(session.repo.common_dir()).output()?;
    // The folder of all runs goes with the last of them; the system refuses while there is another.
    if let Some(folder) = dir.parent().filter(|folder| is_of_runs(folder)) {
        fs_err::remove_dir(folder).ok();
    }
    Ok(())
}

fn is_of_runs(folder: &Path) -> bool {
    folder
        .extension()
        .is_some_and(|extension| extension == "runs")
}

/// A working tree of the repository, as git lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) dir: PathBuf,
    /// Without `refs/heads/`; none where HEAD is detached.
    pub(crate) branch: Option<String>,
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
/// the middle of a rebase, is refused: what is in it would be passed over.
pub(crate) fn of_run(session: &Session<'_>, run: &Run) -> Result<Option<PathBuf>, RunError> {
    let all = there(session)?;
    let branch = Some(run.started.branch.as_str());
    if let Some(of_it) = all.iter().find(|listed| listed.branch.as_deref() == branch) {
        return Ok(Some(of_it.dir.clone()));
    }
    let is_its_own = |listed: &&Listed| run.is_linked && listed.dir == Path::new(&run.worktree);
    match all.iter().find(is_its_own) {
        None => Ok(None),
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

fn there(session: &Session<'_>) -> Result<Vec<Listed>, ProgramError> {
    let mut all = list(session)?;
    all.retain(|listed| is_there(session, &listed.dir));
    Ok(all)
}

/// Whether there is a working tree at `dir`, and it is of this repository. A copy of a repository lists those of the
/// original, too: what happens in them is not its matter.
fn is_there(session: &Session<'_>, dir: &Path) -> bool {
    let common = crate::place::common_dir(session);
    match git_dir(dir) {
        Some(git_dir) => git_dir
            .canonicalize()
            .is_ok_and(|at| at.starts_with(&common)),
        // The main one, or a repository without any.
        None => dir.exists(),
    }
}

/// The git directory that the file `.git` at `dir` names; see gitrepository-layout(5). None where it is no file.
fn git_dir(dir: &Path) -> Option<PathBuf> {
    let text = fs_err::read(dir.join(".git")).ok()?;
    let path = text.strip_prefix(b"gitdir: ")?.trim_end();
    Some(dir.join(as_path(path.as_bstr())))
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

fn list(session: &Session<'_>) -> Result<Vec<Listed>, ProgramError> {
    let words = ["worktree", "list", "--porcelain", "-z"];
    let common = session.repo.common_dir();
    let output = patiently(|| session.repo.git(words).at(common).output())?;
    let mut found: Vec<Listed> = Vec::new();
    for line in output.split_str(b"\0") {
        if let Some(dir) = line.strip_prefix(b"worktree ") {
            found.push(Listed {
                dir: as_path(dir.as_bstr()).to_owned(),
                branch: None,
            });
        } else if let (Some(name), Some(last)) =
            (line.strip_prefix(b"branch refs/heads/"), found.last_mut())
        {
            last.branch = Some(name.to_str_lossy().into_owned());
        }
    }
    Ok(found)
}
