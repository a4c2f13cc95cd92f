//! Taking back what was begun.

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_git::{ProgramError, refs::RefChange};
use checkpoint_model::event::{
    EventBody, GitOperationFailed, RunAbandoned, RunCleanedUp, TaskFailed,
};

use crate::{Log, RunError, Started, config, log::in_short, start::Begun, worktree};

/// Takes back a run that was started, since another repository of the same task cannot begin: HEAD goes back, the
/// working tree and the branch that were made go, unless there is work on them already. Says what stays.
pub fn take_back(session: &Session<'_>, started: &Started, why: &str) {
    let by = started.run.by.clone();
    let log = Log::new(session, by, "git agent-run start");
    undo(session, &log, &started.begun, "start", why);
}

/// The same where the start itself has failed.
pub(crate) fn after_failure(
    session: &Session<'_>,
    log: &Log<'_>,
    begun: &Begun,
    operation: &str,
    error: &RunError,
) {
    undo(session, log, begun, operation, &error.to_string());
}

fn undo(session: &Session<'_>, log: &Log<'_>, begun: &Begun, operation: &str, why: &str) {
    let left = leave(session, begun);
    let reason = in_short(why);
    let failed = GitOperationFailed {
        run: Some(begun.run),
        operation: operation.to_owned(),
        code: None,
        message: reason.clone(),
        checkpoint: None,
    };
    // Given up as well: nobody works on it, and nothing of it is there.
    let told = || -> [EventBody; 3] {
        let run = begun.run;
        [
            failed.clone().into(),
            TaskFailed {
                run,
                reason: reason.clone(),
            }
            .into(),
            RunAbandoned {
                run,
                reason: Some(reason.clone()),
                checkpoint: None,
                commit: begun.commit.map(|id| id.to_string()),
            }
            .into(),
        ]
    };
    let cleaned = EventBody::from(RunCleanedUp {
        run: begun.run,
        branch_removed: true,
        worktree_removed: begun.worktree.is_some(),
    });
    let reference = format!("refs/heads/{}", begun.branch);
    let delete = begun.commit.map(|id| RefChange::delete(reference, id));
    let talk = session.console.talk();
    let result = match (left, delete) {
        // In one transaction with its record, as it was made; who has committed to it keeps it.
        (Ok(()), Some(delete)) => {
            match log.tell_with(begun.run, told().into_iter().chain([cleaned]), &[delete]) {
                Err(error) => {
                    talk.warning(format_args!("branch '{}' stays: {error}", begun.branch));
                    log.tell_with(begun.run, told(), &[])
                }
                done => {
                    config::forget(session, &begun.branch);
                    done
                }
            }
        }
        (Ok(()), None) => log.tell_with(begun.run, told(), &[]),
        (Err(error), _) => {
            talk.warning(format_args!("branch '{}' stays: {error}", begun.branch));
            log.tell_with(begun.run, told(), &[])
        }
    };
    if let Err(error) = result {
        talk.warning(format_args!("not in the record of the run: {error}"));
    }
}

/// Takes working tree and HEAD off the branch.
fn leave(session: &Session<'_>, begun: &Begun) -> Result<(), RunError> {
    if let Some(dir) = begun.worktree.as_ref().filter(|dir| dir.exists()) {
        worktree::remove(session, dir)?;
    }
    let Some(before) = &begun.head else {
        return Ok(());
    };
    let now = session.repo.head()?;
    if now.branch().map(|branch| branch.to_str_lossy()) != Some(begun.branch.as_str().into()) {
        return Ok(());
    }
    match &before.reference {
        Some(reference) if !begun.has_switched => {
            session.repo.move_head(&now, &reference.to_string())?;
        }
        _ => switch_back(session)?,
    }
    Ok(())
}

/// As git does it, which refuses where anything would be lost.
fn switch_back(session: &Session<'_>) -> Result<(), ProgramError> {
    let words = ["checkout", "--quiet", "@{-1}", "--"];
    session.repo.git(words).output().map(|_| ())
}
