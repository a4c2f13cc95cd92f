//! The messages of snapshot commits and of the tags of named checkpoints.
//!
//! For people: a subject and a body. For us: trailers, as git-interpret-trailers(1) knows them, that say all that
//! the `checkpoint_created` event says, so that a lost record can be had back, byte for byte.

mod parse;
mod value;

use chrono::{DateTime, SecondsFormat, Utc};

pub use self::parse::MessageError;
use self::value::{quoted_json, to_value};
use crate::{
    event::{CheckpointCreated, Event, EventBody},
    id::EventId,
    words::Actor,
};

/// What the message of a snapshot commit or of a tag tells.
///
/// `format` and `parse` are each other's inverse, for whatever text stands in the fields, with one limit: no more
/// than [`Message::MAX_SKIPPED`] skipped paths are spelt out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What was kept. Its `snapshot` is empty in the message of the snapshot commit, which cannot know its own name.
    pub created: CheckpointCreated,
    /// When.
    pub at: DateTime<Utc>,
    /// The event that says the same in the record, where it is known.
    pub event: Option<EventId>,
    /// Who made the checkpoint, where it is told.
    pub by: Option<Actor>,
    /// [`Event::digest`] of that event; in the message of a tag.
    pub record: Option<String>,
}

impl Message {
    /// So many skipped paths are spelt out; of more, only the number is told.
    pub const MAX_SKIPPED: usize = 100;

    /// The message of a snapshot commit, made before its name and the event are known.
    #[must_use]
    pub fn of_snapshot(created: CheckpointCreated, at: DateTime<Utc>, by: Option<Actor>) -> Self {
        Self {
            created,
            at,
            event: None,
            by,
            record: None,
        }
    }

    /// The message of the tag of a checkpoint; `None` when the event is not of type `checkpoint_created`.
    #[must_use]
    pub fn of_tag(event: &Event) -> Option<Self> {
        let EventBody::CheckpointCreated(created) = &event.body else {
            return None;
        };
        Some(Self {
            created: created.as_ref().clone(),
            at: event.at,
            event: Some(event.id),
            by: Some(event.by.clone()),
            record: Some(event.digest()),
        })
    }

    /// Reads a message, of a tag also with its signature.
    /// Fails when its last paragraph are not our trailers, or when one that is needed is missing or malformed.
    pub fn parse(message: &str) -> Result<Self, MessageError> {
        parse::parse(message)
    }

    /// The whole message: subject, body, and the trailers in a paragraph of their own.
    #[must_use]
    pub fn format(&self) -> String {
        let text = self.text();
        let mut trailers = self.trailers();
        if parse::description(&text, self.created.name.as_deref(), self.at)
            != self.created.description
        {
            trailers.push((
                "Checkpoint-Description",
                quoted_json(&self.created.description),
            ));
        }
        let lines = trailers
            .iter()
            .map(|(key, value)| format!("{key}: {value}\n"));
        format!("{text}\n\n{}", lines.collect::<String>())
    }

    /// The event of the record. `snapshot` is the commit that the message was read from, where the message does
    /// not tell. The event is exactly the lost one when [`Event::digest`] is what [`Message::record`] says; else it has
    /// all that the message tells. `fallback` stands in for an event id and a maker that the message does not tell.
    #[must_use]
    pub fn rebuild(self, snapshot: &str, fallback: (EventId, Actor)) -> Event {
        let mut created = self.created;
        if created.snapshot.is_empty() {
            snapshot.clone_into(&mut created.snapshot);
        }
        let (id, by) = fallback;
        Event::new(
            self.event.unwrap_or(id),
            self.at,
            self.by.unwrap_or(by),
            created.into(),
        )
    }

