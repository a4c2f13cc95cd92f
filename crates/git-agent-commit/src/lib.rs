//! `git agent-commit`: commit an agent's work, attributed, all or nothing.
//!
//! Read in this order: `args` says what can be typed, `resolve` makes values of it, [`run`] has the commit made, starts
//! a run for it where one is needed, and records what failed where the caller must not stop; `outcome` tells.
//!
//! What it does *not* do: commit (that is [`checkpoint_work`]), start runs (that is [`checkpoint_run`]), print, or choose
//! exit numbers (that is [`checkpoint_cli`]).

mod args;
mod elsewhere;
mod error;
mod schemas;

mod again;
mod outcome;
mod resolve;

use checkpoint_cli::{Console, ErrorReport, Session};
use checkpoint_git::refs;
use checkpoint_model::{event::GitOperationFailed, policy::Policy};
use checkpoint_run::{Start, Started, Worktree, take_back};
use checkpoint_store::{Doing, StoreError, Subject};
use checkpoint_work::{By, CommitError, CommitWish, Committed, Told, WorkError};
use clap::CommandFactory as _;
use gix::ObjectId;

pub use args::Args;
pub use elsewhere::Typed;
pub use error::AgentCommitError;
pub use outcome::CommitOutcome;
pub use schemas::schemas;

use outcome::{Done, Failed};
use resolve::Asked;

/// The name of the command, as one types it; for records and reflogs.
const COMMAND: &str = "git agent-commit";

/// The command line as a value, for the manual and the completions.
#[must_use]
pub fn command() -> clap::Command {
    Args::command()
}

/// Commits what was asked for, in the repository of the current directory.
///
/// With `--best-effort` it never fails: what went wrong is told, and recorded where there is a repository.
pub fn run(Typed(args): Typed, console: &Console) -> Result<CommitOutcome, AgentCommitError> {
    let (is_best_effort, told) = (args.best_effort, resolve::told(&args.who));
    let mut session = None;
    let result = Session::open(console)
        .map_err(AgentCommitError::from)
        .and_then(|opened| commit(session.insert(opened), args));
    match result {
        Ok(done) => Ok(CommitOutcome::Done(Box::new(done))),
        Err(error) if is_best_effort => {
            let failed = failed(console, session.as_ref(), &told, &error);
            Ok(CommitOutcome::Failed(Box::new(failed)))
        }
        Err(error) => Err(error),
    }
}

fn commit(session: &Session<'_>, args: Args) -> Result<Done, AgentCommitError> {
    let policy = session.policy()?;
    let Asked {
        scope,
        words,
        by,
        wants_run,
    } = resolve::asked(session, &policy, args)?;
    let who = by.who.clone();
    let mut run = by.run;
    let mut wish = CommitWish {
        scope,
        words,
        by: Some(by.clone()),
        additions: checkpoint_cli::Additions::default(),
        command: COMMAND,
    };
    let mut started = None;
    if wants_run && !checkpoint_work::is_open(session)? {
        checkpoint_work::is_ready(session, &policy, &wish)?;
        let begun = begin(session, &policy, &by, &wish.words.description)?;
        run = Some(begun.run.id);
        wish.by = Some(By { run, ..by });
        started = Some(begun);
    }
    match checkpoint_work::commit(session, &policy, &wish) {
        Ok(committed) => Ok(Done {
            replaced_by: replaced_by(session, &committed),
            committed,
            who,
            run,
            started,
        }),
        Err(error) => {
            // A run that would begin with nothing is none.
            if let Some(started) = &started {
                take_back(session, started, &error.to_string());
            }
            Err(with_run(session, error).into())
        }
    }
}

