//! What `list` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, Envelope, Outcome, Output, Schema, Style, Table, Talk, tell_problems, write_line,
};
use checkpoint_model::{
    event::TaskState,
    run::{Run, RunStatus},
};
use checkpoint_run::Place;
use checkpoint_store::Problem;
use schemars::JsonSchema;
use serde::Serialize;

use crate::view::RunView;

/// Runs, newest first.
pub(crate) struct ListOutcome {
    pub(super) runs: Vec<Run>,
    /// Whether there is none at all.
    pub(super) is_empty: bool,
    pub(super) problems: Vec<Problem>,
    pub(super) place: Place,
}

#[derive(Serialize, JsonSchema)]
struct ListJson {
    /// Newest first.
    runs: Vec<RunView>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<ListJson>>("run-list")
}

impl Outcome for ListOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new([Align::Left; 6]);
        for run in &self.runs {
            table.row([
                Cell::text(Style::Branch, run.short_branch()),
                status(run),
                state(run),
                Cell::text(
                    Style::Plain,
                    run.by.agent.as_deref().unwrap_or(&run.by.user),
                ),
                Cell::text(Style::Plain, out.ago(run.updated_at)),
                self.task(run),
            ]);
        }
        table.write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let runs = self.runs.iter().map(Into::into).collect();
        write_line(out, &Envelope::new("agent-run list", ListJson { runs }))
    }

    fn talk(&self, talk: &Talk) {
        tell_problems(&self.problems, talk);
        if self.is_empty {
            talk.status("no runs yet");
            talk.hint("use \"git agent-run start --task <name>\" to begin one");
        }
    }

    fn wants_pager(&self) -> bool {
        true
    }
}

impl ListOutcome {
    fn task(&self, run: &Run) -> Cell<'static> {
        match self.place.has(run) {
            true => Cell::new(Style::Dim, &run.started.task),
            false => Cell::new(
                Style::Dim,
                format_args!("{} (of another clone, on {})", run.started.task, run.host),
            ),
        }
    }
}

fn status(run: &Run) -> Cell<'static> {
    match (&run.abandoned, run.status) {
        (Some(_), _) => Cell::text(Style::Dim, "abandoned"),
        (None, RunStatus::Failed) => Cell::new(Style::Removed, run.status),
        (None, RunStatus::PrOpened) if run.is_merged => Cell::text(Style::Added, "merged"),
        (None, RunStatus::Pushed | RunStatus::PrOpened) => Cell::new(Style::Added, run.status),
        (None, status) => Cell::new(Style::Plain, status),
    }
}

fn state(run: &Run) -> Cell<'static> {
    let percent = run.percent.filter(|_| run.state != TaskState::Completed);
    let text = match percent {
        Some(percent) => format!("{} {percent}", run.state),
        None => run.state.to_string(),
    };
    let style = match run.state {
        TaskState::Completed => Style::Added,
        TaskState::Failed => Style::Removed,
        TaskState::Paused => Style::Warning,
        TaskState::Pending | TaskState::Running => Style::Plain,
    };
    Cell::text(style, text)
}
