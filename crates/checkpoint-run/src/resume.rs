//! `resume`: goes on with a run, also one that was given up.

mod ground;

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicU64,
};

use bstr::ByteSlice as _;
use checkpoint_cli::{Additions, Session};
use checkpoint_git::refs;
use checkpoint_model::{
    event::RunResumed,
    policy::Policy,
    restore::{Action, Scope},
    run::Run,
};
use checkpoint_restore::{Asked, Restore};
use checkpoint_store::{Place as StatePlace, Stored};
use gix::ObjectId;

use self::ground::{Ground, default_place};
use crate::{Log, Place, RunError, config::remember, place, worktree};

/// The command, for records and reflogs.
const COMMAND: &str = "git agent-run resume";

/// How a run is to go on.
#[derive(Debug, Clone, Default)]
pub struct Resume {
    /// The checkpoint to put back, where it is not the one that was made when the run was given up.
    pub at: Option<Stored>,
    /// Whether a run of another clone belongs to this one from now on.
    pub take_over: bool,
}

/// A run that goes on.
#[derive(Debug, Clone)]
pub struct Resumed {
    /// The run as it is now.
    pub run: Run,
    /// Where its working tree is.
    pub worktree: PathBuf,
    /// The checkpoint that was put back there.
    pub checkpoint: Option<Stored>,
    /// The checkpoint of what was there before that.
    pub backup: Option<checkpoint_model::id::CheckpointId>,
    /// How the branch was moved by that.
    pub moved: Option<Moved>,
    /// Where the run belonged to before it was taken over.
    pub taken_from: Option<Place>,
}

/// A branch that a checkpoint has moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Its last commit before.
    pub from: ObjectId,
    /// Its last commit now.
    pub to: ObjectId,
    /// How many commits are no longer on it; the backup has them.
    pub set_aside: usize,
}

/// Goes on with `run`: makes its branch again where it was removed, checks it out again where it was, and puts back the
/// checkpoint that is asked for, or the one that was made when the run was given up. What is there is backed up before.
///
/// A run of another clone is refused, unless it is to be taken over: then its branch has to be here, or its last commit
/// or that checkpoint. Its working tree is found again where the repository was moved, else made beside this one.
///
/// The record says that the run goes on when all of that is done: whoever was interrupted can do it again, and no
/// `finish` takes a working tree for the run's in which its work is not there yet.
pub fn resume(session: &Session<'_>, run: &Run, wish: Resume) -> Result<Resumed, RunError> {
    let here = Place::here(session);
    let taken_from = match wish.take_over && !here.has(run) {
        true => Some(take_over(session, run)),
        false => here.must_have(run).map(|()| None)?,
    };
    let run = &worktree::follow(session, run.clone(), COMMAND)?;
    let at = match wish.at {
        Some(at) => Some(of_its_branch(run, at)?),
        None => of_abandoned(session, run)?,
    };
    let log = Log::new(session, place::actor(session, run), COMMAND);
    let ground = Ground::look(session, run, at.as_ref())?;
    ground.make_branch()?;
    if let Err(error) = ground.enter() {
        log.tell_failure(run.id, "worktree", &error);
        return Err(error);
    }
    let backup = match &at {
        Some(at) => put_back(session, &ground.dir, at)?,
        None => None,
    };
    let moved = match ground.commit {
        Some(before) => moved(session, run, before)?,
        None => None,
    };
    let resumed = RunResumed {
        run: run.id,
        checkpoint: at.as_ref().map(|at| at.checkpoint.id),
        worktree: ground.dir.to_string_lossy().into_owned(),
        linked: ground.is_linked,
        repository: taken_from.is_some().then_some(here.repository),
    };
    log.tell(run.id, resumed)?;
    remember(session, run);
    Ok(Resumed {
        run: crate::choose::again(session, run, &[])?,
        worktree: ground.dir,
        checkpoint: at,
        backup,
        moved,
        taken_from,
    })
}

/// The checkpoint that is asked for, unless it would take the working tree to another branch than that of the run.
fn of_its_branch(run: &Run, at: Stored) -> Result<Stored, RunError> {
    let created = &at.checkpoint.created;
    match created
        .branch
        .as_ref()
        .filter(|of| **of != run.started.branch)
    {
        None => Ok(at),
        Some(branch) => Err(RunError::OtherBranch {
            run: run.short_branch().to_owned(),
            checkpoint: at.checkpoint.id,
            branch: branch.clone(),
        }),
    }
}

