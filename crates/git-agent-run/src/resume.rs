//! `git agent-run resume`.

use std::io;

use checkpoint_cli::{
    CheckpointView, Envelope, Outcome, Output, Schema, Session, Talk, count, shell_word, write_line,
};
use checkpoint_model::id::CheckpointId;
use checkpoint_run::{Moved, Place, Resume, Resumed};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    AgentRunError,
    args::ResumeArgs,
    environment::{Variable, environment},
    view::RunView,
};

/// Goes on with the run.
pub(crate) fn run(
    session: &Session<'_>,
    args: &ResumeArgs,
) -> Result<ResumeOutcome, AgentRunError> {
    let run = match args.take_over {
        true => checkpoint_run::choose(session, args.run.as_deref())?,
        false => checkpoint_run::choose_here(session, args.run.as_deref())?,
    };
    let at = args
        .at
        .as_deref()
        .map(|at| session.choose_state(at))
        .transpose()?;
    let wish = Resume {
        at,
        take_over: args.take_over,
    };
    let resumed = checkpoint_run::resume(session, &run, wish)?;
    Ok(ResumeOutcome { resumed })
}

/// A run that goes on.
pub(crate) struct ResumeOutcome {
    resumed: Resumed,
}

#[derive(Serialize, JsonSchema)]
struct ResumeJson {
    /// The run.
    run: RunView,
    /// Where its working tree is.
    worktree: String,
    /// The checkpoint that was put back there.
    checkpoint: Option<CheckpointView>,
    /// The checkpoint of what was there before that.
    backup: Option<CheckpointId>,
    /// How the branch was moved by that; null where it was not.
    branch_moved: Option<MovedJson>,
    /// The git directory of the clone that the run was taken over from.
    taken_from: Option<String>,
    /// What the agent's processes need in their environment.
    environment: Vec<Variable>,
}

/// A branch that a checkpoint has moved.
#[derive(Serialize, JsonSchema)]
struct MovedJson {
    /// Its last commit before.
    from: String,
    /// Its last commit now.
    to: String,
    /// How many commits are no longer on it; the backup has them.
    set_aside: usize,
}

impl From<&Moved> for MovedJson {
    fn from(moved: &Moved) -> Self {
        Self {
            from: moved.from.to_string(),
            to: moved.to.to_string(),
            set_aside: moved.set_aside,
        }
    }
}

/// The schema of `resume --json`.
pub(crate) fn schema() -> Schema {
    Schema::of::<Envelope<ResumeJson>>("run-resume")
}

impl Outcome for ResumeOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        for Variable { name, value } in environment(&self.resumed.run) {
            writeln!(out, "export {name}={}", shell_word(&value))?;
        }
        writeln!(
            out,
            "cd {}",
            shell_word(&self.resumed.worktree.to_string_lossy())
        )
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let resumed = &self.resumed;
        let body = ResumeJson {
            run: (&resumed.run).into(),
            worktree: resumed.worktree.display().to_string(),
            checkpoint: resumed.checkpoint.as_ref().map(Into::into),
            backup: resumed.backup,
            branch_moved: resumed.moved.as_ref().map(Into::into),
            taken_from: resumed
                .taken_from
                .as_ref()
                .map(|from| from.repository.clone()),
            environment: environment(&resumed.run),
        };
        write_line(out, &Envelope::new("agent-run resume", body))
    }

    fn talk(&self, talk: &Talk) {
        let resumed = &self.resumed;
        if let Some(Place { host, repository }) = &resumed.taken_from {
            talk.status(format_args!("taken over from '{repository}' on {host}"));
        }
        talk.status(format_args!("on branch {}", resumed.run.started.branch));
        if let Some(stored) = &resumed.checkpoint {
            talk.status(format_args!(
                "put back: checkpoint {}",
                stored.checkpoint.id.short()
            ));
        }
        if let Some(moved) = &resumed.moved {
            talk.status(format_args!(
                "branch moved from {} to {}, {} set aside",
                moved.from.to_hex_with_len(7),
                moved.to.to_hex_with_len(7),
                count(moved.set_aside as u64, "commit", "commits")
            ));
        }
        if resumed.backup.is_some() {
            talk.hint("git safe-restore --undo takes that back");
        }
    }
}
