//! `resume`: goes on with a run, also one that was given up.

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicU64,
};

use checkpoint_cli::{Additions, Session};
use checkpoint_git::refs::{self, RefChange};
use checkpoint_model::{
    event::RunResumed,
    policy::Policy,
    restore::{Action, Scope},
    run::Run,
    slug::Slug,
};
use checkpoint_restore::{Asked, Restore};
use checkpoint_store::{Place as StatePlace, Stored};
use gix::ObjectId;

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
    /// Where the run belonged to before it was taken over.
    pub taken_from: Option<Place>,
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
    let at = match wish.at {
        Some(at) => Some(at),
        None => of_abandoned(session, run)?,
    };
    let log = Log::new(session, place::actor(session, run), COMMAND);
    let branch = &run.started.branch;
    let reference = format!("refs/heads/{branch}");
    let tip = refs::find(&session.repo, &reference)?;
    let checked_out = worktree::of_branch(session, branch)?;
    let (dir, is_linked) = match &checked_out {
        Some(dir) => (dir.clone(), is_its_own(run, dir)),
        None => place_for(session, run),
    };
    let commit = match tip {
        Some(tip) => tip,
        None => last_commit(session, run, at.as_ref())?,
    };
    let head = session.repo.head()?;
    let is_at_head = !is_linked && head.id == Some(commit);
    if checked_out.is_none() && !is_at_head {
        refuse_dirty(session, &dir, is_linked)?;
    }
    if tip.is_none() {
        let create = RefChange::create(reference.clone(), commit);
        let who = session.repo.signature(session.now());
        refs::transaction(&session.repo, &[create], COMMAND, &who)?;
    }
    let went = match (&checked_out, is_at_head) {
        (Some(_), _) => Ok(()),
        (None, true) => session
            .repo
            .move_head(&head, &reference)
            .map_err(RunError::from),
        (None, false) => check_out(session, &dir, branch, is_linked),
    };
    if let Err(error) = went {
        log.tell_failure(run.id, "worktree", &error);
        return Err(error);
    }
    let backup = match &at {
        Some(at) => put_back(session, &dir, at)?,
        None => None,
    };
    let resumed = RunResumed {
        run: run.id,
        checkpoint: at.as_ref().map(|at| at.checkpoint.id),
        worktree: dir.to_string_lossy().into_owned(),
        linked: is_linked,
        repository: taken_from.is_some().then_some(here.repository),
    };
    log.tell(run.id, resumed)?;
    remember(session, run);
    Ok(Resumed {
        run: crate::choose::again(session, run, &[])?,
        worktree: dir,
        checkpoint: at,
        backup,
        taken_from,
    })
}

/// Finds the working tree of a run again that was moved with its repository, or by it; gives where the run belonged to.
fn take_over(session: &Session<'_>, run: &Run) -> Place {
    for dir in [PathBuf::from(&run.worktree), default_place(session, run)] {
        worktree::find_again(session, &dir);
    }
    Place::of(run)
}

fn default_place(session: &Session<'_>, run: &Run) -> PathBuf {
    worktree::default_dir(session, &Slug::of(&run.started.task), run.started.number)
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

/// Whether the working tree at `dir` was made for the run, also where nobody has recorded that it is there again.
fn is_its_own(run: &Run, dir: &Path) -> bool {
    run.is_linked || (run.started.linked && dir == Path::new(&run.started.worktree))
}

/// Where the branch goes: a working tree of its own, as it had one, or the one that the run was begun in.
fn place_for(session: &Session<'_>, run: &Run) -> (PathBuf, bool) {
    let here = Place::here(session);
    let was_begun_here = run.by.host == here.host && run.started.repository == here.repository;
    match (run.started.linked, was_begun_here) {
        (true, true) => (PathBuf::from(&run.started.worktree), true),
        (true, false) => (default_place(session, run), true),
        (false, _) => (PathBuf::from(session.worktree()), false),
    }
}

fn refuse_dirty(session: &Session<'_>, dir: &Path, is_linked: bool) -> Result<(), RunError> {
    if is_linked {
        let is_empty = fs_err::read_dir(dir).map_or(true, |mut entries| entries.next().is_none());
        return match is_empty {
            true => Ok(()),
            false => Err(RunError::Occupied {
                dir: dir.to_owned(),
            }),
        };
    }
    if session.repo.work_tree().is_none() {
        return Err(RunError::Bare);
    }
    if let Some(&operation) = checkpoint_capture::operations(&session.repo)?.first() {
        return Err(RunError::InOperation { operation });
    }
    let words = ["status", "--porcelain", "--untracked-files=no"];
    match session.repo.git(words).output()?.is_empty() {
        true => Ok(()),
        false => Err(RunError::DirtyHere),
    }
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

fn check_out(
    session: &Session<'_>,
    dir: &Path,
    branch: &str,
    is_linked: bool,
) -> Result<(), RunError> {
    if is_linked {
        return Ok(worktree::add(session, dir, branch)?);
    }
    let words = ["switch", "--quiet", "--no-guess", branch];
    session.repo.git(words).output()?;
    Ok(())
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
