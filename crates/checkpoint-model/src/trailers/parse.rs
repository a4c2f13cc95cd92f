//! Reads a message back.

use std::{collections::BTreeMap, str::FromStr};

use chrono::{DateTime, SecondsFormat, Utc};
use miette::Diagnostic;
use thiserror::Error;

use super::{
    Message,
    value::{from_json, from_value},
};
use crate::{
    event::{CheckpointCreated, FileCounts},
    failure::{Failure, Kind},
    words::OperationKind,
};

/// A message that does not tell of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
pub enum MessageError {
    /// Its last paragraph does not consist of trailers that begin with `Checkpoint-`.
    #[error("the message has no checkpoint trailers")]
    #[diagnostic(code(trailers::absent))]
    Absent,
    /// A trailer that every checkpoint has is not there.
    #[error("the message has no trailer '{trailer}'")]
    #[diagnostic(code(trailers::missing))]
    Missing {
        /// The trailer.
        trailer: &'static str,
    },
    /// A trailer has a value that it cannot have.
    #[error("the message has a malformed trailer '{trailer}'")]
    #[diagnostic(code(trailers::malformed))]
    Malformed {
        /// The trailer.
        trailer: &'static str,
    },
}

impl Failure for MessageError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}

pub(super) fn parse(message: &str) -> Result<Message, MessageError> {
    let (text, fields) = split(message)
        .or_else(|| split(unsigned(message)?))
        .ok_or(MessageError::Absent)?;
    let at = fields.needed("Checkpoint-Created")?;
    let name: Option<crate::name::CheckpointName> = fields.optional("Checkpoint-Name")?;
    let exact = fields.json::<String>("Checkpoint-Description")?;
    let operations = fields.operations()?;
    let created = CheckpointCreated {
        checkpoint: fields.needed("Checkpoint-Id")?,
        description: exact
            .into_iter()
            .next()
            .unwrap_or_else(|| description(text, name.as_deref(), at)),
        name,
        kind: fields.needed("Checkpoint-Type")?,
        phase: fields.optional("Checkpoint-Phase")?,
        snapshot: fields.optional("Checkpoint-Snapshot")?.unwrap_or_default(),
        head: fields.optional("Checkpoint-Head")?,
        branch: fields.optional("Checkpoint-Branch")?,
        upstream: fields.json("Checkpoint-Upstream")?.into_iter().next(),
        worktree: fields.needed("Checkpoint-Worktree")?,
        session: fields.optional("Checkpoint-Session")?,
        agent: fields.optional("Checkpoint-Agent")?,
        task: fields.optional("Checkpoint-Task")?,
        state: fields.optional("Checkpoint-State")?,
        operation: operations.first().copied(),
        operations: if operations.len() > 1 {
            operations
        } else {
            Vec::new()
        },
        files: fields.files()?,
        verdict: fields.needed("Checkpoint-Verdict")?,
        skipped: fields.json("Checkpoint-Skipped")?,
        manifest: fields.needed("Checkpoint-Manifest")?,
        tool: fields.needed("Checkpoint-Tool")?,
    };
    Ok(Message {
        created,
        at,
        event: fields.optional("Checkpoint-Event")?,
        by: fields.json("Checkpoint-By")?.into_iter().next(),
        record: fields.optional("Checkpoint-Record")?,
    })
}

/// The description that the text of a message stands for: none, when it is the subject of one without a description.
pub(super) fn description(text: &str, name: Option<&str>, at: DateTime<Utc>) -> String {
    if text == subject(name, at) {
        String::new()
    } else {
        text.to_owned()
    }
}

/// The subject where nobody described the checkpoint: its name, else its time.
pub(super) fn subject(name: Option<&str>, at: DateTime<Utc>) -> String {
    match name {
        Some(name) => name.to_owned(),
        None => format!(
            "checkpoint of {}",
            at.to_rfc3339_opts(SecondsFormat::Secs, true)
        ),
    }
}

/// Cuts off the signature, found as git finds it: from the last line on that begins one.
fn unsigned(message: &str) -> Option<&str> {
    let start = message.rfind("\n-----BEGIN ")?;
    Some(&message[..=start])
}

/// The text, and the trailers of the last paragraph. No other paragraph is looked at, so a description cannot
/// pass for trailers.
fn split(message: &str) -> Option<(&str, Fields<'_>)> {
    let (text, block) = message.trim_end_matches('\n').rsplit_once("\n\n")?;
    let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in block.split('\n') {
        let (key, value) = line
            .split_once(": ")
            .filter(|(key, _)| key.starts_with("Checkpoint-"))?;
        fields.entry(key).or_default().push(value);
    }
    Some((text, Fields(fields)))
}

/// Trailers by key. Of one that is there once in our messages, the first counts. Unknown ones are left alone.
struct Fields<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl Fields<'_> {
    fn optional<T: FromStr>(&self, trailer: &'static str) -> Result<Option<T>, MessageError> {
        let Some(value) = self.0.get(trailer).and_then(|values| values.first()) else {
            return Ok(None);
        };
        let parsed = from_value(value).and_then(|text| text.parse().ok());
        parsed.map(Some).ok_or(MessageError::Malformed { trailer })
    }

    fn needed<T: FromStr>(&self, trailer: &'static str) -> Result<T, MessageError> {
        self.optional(trailer)?
            .ok_or(MessageError::Missing { trailer })
    }

    fn json<T: serde::de::DeserializeOwned>(
        &self,
        trailer: &'static str,
    ) -> Result<Vec<T>, MessageError> {
        let values = self.0.get(trailer).map(Vec::as_slice).unwrap_or_default();
        values
            .iter()
            .map(|value| from_json(value).ok_or(MessageError::Malformed { trailer }))
            .collect()
    }

    fn operations(&self) -> Result<Vec<OperationKind>, MessageError> {
        let trailer = "Checkpoint-Operation";
        let words = self.optional::<String>(trailer)?.unwrap_or_default();
        words
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| MessageError::Malformed { trailer })
    }

    fn files(&self) -> Result<FileCounts, MessageError> {
        let trailer = "Checkpoint-Files";
        let text: String = self.needed(trailer)?;
        let mut files = FileCounts::default();
        for part in text.split(' ') {
            let (key, count) = part
                .split_once('=')
                .ok_or(MessageError::Malformed { trailer })?;
            let count = count
                .parse()
                .map_err(|_| MessageError::Malformed { trailer })?;
            match key {
                "tracked" => files.tracked = count,
                "changed" => files.changed = count,
                "untracked" => files.untracked = count,
                "bytes" => files.bytes = count,
                _ => {}
            }
        }
        Ok(files)
    }
}
