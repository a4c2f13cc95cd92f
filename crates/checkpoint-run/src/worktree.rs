//! Working trees that are made for runs.

mod beside;
mod found;
mod ignored;
mod lost;
mod whole;

use std::{
    ffi::OsStr,
    os::fd::OwnedFd,
    path::Path,
    time::{Duration, Instant},
};

use checkpoint_cli::Session;
use checkpoint_git::ProgramError;
use rustix::{
    fs::{FlockOperation, Mode, OFlags, flock, open},
    io::Errno,
};

use self::found::{Listed, is_there, list};
pub(crate) use self::{
    beside::{default_dir, plain},
    found::{astray, find_again, of_branch, of_run},
    ignored::{ignored, in_short, unkept},
    lost::{follow, refuse_lost},
    whole::{is_only_begun, make_whole, refuse_half_made},
};

/// Makes a working tree at `dir` with `branch`, which is there, checked out. git's hooks run. One elsewhere that somebody
/// has removed by hand is no obstacle; nor is one here that a git was stopped in making before it was there.
pub(crate) fn add(session: &Session<'_>, dir: &Path, branch: &str) -> Result<(), ProgramError> {
    if is_only_begun(session, dir)? {
        let words = ["worktree", "remove", "--force", "--force", "--"];
        remove_by(session, dir, &words)?;
    }
    let is_in_the_way =
        |listed: &Listed| listed.dir == dir || listed.branch.as_deref() == Some(branch);
    let all = list(session)?;
    let in_the_way: Vec<_> = all.iter().filter(|listed| is_in_the_way(listed)).collect();
    // git does not forget for months what was removed without it. Of one that was moved it would take the place, and
    // the index with it.
    let is_forgotten = |listed: &&Listed| {
        !is_there(session, listed) && (listed.dir != dir || listed.is_being_made)
    };
    let force = !in_the_way.is_empty() && in_the_way.iter().all(is_forgotten);
    // One that is locked takes two.
    let is_half_made = |listed: &&Listed| listed.dir == dir && listed.is_being_made;
    let n_force = match force {
        true => 1 + usize::from(in_the_way.iter().any(is_half_made)),
        false => 0,
    };
    let words = ["worktree", "add", "--quiet"].into_iter();
    let words = words.chain(["--force"; 2].into_iter().take(n_force));
    let words = words.chain(["--"]);
    let words = words.map(OsStr::new);
    let words = words.chain([dir.as_os_str(), branch.as_ref()]);
    let _turn = turn(session);
    // By a word of git's it is known that one is half made.
    let added = session.repo.git(words).env("LANGUAGE", "en").output();
    if added.is_err() {
        leave_no_folder(dir);
    }
    added.map(|_| ()).map_err(with_reason)
}

/// git takes the exit status of the post-checkout hook for its own, and says nothing of it.
pub(crate) fn with_reason(error: ProgramError) -> ProgramError {
    match error {
        ProgramError::Failed { what, code, stderr } if stderr.is_empty() => ProgramError::Failed {
            what,
            code,
            stderr: "git does not say why; a post-checkout hook may have ended so".to_owned(),
        },
        error => error,
    }
}

/// The folder of all runs goes with the last of them; the system refuses while there is another.
fn leave_no_folder(dir: &Path) {
    if let Some(folder) = dir.parent().filter(|folder| is_of_runs(folder)) {
        fs_err::remove_dir(folder).ok();
    }
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

/// Removes a working tree, unless it holds anything that git would miss: git itself refuses then.
pub(crate) fn remove(session: &Session<'_>, dir: &Path) -> Result<(), ProgramError> {
    remove_by(session, dir, &["worktree", "remove", "--"])
}

/// Removes a working tree with what is in it. It has to be in a checkpoint.
pub(crate) fn discard(session: &Session<'_>, dir: &Path) -> Result<(), ProgramError> {
    remove_by(session, dir, &["worktree", "remove", "--force", "--"])
}

fn remove_by(session: &Session<'_>, dir: &Path, words: &[&str]) -> Result<(), ProgramError> {
    let words = words.iter().map(OsStr::new);
    let program = session.repo.git(words.chain([dir.as_os_str()]));
    program.at(session.repo.common_dir()).output()?;
    leave_no_folder(dir);
    Ok(())
}

fn is_of_runs(folder: &Path) -> bool {
    folder
        .extension()
        .is_some_and(|extension| extension == "runs")
}
