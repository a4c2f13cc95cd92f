//! One event of a run, as a line.

use std::io;

use checkpoint_cli::{Envelope, LogEntry, Output, Schema, Style, write_line};
use checkpoint_model::{
    event::{Event, EventBody},
    id::RunId,
};
use chrono::Local;
use schemars::JsonSchema;
use serde::Serialize;

/// An event, and the run it tells of.
pub(crate) struct Entry {
    pub(super) run: RunId,
    event: Event,
}

/// One line of the stream.
#[derive(Serialize, JsonSchema)]
struct EntryJson<'a> {
    /// The run.
    run: RunId,
    /// What happened, as it stands in the record.
    event: &'a Event,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<EntryJson<'_>>>("run-log")
}

impl Entry {
    /// None for an event that is of no run.
    pub(super) fn of(event: Event) -> Option<Self> {
        let run = event.body.run()?;
        Some(Self { run, event })
    }
}

impl LogEntry for Entry {
    /// Writes the line for people. Its columns are as wide as they mostly need to be, since what comes later is not
    /// known yet.
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let Event { at, by, body, .. } = &self.event;
        let at = at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S");
        let at = out.paint(Style::Dim, at.to_string());
        let run = out.paint(Style::Id, self.run.short());
        let verb = out.paint(Style::Plain, format!("{:<20}", body.type_name()));
        let who = by.agent.as_ref().unwrap_or(&by.user);
        let who = out.paint(Style::Plain, who);
        write!(out, "{at}  {run}  {verb}  {who}")?;
        if let Some(details) = details(body)
            && let Some(details) = details.lines().next()
        {
            write!(out, "  {}", out.paint(Style::Plain, details))?;
        }
        writeln!(out)
    }

    /// Writes the line for machines.
    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = EntryJson {
            run: self.run,
            event: &self.event,
        };
        write_line(out, &Envelope::new("agent-run log", body))
    }
}

/// What is worth a few more words.
fn details(body: &EventBody) -> Option<String> {
    match body {
        EventBody::GitCommitCreated(created) => Some(format!("{:.12}", created.commit)),
        EventBody::Run(event) => event.details(),
        _ => None,
    }
}
