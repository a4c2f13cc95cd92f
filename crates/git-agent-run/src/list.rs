//! `git agent-run list`.

mod outcome;

use checkpoint_cli::{Schema, Session};
use checkpoint_model::run::Run;
use checkpoint_run::Place;

pub(crate) use self::outcome::ListOutcome;
use crate::{AgentRunError, args::ListArgs};

/// Finds the runs that are asked for, newest first.
pub(crate) fn run(session: &Session<'_>, args: &ListArgs) -> Result<ListOutcome, AgentRunError> {
    let found = checkpoint_store::runs(&session.repo)?;
    let is_empty = found.runs.is_empty();
    let is_wanted = |run: &Run| {
        let is_of = |wanted: &Option<String>, has: &[Option<&str>]| {
            wanted
                .as_deref()
                .is_none_or(|wanted| has.contains(&Some(wanted)))
        };
        let started = &run.started;
        (!args.active || !run.is_over())
            && is_of(&args.agent, &[run.by.agent.as_deref()])
            && is_of(
                &args.task,
                &[started.task_id.as_deref(), Some(&started.task)],
            )
    };
    let runs = found.runs.into_iter().rev().filter(is_wanted);
    Ok(ListOutcome {
        runs: runs.take(args.max_count.unwrap_or(usize::MAX)).collect(),
        is_empty,
        problems: found.problems,
        place: Place::here(session),
    })
}

/// The schema of `list --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
