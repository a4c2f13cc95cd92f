//! `abandon`: gives a run up; its work stays restorable.

mod aside;
mod keep;

use std::path::{Path, PathBuf};

use checkpoint_cli::Session;
use checkpoint_git::refs;
use checkpoint_model::{event::RunAbandoned, policy::Policy, run::Run, verdict::Verdict};
use checkpoint_store::Stored;
use gix::ObjectId;

use self::{
    aside::step_aside,
    keep::{has_changed_since, keep, kept_again, kept_before},
};
use crate::{
    Log, Place, RunError,
    finish::{Removed, not_on_branch, remove},
    guard::Guard,
    place,
    resume::{is_unborn, last_commit},
    worktree,
};

/// The command, for records and reflogs.
const COMMAND: &str = "git agent-run abandon";

/// How a run is given up.
#[derive(Debug, Clone, Default)]
pub struct Abandon {
    /// Why, for the record.
    pub reason: Option<String>,
    /// Whether ignored files, which no checkpoint holds, go with its working tree.
    pub discard_ignored: bool,
}

/// A run that was given up.
#[derive(Debug, Clone)]
pub struct Abandoned {
    /// The run as it is now.
    pub run: Run,
    /// The checkpoint that has its work; none where there was nothing beyond what the remote has.
    pub checkpoint: Option<Stored>,
    /// The working tree that was removed.
    pub worktree: Option<PathBuf>,
    /// The ignored files and directories that went with it.
    pub ignored: Vec<String>,
    /// Whether the branch was removed.
    pub is_branch_removed: bool,
    /// Whether `resume` has anything to begin with: a checkpoint, a branch, or a commit that is known.
    pub is_restorable: bool,
    /// What stays, and why.
    pub kept: Vec<String>,
}

/// Gives `run` up: keeps its work as a named checkpoint, which no retention takes, then removes the working tree that
/// was made for it and its branch. Nothing is removed that the checkpoint does not hold; in a working tree that was not
/// made for the run, no file changes but as `git switch` changes them. Whoever was interrupted can do it again.
///
/// Refused where the working tree that would go has ignored files that no checkpoint holds, unless they are to go.
pub fn abandon(session: &Session<'_>, run: &Run, wish: &Abandon) -> Result<Abandoned, RunError> {
    Place::here(session).must_have(run)?;
    let run = &worktree::follow(session, run.clone(), COMMAND)?;
    let common = common(session)?;
    let tip = refs::find(&common.repo, &format!("refs/heads/{}", run.started.branch))?;
    if run.abandoned.is_some() && tip.is_none() {
        let run = run.short_branch().to_owned();
        return Err(RunError::Abandoned { run });
    }
    let dir = worktree::of_run(&common, run)?;
    let there = match &dir {
        Some(dir) => &Session::open_at(session.console, dir)?,
        None => &common,
    };
    worktree::refuse_half_made(there, run)?;
    let _guard = Guard::of(there, run)?;
    let log = Log::new(&common, place::actor(there, run), COMMAND);
    let policy = there.policy()?;
    if let Some(dir) = dir.as_ref().filter(|dir| is_its_own(run, dir))
        && !wish.discard_ignored
    {
        refuse_ignored(there, &policy, run, dir)?;
    }
    let checkpoint = match &dir {
        Some(_) => Some(match kept_again(there, &policy, run)? {
            Some(kept) => kept,
            None => keep(there, &policy, run)?,
        }),
        None => kept_before(&common, run, tip)?,
    };
    let event = RunAbandoned {
        run: run.id,
        reason: wish.reason.clone(),
        checkpoint: checkpoint.as_ref().map(|stored| stored.checkpoint.id),
        commit: tip.map(|tip| tip.to_string()),
    };
    // Before anything goes: whatever happens next, the record knows where the work is.
    log.tell(run.id, event)?;
    let mut kept = Vec::new();
    let ignored = match &dir {
        Some(dir) => worktree::ignored(there, dir)?,
        None => Vec::new(),
    };
    let ignored = ignored.iter().map(|path| path.to_string()).collect();
    let left = match (&dir, &checkpoint) {
        (Some(dir), Some(stored)) => leave(there, &policy, run, dir, stored, tip, &mut kept)?,
        _ => Left::Gone(None),
    };
    let (has_left, worktree) = match left {
        Left::Gone(dir) => (true, dir),
        Left::Stays => (false, None),
    };
    let ignored = if worktree.is_some() {
        ignored
    } else {
        Vec::new()
    };
    let is_kept = checkpoint.is_some() || !has_unpushed(run, tip);
    let astray = match (&dir, tip) {
        (None, Some(tip)) => worktree::astray(&common, run, tip)?,
        _ => None,
    };
    if let Some(dir) = &astray {
        kept.push(not_on_branch(dir, run));
    }
    if has_left && !is_kept {
        kept.push(format!(
            "branch '{}' stays: it has commits that are not pushed, and is checked out nowhere",
            run.started.branch
        ));
    }
    let removed = Removed {
        branch: tip.filter(|_| has_left && is_kept && astray.is_none()),
        worktree: worktree.is_some(),
    };
    if removed.branch.is_some() || removed.worktree {
        remove(&log, &common, run, removed)?;
    }
    let is_restorable = tip.is_some()
        || is_unborn(run, checkpoint.as_ref())
        || last_commit(&common, run, checkpoint.as_ref()).is_ok();
    Ok(Abandoned {
        is_restorable,
        run: crate::choose::again(&common, run, &[])?,
        checkpoint,
        worktree,
        ignored,
        is_branch_removed: removed.branch.is_some(),
        kept,
    })
}

