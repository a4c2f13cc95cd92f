//! `git agent-run show`.

use std::io;

use checkpoint_cli::{
    Align, Cell, Envelope, Outcome, Output, Schema, Session, Style, Table, write_line,
};
use checkpoint_model::run::Run;
use chrono::{DateTime, Local, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{AgentRunError, args::ShowArgs, view::RunView};

/// Finds the run; also one of another clone.
pub(crate) fn run(session: &Session<'_>, args: &ShowArgs) -> Result<ShowOutcome, AgentRunError> {
    let run = checkpoint_run::choose(session, args.run.as_deref())?;
    Ok(ShowOutcome { run })
}

/// One run.
pub(crate) struct ShowOutcome {
    run: Run,
}

#[derive(Serialize, JsonSchema)]
struct ShowJson {
    run: RunView,
}

/// The schema of `show --json`.
pub(crate) fn schema() -> Schema {
    Schema::of::<Envelope<ShowJson>>("run-show")
}

impl Outcome for ShowOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let run = &self.run;
        writeln!(out, "{}", out.paint(Style::Id, format!("run {}", run.id)))?;
        facts(run, out).write(out, 0)?;
        if !run.commits.is_empty() {
            writeln!(out, "\nCommits:")?;
            for commit in &run.commits {
                writeln!(out, "  {}", out.paint(Style::Id, format!("{commit:.12}")))?;
            }
        }
        if !run.steps.is_empty() {
            writeln!(out, "\nSteps:")?;
            let mut table = Table::new([Align::Left, Align::Right, Align::Left]);
            for step in &run.steps {
                let at = step.at.with_timezone(&Local).format("%H:%M:%S");
                let percent = step.percent.map(|percent| percent.to_string());
                table.row([
                    Cell::new(Style::Dim, at),
                    percent.unwrap_or_default().into(),
                    Cell::text(Style::Plain, step.step.as_str()),
                ]);
            }
            table.write(out, 2)?;
        }
        Ok(())
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let run = (&self.run).into();
        write_line(out, &Envelope::new("agent-run show", ShowJson { run }))
    }

    fn wants_pager(&self) -> bool {
        true
    }
}

/// A line for each fact that applies.
fn facts(run: &Run, out: &Output) -> Table<2> {
    let started = &run.started;
    let mut facts = Facts(Table::new([Align::Left; 2]));
    facts.add("Task:", &started.task);
    facts.add_some("Id:", started.task_id.as_ref());
    facts.add("Branch:", Cell::new(Style::Branch, &started.branch));
    facts.add_some("Base:", base(run));
    facts.add("Status:", run.status);
    let percent = run.percent.map(|percent| format!(", {percent}"));
    facts.add(
        "State:",
        format!("{}{}", run.state, percent.unwrap_or_default()),
    );
    facts.add("Started:", moment(run.at, out));
    facts.add("Updated:", moment(run.updated_at, out));
    facts.add("By:", person(run));
    facts.add_some("Model:", started.model.as_ref());
    facts.add_some("Session:", run.by.session.as_ref());
    facts.add("Worktree:", &run.worktree);
    facts.add_some(
        "Checkpoint:",
        started.checkpoint.map(|id| Cell::new(Style::Id, id)),
    );
    facts.add_some(
        "Pushed:",
        run.push
            .as_ref()
            .map(|push| format!("{:.12} to {}", push.commit, push.remote)),
    );
    facts.add_some(
        "Pull request:",
        run.pull_request.as_ref().map(|opened| opened.url.clone()),
    );
    facts.add_some("Abandoned:", run.abandoned.as_ref().map(abandoned));
    facts.add_some("Errors:", (run.errors > 0).then_some(run.errors));
    let last = run.last_error.as_ref();
    let last = last.map(|last| {
        let said = last.message.lines().next().unwrap_or_default();
        format!("{}: {said}", last.operation)
    });
    facts.add_some(
        "Last error:",
        last.map(|last| Cell::new(Style::Removed, last)),
    );
    facts.0
}

struct Facts(Table<2>);

impl Facts {
    fn add(&mut self, label: &str, fact: impl Into<Cell<'static>>) {
        self.0.row([label.into(), fact.into()]);
    }

    fn add_some(&mut self, label: &str, fact: Option<impl Into<Cell<'static>>>) {
        if let Some(fact) = fact {
            self.add(label, fact);
        }
    }
}

fn base(run: &Run) -> Option<String> {
    let commit = run
        .started
        .commit
        .as_ref()
        .map(|commit| format!("{commit:.12}"));
    match (&run.started.base, commit) {
        (Some(base), Some(commit)) => Some(format!("{base} ({commit})")),
        (base, commit) => base.clone().or(commit),
    }
}

fn moment(at: DateTime<Utc>, out: &Output) -> String {
    let local = at.with_timezone(&Local);
    format!("{} ({})", local.format("%Y-%m-%d %H:%M:%S %z"), out.ago(at))
}

fn person(run: &Run) -> String {
    let agent = run.by.agent.as_ref().map(|agent| format!(" with {agent}"));
    format!(
        "{} on {}{}",
        run.by.user,
        run.by.host,
        agent.unwrap_or_default()
    )
}

fn abandoned(given_up: &checkpoint_model::event::RunAbandoned) -> String {
    let reason = given_up.reason.clone().unwrap_or_else(|| "yes".to_owned());
    match given_up.checkpoint {
        Some(checkpoint) => format!("{reason}; its work is checkpoint {}", checkpoint.short()),
        None => reason,
    }
}
