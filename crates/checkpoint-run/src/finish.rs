//! `finish`: commits what is left, pushes, opens the pull request, cleans up; goes on where it stopped.
//!
//! Read in this order: [`finish`] tells the story; `commit`, `push`, `pull_request` and `clean` are its steps. Each looks
//! at what is there before it does anything, so that whoever was interrupted can do everything again: what is done is
//! found, not done twice.

mod clean;
mod commit;
mod done;
mod pull_request;
mod push;

use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_git::refs;
use checkpoint_model::{
    event::{TaskCompleted, TaskState},
    policy::{Cleanup, Policy, PullRequest},
    run::Run,
};
use gix::ObjectId;

pub(crate) use self::clean::{Removed, remove};
pub use self::{
    done::{Done, Finished, Trouble},
    pull_request::close,
};
use crate::{Log, Place, RunError, body::Commit, guard::Guard, place, remote, worktree};

/// The command, for records and reflogs.
const COMMAND: &str = "git agent-run finish";

/// What is asked for; where nothing is said, the policy's `[runs]` counts.
#[derive(Debug, Clone, Default)]
pub struct Finish {
    /// Whether the branch is pushed.
    pub push: Option<bool>,
    /// Whether a pull request is opened.
    pub pull_request: Option<bool>,
    /// What is removed here afterwards.
    pub cleanup: Option<Cleanup>,
    /// Whether ignored files, which no checkpoint holds, go with its working tree.
    pub discard_ignored: bool,
    /// Whether the pull request is merged when its checks have passed.
    pub merge: bool,
    /// What the commit of what is left says.
    pub message: Option<String>,
}

/// A run that is being finished.
pub(crate) struct Work<'s> {
    /// Where the branch is checked out, or where the command was started.
    pub(crate) session: &'s Session<'s>,
    /// The same repository, from where no working tree that is removed can take it away.
    pub(crate) common: &'s Session<'s>,
    pub(crate) policy: &'s Policy,
    pub(crate) log: Log<'s>,
    pub(crate) run: Run,
    /// Where the branch is checked out.
    pub(crate) dir: Option<PathBuf>,
    /// Whether the working tree that it was begun in has gone on without the branch.
    pub(crate) is_astray: bool,
    /// The commits of the branch since the run was begun, oldest first, once what is left is committed.
    pub(crate) commits: Vec<Commit>,
    /// The last commit of the branch, once what is left is committed.
    pub(crate) tip: ObjectId,
    pub(crate) done: Vec<Done>,
}

impl Work<'_> {
    pub(crate) fn branch(&self) -> &str {
        &self.run.started.branch
    }

    pub(crate) fn reference(&self) -> String {
        format!("refs/heads/{}", self.branch())
    }

    /// Reads the run again, with what was recorded since.
    pub(crate) fn reread(&mut self) -> Result<(), RunError> {
        self.run = crate::choose::again(self.common, &self.run, &self.commits)?;
        Ok(())
    }
}

/// Finishes `run`, which was chosen here. What fails before anything was done is an error; what fails later is in
/// [`Finished::trouble`], beside what was done.
pub fn finish(session: &Session<'_>, run: Run, wish: &Finish) -> Result<Finished, RunError> {
    Place::here(session).must_have(&run)?;
    if run.abandoned.is_some() {
        let run = run.short_branch().to_owned();
        return Err(RunError::Abandoned { run });
    }
    let run = worktree::follow(session, run, COMMAND)?;
    let dir = worktree::of_run(session, &run)?;
    let common = Session::open_at(session.console, &place::common_dir(session))?;
    let there = match &dir {
        Some(dir) => &Session::open_at(session.console, dir)?,
        None => &common,
    };
    worktree::refuse_half_made(there, &run)?;
    let _guard = Guard::of(there, &run)?;
    let policy = there.policy()?;
    let by = place::actor(there, &run);
    let mut work = Work {
        log: Log::new(&common, by, COMMAND),
        session: there,
        common: &common,
        policy: &policy,
        run,
        dir,
        is_astray: false,
        commits: Vec::new(),
        tip: ObjectId::null(session.repo.gix().object_hash()),
        done: Vec::new(),
    };
    refuse_without_remote(&work, wish)?;
    if !commit::what_is_left(&mut work, wish.message.as_deref())? {
        return gone_or_unborn(work.run);
    }
    tell_astray(&mut work)?;
    let trouble = hand_in(&mut work, wish)?;
    match trouble {
        None => complete(&mut work, wish)?,
        Some(_) => work.reread()?,
    }
    Ok(Finished {
        run: work.run,
        worktree: work.dir,
        done: work.done,
        trouble,
    })
}