/// How the branch has left `before`.
fn moved(session: &Session<'_>, run: &Run, before: ObjectId) -> Result<Option<Moved>, RunError> {
    let reference = format!("refs/heads/{}", run.started.branch);
    let now = refs::find(&session.repo, &reference)?;
    let Some(to) = now.filter(|now| *now != before) else {
        return Ok(None);
    };
    let range = format!("{to}..{before}");
    let aside = session.repo.git(["rev-list", &range, "--"]).output()?;
    Ok(Some(Moved {
        from: before,
        to,
        set_aside: aside.lines().count(),
    }))
}

/// Finds the working tree of a run again that was moved with its repository, or by it; gives where the run belonged to.
fn take_over(session: &Session<'_>, run: &Run) -> Place {
    for dir in [PathBuf::from(&run.worktree), default_place(session, run)] {
        worktree::find_again(session, &dir);
    }
    Place::of(run)
}

/// The checkpoint that was made when the run was given up, if its state is here.
fn of_abandoned(session: &Session<'_>, run: &Run) -> Result<Option<Stored>, RunError> {
    let Some(id) = run.abandoned.as_ref().and_then(|given| given.checkpoint) else {
        return Ok(None);
    };
    let stored = session.choose_state(&id.to_string());
    match stored {
        Err(_) if !Place::here(session).has(run) => Err(RunError::WorkElsewhere {
            run: run.short_branch().to_owned(),
            checkpoint: id,
            repository: run.repository.clone(),
        }),
        stored => Ok(Some(stored?)),
    }
}

/// Whether the run began on a branch without a commit, and was given up before it made one; `at` has all of it.
pub(crate) fn is_unborn(run: &Run, at: Option<&Stored>) -> bool {
    let never = run.started.commit.is_none() && run.commits.is_empty();
    never && at.is_some_and(|at| at.checkpoint.created.head.is_none())
}

/// The commit that a branch which is gone had last: as the checkpoint has it, or as it was recorded.
pub(crate) fn last_commit(
    session: &Session<'_>,
    run: &Run,
    at: Option<&Stored>,
) -> Result<ObjectId, RunError> {
    let of_checkpoint = at.and_then(|at| at.checkpoint.created.head.clone());
    let recorded = run
        .abandoned
        .as_ref()
        .and_then(|given| given.commit.clone());
    let known = [
        of_checkpoint,
        recorded,
        run.push.as_ref().map(|push| push.commit.clone()),
        run.commits.last().cloned(),
    ];
    let ids = known.into_iter().flatten();
    let ids = ids.filter_map(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
    let mut here = ids.filter(|id| session.repo.gix().find_object(*id).is_ok());
    here.next().ok_or_else(|| RunError::BranchGone {
        branch: run.started.branch.clone(),
    })
}

/// Puts the checkpoint back exactly, with a backup of what is there.
fn put_back(
    session: &Session<'_>,
    dir: &Path,
    at: &Stored,
) -> Result<Option<checkpoint_model::id::CheckpointId>, RunError> {
    if at.place != StatePlace::Here {
        let id = at.checkpoint.id;
        return Err(checkpoint_store::StoreError::StateMissing { id }.into());
    }
    let there = Session::open_at(session.console, dir)?;
    let policy: Policy = there.policy_of_moves()?;
    let request = there.request(&policy.capture, &Additions::default())?;
    let asked = Asked {
        scope: Some(Scope::Exact),
        paths: Vec::new(),
        discard: Vec::new(),
        action: Action::Restore,
        branch: None,
        unseen: Vec::new(),
    };
    let seen = AtomicU64::new(0);
    let restore = Restore::prepare(&there.repo, at, &asked, &request, &policy, &seen)?;
    if restore.plan().is_empty() {
        return Ok(None);
    }
    restore.guard()?;
    let doing = there.doing(COMMAND);
    let restored = restore.run(&doing, env!("CARGO_PKG_VERSION"), &there.worktree())?;
    Ok(restored.backup)
}
