//! `git agent-run finish`.

mod outcome;

use checkpoint_cli::{Schema, Session};
use checkpoint_model::{policy::Cleanup, run::Line};
use checkpoint_run::Finish;

pub(crate) use self::outcome::FinishOutcome;
use crate::{AgentRunError, args::FinishArgs};

/// Hands the work of the run in, as far as that is wanted; goes on where it stopped.
pub(crate) fn run(
    session: &Session<'_>,
    args: &FinishArgs,
) -> Result<FinishOutcome, AgentRunError> {
    let message: Option<Line> = args.message.as_deref().map(str::parse).transpose()?;
    let chosen = |yes: bool, no: bool| match (yes, no) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let cleanup: Option<Cleanup> = args.cleanup.as_deref().map(str::parse).transpose()?;
    let wish = Finish {
        push: chosen(args.push, args.no_push),
        pull_request: chosen(args.pull_request || args.merge, args.no_pull_request),
        cleanup,
        discard_ignored: args.discard_ignored,
        merge: args.merge,
        message: message.map(String::from),
    };
    let run = checkpoint_run::choose_here(session, args.run.as_deref())?;
    let finished = checkpoint_run::finish(session, run, &wish)?;
    Ok(FinishOutcome {
        finished,
        options: options(args),
    })
}

/// What was typed of options, each with a space before it, for whoever has to type it again. What the commit says is
/// said, since the next finish has nothing to commit.
fn options(args: &FinishArgs) -> String {
    let cleanup = args.cleanup.as_ref().map(|what| format!("cleanup={what}"));
    let all = [
        args.push.then_some("push"),
        args.no_push.then_some("no-push"),
        args.pull_request.then_some("pull-request"),
        args.no_pull_request.then_some("no-pull-request"),
        args.merge.then_some("merge"),
        cleanup.as_deref(),
        args.discard_ignored.then_some("discard-ignored"),
    ];
    let typed = all.into_iter().flatten();
    typed.map(|option| format!(" --{option}")).collect()
}

/// The schema of `finish --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
