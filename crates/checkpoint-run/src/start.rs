//! `start`: from a task to a branch, a working tree and a record.
//!
//! Read in this order: [`start`] tells the story; `ground` looks where it begins, and refuses; `branch` makes the branch
//! and the record.

mod branch;
mod ground;

use std::path::PathBuf;

use checkpoint_cli::Session;
use checkpoint_git::Head;
use checkpoint_model::{
    id::{CheckpointId, RunId},
    policy::{BranchPrefix, Policy},
    run::Run,
    slug::{RunBranches, Slug},
};
use checkpoint_work::{Created, Wish};
use gix::ObjectId;

use self::{branch::Making, ground::Ground};
pub use crate::back::take_back;
use crate::{Log, RunError, number, remote, worktree};

/// The command, for records and reflogs.
const COMMAND: &str = "git agent-run start";

/// Who a run is for.
#[derive(Debug, Clone, Default)]
pub struct Who {
    /// The agent.
    pub agent: Option<String>,
    /// Its session.
    pub session: Option<String>,
    /// Its model.
    pub model: Option<String>,
}

/// What is to be started.
#[derive(Debug, Clone)]
pub struct Start {
    /// The task, in somebody's words.
    pub task: String,
    /// Names the task elsewhere, and in every repository that it is about.
    pub task_id: Option<String>,
    /// What stands in front of the branch, where it is not the policy's.
    pub prefix: Option<BranchPrefix>,
    /// Where the branch begins, where it is not HEAD.
    pub base: Option<String>,
    /// In which working tree.
    pub worktree: Worktree,
    /// For whom.
    pub who: Who,
    /// The template of the subjects of its commits, where it is not the policy's.
    pub template: Option<String>,
}

/// The working tree of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worktree {
    /// The one that we are in: HEAD moves to the new branch, and the work in it is carried over.
    Present,
    /// One of its own, beside the repository.
    Beside,
    /// One of its own, there.
    At(PathBuf),
}

/// A run that was started.
#[derive(Debug, Clone)]
pub struct Started {
    /// The run.
    pub run: Run,
    /// Why the remote was not asked for the next number, where it could not be.
    pub unasked: Option<String>,
    /// How it is taken back.
    pub(crate) begun: Begun,
}

/// What was done so far, for who has to take it back.
#[derive(Debug, Clone)]
pub(crate) struct Begun {
    pub(crate) run: RunId,
    /// Without `refs/heads/`.
    pub(crate) branch: String,
    pub(crate) commit: Option<ObjectId>,
    /// HEAD as it was, where it was moved.
    pub(crate) head: Option<Head>,
    /// Whether files were changed by that.
    pub(crate) has_switched: bool,
    /// The working tree, where one was made.
    pub(crate) worktree: Option<PathBuf>,
}

/// Starts a run: keeps what is there, makes the branch together with the record of the run, and puts the working tree on
/// it. When anything fails, the branch and the working tree that were made are gone again, and the record tells of it.
pub fn start(session: &Session<'_>, policy: &Policy, wish: &Start) -> Result<Started, RunError> {
    let ground = Ground::look(session, wish)?;
    let branches = RunBranches {
        prefix: wish
            .prefix
            .clone()
            .unwrap_or_else(|| policy.runs.branch_prefix.clone()),
        slug: Slug::of(&wish.task),
    };
    let branch = branches.nth(1);
    if policy.branches.is_protected(&branch) {
        return Err(RunError::Protected { branch });
    }
    let checkpoint = keep_what_is_there(session, policy, wish)?;
    let known = checkpoint_store::runs(&session.repo)?.runs;
    let remote = remote::of(&session.repo, ground.base_branch());
    let free = number::next(session, &branches, &known, remote.as_deref())?;
    let actor = session.actor(wish.who.agent.as_deref(), wish.who.session.as_deref());
    let log = Log::new(session, actor, COMMAND);
    let making = Making {
        session,
        log: &log,
        wish,
        ground: &ground,
        branches: &branches,
        checkpoint,
    };
    let mut begun = making.make(free.number)?;
    if let Err(error) = enter(session, &ground, &mut begun) {
        crate::back::after_failure(session, &log, &begun, "start", &error);
        return Err(error);
    }
    let run = checkpoint_store::run_by_id(&session.repo, begun.run)?;
    let run = run.ok_or(RunError::Unrecorded)?;
    crate::config::remember(session, &run);
    Ok(Started {
        run,
        unasked: free.unasked,
        begun,
    })
}

/// The checkpoint of what is there, before anything; none in a bare repository.
fn keep_what_is_there(
    session: &Session<'_>,
    policy: &Policy,
    wish: &Start,
) -> Result<Option<CheckpointId>, RunError> {
    if session.repo.work_tree().is_none() {
        return Ok(None);
    }
    let wanted = Wish {
        agent: wish.who.agent.clone(),
        session: wish.who.session.clone(),
        task: wish.task_id.clone().or_else(|| Some(wish.task.clone())),
        ..Wish::automatic(COMMAND, None, &format!("before the run of '{}'", wish.task))
    };
    let created = checkpoint_work::create(session, policy, &wanted)?;
    Ok(Some(match created {
        Created::Made { stored, .. } => stored.checkpoint.id,
        Created::Unchanged { latest } => latest.checkpoint.id,
    }))
}

/// Puts a working tree on the branch.
fn enter(session: &Session<'_>, ground: &Ground, begun: &mut Begun) -> Result<(), RunError> {
    if ground.wants_worktree {
        let dir = begun.worktree.clone().unwrap_or_default();
        return Ok(worktree::add(session, &dir, &begun.branch)?);
    }
    let reference = format!("refs/heads/{}", begun.branch);
    match ground.is_at_head {
        true => session.repo.move_head(&ground.head, &reference)?,
        false => {
            begun.has_switched = true;
            let words = ["switch", "--quiet", "--no-guess", &begun.branch];
            let switched = session.repo.git(words).output();
            switched.map_err(worktree::with_reason)?;
        }
    }
    begun.head = Some(ground.head.clone());
    Ok(())
}