/// Without a branch there is nothing to do: it was cleaned up, or has no commit yet.
fn gone_or_unborn(run: Run) -> Result<Finished, RunError> {
    let is_unborn = run.started.commit.is_none() && run.commits.is_empty();
    match run.state == TaskState::Completed || is_unborn {
        true => Ok(Finished {
            done: done_before(&run),
            run,
            worktree: None,
            trouble: None,
        }),
        false => Err(RunError::BranchGone {
            branch: run.started.branch,
        }),
    }
}

/// What the record has of a run whose branch is no longer needed here.
fn done_before(run: &Run) -> Vec<Done> {
    let pushed = run.push.as_ref().and_then(|push| {
        Some(Done::Pushed {
            remote: push.remote.clone(),
            commit: ObjectId::from_hex(push.commit.as_bytes()).ok()?,
            existed: true,
        })
    });
    let opened = run.pull_request.as_ref().map(|opened| Done::PullRequest {
        url: opened.url.clone(),
        existed: true,
    });
    match pushed {
        Some(pushed) => [pushed].into_iter().chain(opened).collect(),
        None => vec![Done::NothingToPush],
    }
}

/// Whether the branch is to be pushed: who asks for a pull request asks for that.
fn wants_push(policy: &Policy, wish: &Finish) -> bool {
    let asks = wish.pull_request == Some(true) || wish.merge;
    wish.push.unwrap_or(policy.runs.push || asks)
}

/// Refuses, before anything is done, what was asked for and needs a remote that is not there, or is one of several.
fn refuse_without_remote(work: &Work<'_>, wish: &Finish) -> Result<(), RunError> {
    let repo = &work.common.repo;
    if !wants_push(work.policy, wish) || remote::of(repo, Some(work.branch())).is_some() {
        return Ok(());
    }
    if refs::find(repo, &work.reference())?.is_none() {
        return Ok(());
    }
    let is_asked = wish.push == Some(true) || wish.pull_request == Some(true) || wish.merge;
    match remote::names(repo) {
        names if !names.is_empty() => Err(RunError::WhichRemote { names }),
        _ if is_asked => Err(RunError::NoRemote),
        _ => Ok(()),
    }
}

/// Work that was begun on the branch and went on beside it is not handed in; nobody is to miss that.
fn tell_astray(work: &mut Work<'_>) -> Result<(), RunError> {
    if work.dir.is_some() {
        return Ok(());
    }
    if let Some(dir) = worktree::astray(work.common, &work.run, work.tip)? {
        work.is_astray = true;
        work.done.push(Done::Kept(not_on_branch(&dir, &work.run)));
    }
    Ok(())
}

/// What is said of a working tree that has gone on without its branch.
pub(crate) fn not_on_branch(dir: &Path, run: &Run) -> String {
    format!(
        "what is in '{}' is not part of the run: it is not on branch '{}'",
        dir.display(),
        run.started.branch
    )
}

/// Pushes and opens the pull request, as far as that is wanted.
fn hand_in(work: &mut Work<'_>, wish: &Finish) -> Result<Option<Trouble>, RunError> {
    if work.run.started.commit.as_deref() == Some(work.tip.to_string().as_str()) {
        work.done.push(Done::NothingToPush);
        return Ok(None);
    }
    if !wants_push(work.policy, wish) {
        work.done.push(Done::NotPushed);
        return Ok(None);
    }
    let Some(remote) = remote::of(&work.session.repo, Some(work.branch())) else {
        work.done.push(Done::NoRemote);
        return Ok(None);
    };
    let wants_request = wish.pull_request != Some(false);
    let way = match (wish.pull_request, work.policy.runs.pull_request) {
        (Some(true), PullRequest::Never) => PullRequest::Auto,
        (_, way) => way,
    };
    let asked = pull_request::Asked {
        way: if wants_request {
            way
        } else {
            PullRequest::Never
        },
        draft: work.policy.runs.draft && !wish.merge,
        merge: wish.merge,
        by_name: wish.pull_request == Some(true),
    };
    pull_request::push_and_open(work, &remote, &asked)
}

/// Says that it is done, and takes away what is no longer needed.
fn complete(work: &mut Work<'_>, wish: &Finish) -> Result<(), RunError> {
    work.reread()?;
    if work.run.state != TaskState::Completed {
        work.log
            .tell(work.run.id, TaskCompleted { run: work.run.id })?;
    }
    let cleanup = wish.cleanup.unwrap_or(work.policy.runs.cleanup);
    if cleanup != Cleanup::Keep {
        clean::up(work, cleanup, wish.discard_ignored)?;
    }
    work.reread()
}

/// What stands first in a message of git's.
pub(crate) fn first_line(text: &[u8]) -> String {
    text.lines()
        .next()
        .unwrap_or_default()
        .to_str_lossy()
        .into_owned()
}
