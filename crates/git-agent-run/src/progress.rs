//! `git agent-run progress`.

use std::io;

use checkpoint_cli::{Envelope, Outcome, Output, Schema, Session, Talk, write_line};
use checkpoint_model::run::{Line, Run};
use checkpoint_run::Told;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{AgentRunError, args::ProgressArgs, view::RunView};

/// Adds what was told to the record of the run.
pub(crate) fn run(
    session: &Session<'_>,
    args: &ProgressArgs,
) -> Result<ProgressOutcome, AgentRunError> {
    let step: Option<Line> = args.step.as_deref().map(str::parse).transpose()?;
    let told = Told {
        step: step.map(String::from),
        percent: args.percent.as_deref().map(str::parse).transpose()?,
        state: args.state.as_deref().map(str::parse).transpose()?,
    };
    let run = checkpoint_run::progress(session, args.run.as_deref(), &told)?;
    Ok(ProgressOutcome { run })
}

/// The run as it is now.
pub(crate) struct ProgressOutcome {
    run: Run,
}

#[derive(Serialize, JsonSchema)]
struct ProgressJson {
    /// The run, without its commits.
    run: RunView,
}

/// The schema of `progress --json`.
pub(crate) fn schema() -> Schema {
    Schema::of::<Envelope<ProgressJson>>("run-progress")
}

impl Outcome for ProgressOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        Ok(())
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let run = (&self.run).into();
        write_line(
            out,
            &Envelope::new("agent-run progress", ProgressJson { run }),
        )
    }

    fn talk(&self, talk: &Talk) {
        let percent = self.run.percent.map(|percent| format!(", {percent}"));
        let step = self.run.steps.last().map(|step| format!(": {}", step.step));
        talk.status(format_args!(
            "{} {}{}{}",
            self.run.short_branch(),
            self.run.state,
            percent.unwrap_or_default(),
            step.unwrap_or_default()
        ));
    }
}
