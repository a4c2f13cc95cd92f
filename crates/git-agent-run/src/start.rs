//! `git agent-run start`.

mod outcome;

use std::path::PathBuf;

use checkpoint_cli::{Console, Schema, Session};
use checkpoint_model::{policy::BranchPrefix, run::Line, template::Template};
use checkpoint_run::{Start, Started, Worktree, take_back};
use checkpoint_store::fresh;

pub(crate) use self::outcome::StartOutcome;
use crate::{AgentRunError, args::StartArgs, error::InRepository, who};

/// Begins a run in each repository that was named, all of them or none.
pub(crate) fn run(console: &Console, args: StartArgs) -> Result<StartOutcome, AgentRunError> {
    let task: Line = args.task.parse()?;
    let id: Option<Line> = args.id.as_deref().map(str::parse).transpose()?;
    let prefix: Option<BranchPrefix> = args.prefix.as_deref().map(str::parse).transpose()?;
    // Read here, so that a template that nothing fills is refused before anything is begun.
    let template: Option<Template> = args.template.as_deref().map(str::parse).transpose()?;
    let sessions = sessions(console, &args)?;
    let first = sessions
        .first()
        .expect("there is the repository we are in, or one that was named");
    let made_up = || fresh::run_id(first.now()).to_string();
    let task_id = id.map(String::from);
    let task_id = task_id.or_else(|| (sessions.len() > 1).then(made_up));
    let wish = Start {
        task: task.into(),
        task_id,
        prefix,
        base: args.base.clone(),
        worktree: match &args.worktree {
            None => Worktree::Present,
            Some(None) => Worktree::Beside,
            Some(Some(dir)) => Worktree::At(dir.clone()),
        },
        who: who::resolve(first, &args.who)?,
        template: template.map(|template| template.to_string()),
    };
    let started = start_all(&sessions, &args.repositories, &wish)?;
    Ok(StartOutcome {
        started,
        cwd: console.start().cwd.clone(),
    })
}

fn sessions<'c>(console: &'c Console, args: &StartArgs) -> Result<Vec<Session<'c>>, AgentRunError> {
    if args.repositories.is_empty() {
        return Ok(vec![Session::open(console)?]);
    }
    let open = |dir: &PathBuf| Session::open_at(console, dir);
    let top = |session: &Session<'c>| PathBuf::from(session.worktree()).canonicalize().ok();
    let mut sessions: Vec<Session<'c>> = Vec::new();
    for session in args.repositories.iter().map(open) {
        let session = session?;
        // Named twice, it is still one.
        let is_it = |other: &Session<'c>| top(other) == top(&session);
        if !sessions.iter().any(is_it) {
            sessions.push(session);
        }
    }
    Ok(sessions)
}

/// When one of them cannot begin, those that have begun are taken back.
fn start_all(
    sessions: &[Session<'_>],
    named: &[PathBuf],
    wish: &Start,
) -> Result<Vec<Started>, AgentRunError> {
    let mut begun: Vec<Started> = Vec::new();
    for session in sessions {
        let started = session
            .policy()
            .map_err(AgentRunError::from)
            .and_then(|policy| Ok(checkpoint_run::start(session, &policy, wish)?));
        match started {
            Ok(started) => begun.push(started),
            Err(error) => {
                let why = format!("'{}' could not begin: {error}", session.worktree());
                for (session, started) in sessions.iter().zip(&begun) {
                    take_back(session, started, &why);
                    let talk = session.console.talk();
                    talk.status(format_args!(
                        "taken back: '{}' in '{}'",
                        started.run.started.branch,
                        session.worktree()
                    ));
                }
                return Err(match sessions.len() {
                    1 => error,
                    _ => AgentRunError::In(Box::new(InRepository {
                        repository: session.worktree(),
                        named: named.to_vec(),
                        error,
                    })),
                });
            }
        }
    }
    Ok(begun)
}

/// The schema of `start --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
