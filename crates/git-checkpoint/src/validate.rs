//! `git checkpoint validate`: whether a checkpoint may be taken now.

mod outcome;
mod test_command;

use checkpoint_capture::{Captured, capture};
use checkpoint_cli::{Additions, Schema, Session};
use checkpoint_git::objects::ObjectSink;
use checkpoint_model::policy::Policy;

pub(crate) use self::outcome::ValidateOutcome;
use self::outcome::{Finding, Findings};
use crate::{CheckpointError, args::ValidateArgs, situation::Situation};

/// Captures the state as `create` would and throws it away; then runs the policy's test command.
pub(crate) fn run(
    session: &Session<'_>,
    args: ValidateArgs,
) -> Result<ValidateOutcome, CheckpointError> {
    let policy = session.policy()?;
    let situation = Situation::read(session, &policy)?;
    let captured = try_capture(session, &policy);
    let command = policy.checkpoint.test_command.as_deref();
    let test = match command.filter(|_| !args.no_test) {
        Some(command) => Some(test_command::run(session, command)?),
        None => None,
    };
    let mut findings = Findings::default();
    findings.situation(&situation);
    let skipped = match captured {
        Ok(captured) => captured.skipped,
        Err(error) => {
            findings.errors.push(Finding::of(&error));
            Vec::new()
        }
    };
    findings.skipped(&skipped);
    findings.test(test.as_ref());
    Ok(ValidateOutcome {
        situation,
        findings,
        skipped,
        test,
    })
}

/// The schema of `validate --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// What is captured goes with the sink: nothing of it is written to the repository.
fn try_capture(session: &Session<'_>, policy: &Policy) -> Result<Captured, CheckpointError> {
    let request = session.request(&policy.capture, &Additions::default())?;
    let sink = ObjectSink::new(session.repo.gix())?;
    let progress = session.console.progress("Reading files");
    let captured = capture(&session.repo, &request, &sink, progress.counter())?;
    progress.finish();
    checkpoint_work::refuse_gaps(&policy.capture, &captured)?;
    Ok(captured)
}
