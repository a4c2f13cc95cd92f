//! One event, as a line.

use std::io;

use checkpoint_cli::{Envelope, LogEntry, Output, Schema, Style, count, write_line};
use checkpoint_model::{
    event::{Event, EventBody},
    name::CheckpointName,
};
use chrono::Local;
use gix::ObjectId;
use schemars::JsonSchema;
use serde::Serialize;

/// An event, and whose record it is from.
pub(crate) struct Entry {
    pub(super) snapshot: ObjectId,
    pub(super) event: Event,
}

/// One line of the stream.
#[derive(Serialize, JsonSchema)]
struct EntryJson<'a> {
    /// The object whose record tells of it: a checkpoint's snapshot, an agent's commit, or the blob of a name.
    snapshot: String,
    /// What happened, as it stands in the record.
    event: &'a Event,
}

impl From<(ObjectId, Event)> for Entry {
    fn from((snapshot, event): (ObjectId, Event)) -> Self {
        Self { snapshot, event }
    }
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<EntryJson<'_>>>("log")
}

impl LogEntry for Entry {
    /// Writes the line for people. Its columns are as wide as they mostly need to be, since what comes later is not
    /// known yet.
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let Event { at, by, body, .. } = &self.event;
        let at = at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S");
        let at = out.paint(Style::Dim, at.to_string());
        let subject = match (body.checkpoint(), body) {
            (Some(id), _) => id.short(),
            (None, EventBody::PolicyOverride(_)) => format!("{:<13}", "policy"),
            (None, EventBody::Run(event)) => match event.run() {
                Some(run) => run.short(),
                None => format!("{:<13}", "run"),
            },
            (None, _) => format!("{:.13}", self.snapshot.to_string()),
        };
        let subject = out.paint(Style::Id, subject);
        let verb = body.type_name();
        let areas = ["checkpoint_", "git_commit_", "policy_"];
        let verb = areas
            .iter()
            .find_map(|area| verb.strip_prefix(area))
            .unwrap_or(verb);
        let verb = out.paint(Style::Plain, format!("{verb:<8}"));
        let who = by.agent.as_ref().unwrap_or(&by.user);
        let who = out.paint(Style::Plain, who);
        write!(out, "{at}  {subject}  {verb}  {who}")?;
        if let Some(name) = self.name() {
            let name = out.paint(Style::Name, name);
            write!(out, "  {name}")?;
        }
        if let Some(details) = details(body)
            && let Some(details) = details.lines().next()
        {
            let details = out.paint(Style::Plain, details);
            write!(out, "  {details}")?;
        }
        writeln!(out)
    }

    /// Writes the line for machines.
    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = EntryJson {
            snapshot: self.snapshot.to_string(),
            event: &self.event,
        };
        write_line(out, &Envelope::new("checkpoint log", body))
    }
}

impl Entry {
    fn name(&self) -> Option<&CheckpointName> {
        match &self.event.body {
            EventBody::CheckpointCreated(created) => created.name.as_ref(),
            EventBody::CheckpointDeleted(deleted) => deleted.name.as_ref(),
            EventBody::CheckpointNamed(named) => named.name.as_ref(),
            EventBody::CheckpointRestored(_)
            | EventBody::CheckpointShared(_)
            | EventBody::RolledBack(_)
            | EventBody::PolicyOverride(_)
            | EventBody::GitCommitCreated(_)
            | EventBody::Run(_)
            | EventBody::Unknown { .. } => None,
        }
    }
}

/// What is worth a few more words.
fn details(body: &EventBody) -> Option<String> {
    match body {
        EventBody::CheckpointCreated(created) => Some(match &created.branch {
            Some(branch) => format!("{} on {branch}", created.kind),
            None => created.kind.to_string(),
        }),
        EventBody::CheckpointDeleted(deleted) => Some(deleted.reason.to_string()),
        EventBody::CheckpointRestored(restored) => Some(match restored.backup {
            Some(backup) => format!("{}, backup {backup}", restored.scope),
            None => restored.scope.to_string(),
        }),
        EventBody::CheckpointShared(shared) => {
            let what = match (&shared.tag, shared.state) {
                (Some(_), true) => "name and state",
                (None, true) => "state",
                (Some(_), false) => "name",
                (None, false) => "record",
            };
            let allowed = shared
                .allowed
                .iter()
                .map(|rule| format!(", {rule} allowed"));
            Some(format!(
                "{what} with {}{}",
                shared.remote,
                allowed.collect::<String>()
            ))
        }
        EventBody::RolledBack(done) => Some(format!(
            "{}, {} back to {:.7}",
            done.scope,
            count(done.commits.into(), "commit", "commits"),
            done.to
        )),
        EventBody::CheckpointNamed(named) => match named.name {
            Some(_) => None,
            None => Some("(no name)".to_owned()),
        },
        EventBody::PolicyOverride(passed) => {
            Some(format!("{} of {}", passed.rule, passed.reference))
        }
        EventBody::GitCommitCreated(created) => Some(match &created.branch {
            Some(branch) => format!("commit on {branch}"),
            None => "commit".to_owned(),
        }),
        EventBody::Run(event) => event.details(),
        EventBody::Unknown { .. } => None,
    }
}
