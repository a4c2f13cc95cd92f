//! After a commit: the record of it, where an agent has made it.

use checkpoint_cli::Console;
use checkpoint_model::event::GitCommitCreated;
use checkpoint_policy::Agent;
use checkpoint_store::Subject;

use super::{desk::Desk, error::told, scripts::Event};
use crate::CheckpointError;

/// Records the commit at HEAD. Nothing that goes wrong here undoes a commit, so it is only told.
pub(super) fn run(console: &Console) {
    if let Err(error) = record(console) {
        let talk = console.talk();
        talk.warning(format_args!(
            "the commit is not in the records: {}",
            told(&error)
        ));
    }
}

fn record(console: &Console) -> Result<(), CheckpointError> {
    let desk = Desk::open(console, Event::PostCommit, &[])?;
    let Some(agent) = Agent::in_environment(&desk.session.surroundings.env) else {
        return Ok(());
    };
    if checkpoint_work::under_way(desk.repo()).is_some() {
        return Ok(());
    }
    let head = desk.repo().head()?;
    let Some(commit) = head.id else { return Ok(()) };
    let body = GitCommitCreated {
        commit: commit.to_string(),
        branch: head.branch().map(ToString::to_string),
        run: checkpoint_work::run_around(&desk.session.surroundings),
        ..GitCommitCreated::default()
    };
    let doing = desk.doing(Some(&agent));
    Ok(checkpoint_store::append_to(
        desk.repo(),
        &Subject::commit(commit),
        body,
        &doing,
    )?)
}