/// Whether the working tree at `dir` was made for the run, and goes with it.
fn is_its_own(run: &Run, dir: &Path) -> bool {
    run.is_linked && Path::new(&run.worktree) == dir
}

fn refuse_ignored(
    session: &Session<'_>,
    policy: &Policy,
    run: &Run,
    dir: &Path,
) -> Result<(), RunError> {
    match worktree::unkept(session, policy, dir)?.as_slice() {
        [] => Ok(()),
        paths => Err(RunError::Ignored {
            run: run.short_branch().to_owned(),
            dir: dir.to_owned(),
            paths: worktree::in_short(paths),
        }),
    }
}

/// The repository, from where no working tree of a run can take it away.
fn common<'c>(session: &Session<'c>) -> Result<Session<'c>, RunError> {
    Ok(Session::open_at(
        session.console,
        &place::common_dir(session),
    )?)
}

/// Whether the branch has commits that only this repository has.
fn has_unpushed(run: &Run, tip: Option<ObjectId>) -> bool {
    let tip = tip.map(|tip| tip.to_string());
    let pushed = run.push.as_ref().map(|push| push.commit.clone());
    tip.is_some() && tip != pushed && tip != run.started.commit
}

/// Whether the branch is still checked out.
enum Left {
    /// It is nowhere; the working tree that is gone with it.
    Gone(Option<PathBuf>),
    Stays,
}

fn leave(
    session: &Session<'_>,
    policy: &Policy,
    run: &Run,
    dir: &Path,
    stored: &Stored,
    tip: Option<ObjectId>,
    kept: &mut Vec<String>,
) -> Result<Left, RunError> {
    if !is_its_own(run, dir) {
        return step_aside(session, run, tip, kept);
    }
    let stays = |why: &str| format!("working tree '{}' stays: {why}", dir.display());
    if stored.checkpoint.created.verdict != Verdict::Full {
        let skipped = stored.checkpoint.created.skipped.iter();
        let paths: Vec<_> = skipped
            .map(|skipped| skipped.path.as_bstr().into())
            .collect();
        let paths = worktree::in_short(&paths);
        kept.push(stays(&format!("the checkpoint does not hold {paths}")));
        return Ok(Left::Stays);
    }
    if has_changed_since(session, policy, stored.checkpoint.id)? {
        kept.push(stays("somebody works in it"));
        return Ok(Left::Stays);
    }
    match worktree::discard(session, dir) {
        Ok(()) => Ok(Left::Gone(Some(dir.to_owned()))),
        Err(error) => {
            kept.push(stays(&crate::log::said(&error)));
            Ok(Left::Stays)
        }
    }
}