    /// Subject and body as people see them. Exact only where nothing in it could deceive; [`Message::format`]
    /// adds a trailer with the exact words otherwise.
    fn text(&self) -> String {
        let text: String = self
            .created
            .description
            .chars()
            .filter(|c| *c == '\n' || !crate::shown::is_hidden(*c))
            .collect();
        let lines = text.lines().map(|line| match line.trim_end() {
            // git takes what follows for a signature of the tag.
            line if line.starts_with("-----BEGIN ") => format!(" {line}"),
            line => line.to_owned(),
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        let text = text.trim_matches('\n');
        if text.trim().is_empty() {
            parse::subject(self.created.name.as_deref(), self.at)
        } else {
            text.to_owned()
        }
    }

    fn trailers(&self) -> Vec<(&'static str, String)> {
        let created = &self.created;
        let mut trailers = Vec::new();
        let mut add = |key, text: &str| {
            if !text.is_empty() {
                trailers.push((key, to_value(text)));
            }
        };
        add("Checkpoint-Id", &created.checkpoint.to_string());
        add("Checkpoint-Snapshot", &created.snapshot);
        add(
            "Checkpoint-Name",
            created.name.as_deref().unwrap_or_default(),
        );
        add("Checkpoint-Type", created.kind.as_str());
        add(
            "Checkpoint-Phase",
            created.phase.map_or("", |phase| phase.as_str()),
        );
        trailers.extend(self.optional());
        trailers.extend(self.needed());
        let skipped = created.skipped.iter().take(Self::MAX_SKIPPED);
        trailers.extend(skipped.map(|skipped| ("Checkpoint-Skipped", quoted_json(skipped))));
        if created.skipped.len() > Self::MAX_SKIPPED {
            trailers.push((
                "Checkpoint-Skipped-Total",
                created.skipped.len().to_string(),
            ));
        }
        trailers.extend(
            self.event
                .map(|event| ("Checkpoint-Event", event.to_string())),
        );
        trailers.extend(
            self.by
                .as_ref()
                .map(|by| ("Checkpoint-By", quoted_json(by))),
        );
        trailers.extend(
            self.record
                .as_ref()
                .map(|record| ("Checkpoint-Record", to_value(record))),
        );
        trailers
    }

    /// Fields that may be absent, and are not the same as empty.
    fn optional(&self) -> impl Iterator<Item = (&'static str, String)> {
        let created = &self.created;
        let operations: Vec<_> = created
            .operations
            .iter()
            .map(|operation| operation.as_str())
            .collect();
        let operation = match operations.as_slice() {
            [] => created.operation.map(|operation| operation.to_string()),
            _ => Some(operations.join(" ")),
        };
        [
            ("Checkpoint-Branch", created.branch.as_deref().map(to_value)),
            (
                "Checkpoint-Upstream",
                created.upstream.as_ref().map(quoted_json),
            ),
            ("Checkpoint-Head", created.head.as_deref().map(to_value)),
            (
                "Checkpoint-Session",
                created.session.as_deref().map(to_value),
            ),
            ("Checkpoint-Agent", created.agent.as_deref().map(to_value)),
            ("Checkpoint-Task", created.task.as_deref().map(to_value)),
            (
                "Checkpoint-State",
                created.state.map(|state| to_value(&state.to_string())),
            ),
            ("Checkpoint-Operation", operation),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
    }

    fn needed(&self) -> [(&'static str, String); 6] {
        let created = &self.created;
        let files = &created.files;
        let counts = [files.tracked, files.changed, files.untracked, files.bytes];
        let [tracked, changed, untracked, bytes] = counts;
        [
            ("Checkpoint-Worktree", to_value(&created.worktree)),
            (
                "Checkpoint-Files",
                format!("tracked={tracked} changed={changed} untracked={untracked} bytes={bytes}"),
            ),
            ("Checkpoint-Verdict", created.verdict.to_string()),
            ("Checkpoint-Manifest", to_value(&created.manifest)),
            ("Checkpoint-Tool", to_value(&created.tool)),
            (
                "Checkpoint-Created",
                self.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            ),
        ]
    }
}

#[cfg(test)]
mod tests;
