//! `start`: from a task to a branch, a working tree and a record.

use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_git::{
    Head,
    refs::{RefChange, RefError},
};
use checkpoint_model::{
    event::{EventBody, GitBranchCreated, TaskStarted},
    id::{CheckpointId, RunId},
    policy::{BranchPrefix, Policy},
    run::Run,
    slug::{RunBranches, Slug},
};
use checkpoint_store::{StoreError, fresh};
use checkpoint_work::{Created, Wish};
use gix::ObjectId;

pub use crate::back::take_back;
use crate::{Log, Place, RunError, number, remote, worktree};

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
    let checkpoint = keep_what_is_there(session, policy, wish)?;
    let branches = RunBranches {
        prefix: wish
            .prefix
            .clone()
            .unwrap_or_else(|| policy.runs.branch_prefix.clone()),
        slug: Slug::of(&wish.task),
    };
    let known = checkpoint_store::runs(&session.repo)?.runs;
    let remote = remote::of(&session.repo, ground.base_branch());
    let free = number::next(session, &branches, &known, remote.as_deref())?;
    let actor = session.actor(wish.who.agent.as_deref(), wish.who.session.as_deref());
    let log = Log::new(session, actor, COMMAND);
    let mut begun = make_branch(
        session,
        &log,
        wish,
        &ground,
        &branches,
        free.number,
        checkpoint,
    )?;
    if let Err(error) = enter(session, &ground, &mut begun) {
        crate::back::after_failure(session, &log, &begun, "start", &error);
        return Err(error);
    }
    let run = checkpoint_store::run_by_id(&session.repo, begun.run)?;
    Ok(Started {
        run: run.ok_or(RunError::Unrecorded)?,
        unasked: free.unasked,
        begun,
    })
}

/// Where the run begins, and what is there.
struct Ground {
    head: Head,
    /// Where the branch begins; none on an unborn HEAD.
    commit: Option<ObjectId>,
    base: Option<String>,
    /// Whether HEAD can be put on the branch without a look at index and files.
    is_at_head: bool,
    wants_worktree: bool,
}

impl Ground {
    /// Looks, and refuses what cannot be begun; writes nothing.
    fn look(session: &Session<'_>, wish: &Start) -> Result<Self, RunError> {
        let repo = &session.repo;
        let head = repo.head()?;
        let wants_worktree = wish.worktree != Worktree::Present;
        let base = match (&wish.base, head.branch()) {
            (Some(base), _) => Some(base.clone()),
            (None, branch) => branch.map(|branch| branch.to_str_lossy().into_owned()),
        };
        let commit = match &wish.base {
            Some(base) => Some(commit_of(session, base)?),
            None => head.id,
        };
        let ground = Self {
            is_at_head: commit == head.id,
            head,
            commit,
            base,
            wants_worktree,
        };
        match wants_worktree {
            true if ground.commit.is_none() => Err(RunError::NoCommit),
            true => Ok(ground),
            false => ground.refuse_unsafe(session).map(|()| ground),
        }
    }

    /// Refuses to move HEAD where that would lose something, or end an operation.
    fn refuse_unsafe(&self, session: &Session<'_>) -> Result<(), RunError> {
        if session.repo.work_tree().is_none() {
            return Err(RunError::Bare);
        }
        if let Some(&operation) = checkpoint_capture::operations(&session.repo)?.first() {
            return Err(RunError::InOperation { operation });
        }
        let words = ["status", "--porcelain", "--untracked-files=no"];
        if !self.is_at_head && !session.repo.git(words).output()?.is_empty() {
            let base = self.base.clone().unwrap_or_default();
            return Err(RunError::Dirty { base });
        }
        Ok(())
    }

    /// The branch that the run begins at, if it is one.
    fn base_branch(&self) -> Option<&str> {
        self.base.as_deref()
    }
}

fn commit_of(session: &Session<'_>, base: &str) -> Result<ObjectId, RunError> {
    let unknown = || RunError::UnknownBase {
        base: base.to_owned(),
    };
    let commit = format!("{base}^{{commit}}");
    let words = [
        "rev-parse",
        "--quiet",
        "--verify",
        "--end-of-options",
        &commit,
    ];
    let hex = session.git_here(words).answer()?.ok_or_else(unknown)?;
    ObjectId::from_hex(hex.trim_end()).map_err(|_| unknown())
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

/// How many numbers are passed over where something lies in the way of their working trees.
const N_TRIES: u32 = 1000;

/// Makes the branch and the record in one transaction. Who comes second takes the next number.
fn make_branch(
    session: &Session<'_>,
    log: &Log<'_>,
    wish: &Start,
    ground: &Ground,
    branches: &RunBranches,
    free: u32,
    checkpoint: Option<CheckpointId>,
) -> Result<Begun, RunError> {
    let run = fresh::run_id(log.now());
    for number in free.. {
        let branch = branches.nth(number);
        let reference = format!("refs/heads/{branch}");
        let worktree = match &wish.worktree {
            Worktree::Present => None,
            Worktree::Beside => Some(worktree::default_dir(session, &branches.slug, number)),
            Worktree::At(dir) => Some(worktree::plain(&session.surroundings.cwd.join(dir))),
        };
        if let Some(dir) = worktree.as_ref().filter(|dir| is_occupied(dir)) {
            // Of two who begin at once, one has made the working tree of this number by now.
            if wish.worktree == Worktree::Beside && number < free + N_TRIES {
                continue;
            }
            return Err(RunError::Occupied { dir: dir.clone() });
        }
        let commit = ground.commit.map(|id| id.to_string());
        let started = TaskStarted {
            run,
            task: wish.task.clone(),
            task_id: wish.task_id.clone(),
            number,
            branch: branch.clone(),
            base: ground.base.clone(),
            commit: commit.clone(),
            repository: Place::here(session).repository,
            worktree: worktree.as_ref().map_or_else(
                || session.worktree(),
                |dir| dir.to_string_lossy().into_owned(),
            ),
            linked: worktree.is_some(),
            model: wish.who.model.clone(),
            checkpoint,
            template: wish.template.clone(),
        };
        let made = GitBranchCreated {
            run,
            branch: branch.clone(),
            commit,
        };
        let create = ground
            .commit
            .map(|id| RefChange::create(reference.clone(), id));
        let changes: Vec<_> = create.into_iter().collect();
        let told: [EventBody; 2] = [started.into(), made.into()];
        match log.tell_with(run, told, &changes) {
            Err(StoreError::Refs(RefError::Moved { name, .. })) if name == reference => {}
            Err(StoreError::Refs(RefError::Program(_))) if is_there(session, &reference) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => {
                return Ok(Begun {
                    run,
                    branch,
                    commit: ground.commit,
                    head: None,
                    has_switched: false,
                    worktree,
                });
            }
        }
    }
    Err(RunError::NoNumber)
}

/// git-update-ref does not say what stood in its way.
fn is_there(session: &Session<'_>, reference: &str) -> bool {
    checkpoint_git::refs::find(&session.repo, reference).is_ok_and(|found| found.is_some())
}

/// Whether something lies where a working tree is to be: git would refuse, but only after the branch was made.
fn is_occupied(dir: &Path) -> bool {
    match fs_err::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
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
            session.repo.git(words).output()?;
        }
    }
    begun.head = Some(ground.head.clone());
    Ok(())
}