/// The tip of the branch, where the commit is no longer on it: a post-commit hook may have amended it.
fn replaced_by(session: &Session<'_>, committed: &Committed) -> Option<ObjectId> {
    let branch = format!("refs/heads/{}", committed.branch);
    let tip = refs::find(&session.repo, &branch).ok()??;
    if tip == committed.id {
        return None;
    }
    let (ours, theirs) = (committed.id.to_string(), tip.to_string());
    let question = ["merge-base", "--is-ancestor", &ours, &theirs];
    matches!(session.repo.git(question).answer(), Ok(None)).then_some(tip)
}

/// Where a branch is protected, a run is the way that needs no other name.
fn with_run(session: &Session<'_>, mut error: WorkError) -> WorkError {
    if let WorkError::Commit(CommitError::Protected { forward, .. }) = &mut error {
        let line = again::with(session.console.start(), "--run");
        let line = line.map_or_else(
            || ", by the same again with --run".to_owned(),
            |line| format!(":\n  {line}"),
        );
        *forward = format!("begin a run, which takes the work along{line}\nor {forward}");
    }
    error
}

/// Starts a run where HEAD may not be committed to: HEAD moves to its branch, and the work with it.
fn begin(
    session: &Session<'_>,
    policy: &Policy,
    By { who, template, .. }: &By,
    description: &str,
) -> Result<Started, AgentCommitError> {
    if description.is_empty() {
        return Err(CommitError::NoDescription.into());
    }
    let text = |text: &str| text.to_owned();
    let task_id = who.task.as_deref().map(text);
    let wish = Start {
        task: task_id.clone().unwrap_or_else(|| text(description)),
        task_id,
        prefix: None,
        base: None,
        worktree: Worktree::Present,
        who: checkpoint_run::Who {
            agent: Some(text(&who.agent)),
            session: who.session.as_deref().map(text),
            model: who.model.as_deref().map(text),
        },
        template: template.as_ref().map(ToString::to_string),
    };
    Ok(checkpoint_run::start(session, policy, &wish)?)
}

/// What there is to tell of a commit that there is not, which is recorded as well.
fn failed(
    console: &Console,
    session: Option<&Session<'_>>,
    told: &Told,
    error: &AgentCommitError,
) -> Failed {
    let run = session.and_then(resolve::run_around);
    let who = checkpoint_work::who(told, run.as_ref(), &console.start().surroundings());
    let mut failed = Failed {
        error: ErrorReport::of(error),
        who: who.ok().flatten(),
        run: run.map(|run| run.id),
        branch: None,
    };
    if let Some(session) = session {
        let head = session.repo.head().ok();
        failed.branch = head.and_then(|head| checkpoint_work::moved_branch(&session.repo, &head));
        record_failure(session, &failed, error);
    }
    failed
}

/// Records that there is no commit: with the run, or with the commit that there was to be one after.
fn record_failure(
    session: &Session<'_>,
    Failed { who, run, .. }: &Failed,
    error: &AgentCommitError,
) {
    let record = || -> Result<(), StoreError> {
        let head = session.repo.head().ok().and_then(|head| head.id);
        let subject = match (run, head) {
            (Some(run), _) => Subject::run(*run),
            (None, Some(head)) => Subject::commit(head),
            // Nothing is there yet that a record could be tied to.
            (None, None) => return Ok(()),
        };
        let code = match error {
            AgentCommitError::Work(WorkError::Commit(CommitError::Refused { code })) => *code,
            _ => None,
        };
        let failed = GitOperationFailed {
            run: *run,
            operation: "commit".to_owned(),
            code,
            message: error.to_string(),
            checkpoint: None,
        };
        let agent = who.as_ref().map(|who| who.agent.as_str());
        let its_session = who.as_ref().and_then(|who| who.session.as_deref());
        let doing = Doing {
            now: session.now(),
            by: session.actor(agent, its_session),
            command: COMMAND.to_owned(),
        };
        checkpoint_store::append_to(&session.repo, &subject, failed, &doing)
    };
    if let Err(error) = record() {
        let talk = session.console.talk();
        talk.warning(format_args!("the failure is not in the records: {error}"));
    }
}
