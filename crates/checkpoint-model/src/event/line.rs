//! An event as one line of JSON.

use std::{borrow::Cow, str::FromStr};

use chrono::{DateTime, Utc};
use miette::Diagnostic;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_ignored::Path;
use serde_json::{Map, Value};
use thiserror::Error;

use super::{
    CheckpointCreated, CheckpointDeleted, CheckpointNamed, CheckpointRestored, Event, EventBody,
    residue::{overlay, residue},
};
use crate::{
    failure::{Failure, Kind},
    id::EventId,
    words::Actor,
};

/// A line that is not an event: no JSON, or not the fields that its type has.
#[derive(Debug, Error, Diagnostic)]
#[error("not an event: {why}")]
#[diagnostic(code(record::event_unreadable))]
pub struct EventError {
    /// What is wrong, and where in the line.
    pub why: String,
}

impl Failure for EventError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}

impl From<serde_json::Error> for EventError {
    fn from(error: serde_json::Error) -> Self {
        Self {
            why: error.to_string(),
        }
    }
}

/// What every event has.
#[derive(Deserialize)]
struct Head<'a> {
    id: EventId,
    at: DateTime<Utc>,
    by: Actor,
    #[serde(rename = "type", borrow)]
    type_: Cow<'a, str>,
}

const HEAD_KEYS: [&str; 4] = ["id", "at", "by", "type"];

impl Event {
    /// Reads a line, with or without its line end.
    /// Fails when it is not JSON, or lacks what its type needs; a type that we do not know needs nothing.
    pub fn parse(line: &[u8]) -> Result<Self, EventError> {
        let mut holds_more = false;
        let head: Head<'_> = read(line, |path| holds_more |= !is_top_level(path, |_| true))?;
        let body = {
            let mut note =
                |path: &Path<'_>| holds_more |= !is_top_level(path, |key| HEAD_KEYS.contains(&key));
            read_body(&head.type_, line, &mut note)?
        };
        // Rare: a newer version wrote it. Only then is it worth reading into a tree of values.
        match body {
            Some(body) if !holds_more => Ok(Self::new(head.id, head.at, head.by, body)),
            _ => Self::from_map(serde_json::from_slice(line)?),
        }
    }

    /// One line of JSON, without the line end: `id`, `at`, `by`, `type`, then the fields of the type.
    #[must_use]
    pub fn to_line(&self) -> String {
        serde_json::to_string(self)
            .expect("keys are strings, and no value of ours refuses to be written")
    }

    fn from_map(source: Map<String, Value>) -> Result<Self, EventError> {
        let value = Value::Object(source.clone());
        let head = Head::deserialize(&value)?;
        let body = match head.type_.as_ref() {
            CheckpointCreated::TYPE => {
                EventBody::CheckpointCreated(Deserialize::deserialize(&value)?)
            }
            CheckpointRestored::TYPE => {
                EventBody::CheckpointRestored(Deserialize::deserialize(&value)?)
            }
            CheckpointDeleted::TYPE => {
                EventBody::CheckpointDeleted(Deserialize::deserialize(&value)?)
            }
            CheckpointNamed::TYPE => EventBody::CheckpointNamed(Deserialize::deserialize(&value)?),
            type_ => {
                let fields = source
                    .iter()
                    .filter(|(key, _)| !HEAD_KEYS.contains(&key.as_str()));
                let fields = fields
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                EventBody::Unknown {
                    type_: type_.to_owned(),
                    fields,
                }
            }
        };
        let mut event = Self::new(head.id, head.at, head.by, body);
        event.extra = residue(&source, &event.to_map()?);
        Ok(event)
    }

    fn to_map(&self) -> Result<Map<String, Value>, serde_json::Error> {
        let mut map = Map::new();
        map.insert("id".to_owned(), serde_json::to_value(self.id)?);
        map.insert("at".to_owned(), serde_json::to_value(self.at)?);
        map.insert("by".to_owned(), serde_json::to_value(&self.by)?);
        map.insert("type".to_owned(), self.body.type_name().into());
        let fields = match &self.body {
            EventBody::CheckpointCreated(created) => serde_json::to_value(created)?,
            EventBody::CheckpointRestored(restored) => serde_json::to_value(restored)?,
            EventBody::CheckpointDeleted(deleted) => serde_json::to_value(deleted)?,
            EventBody::CheckpointNamed(named) => serde_json::to_value(named)?,
            EventBody::Unknown { fields, .. } => Value::Object(fields.clone()),
        };
        if let Value::Object(fields) = fields {
            map.extend(
                fields
                    .into_iter()
                    .filter(|(key, _)| !HEAD_KEYS.contains(&key.as_str())),
            );
        }
        overlay(&mut map, &self.extra);
        Ok(map)
    }
}

fn read_body(
    type_: &str,
    line: &[u8],
    note: &mut dyn FnMut(&Path<'_>),
) -> Result<Option<EventBody>, EventError> {
    Ok(Some(match type_ {
        CheckpointCreated::TYPE => EventBody::CheckpointCreated(read(line, note)?),
        CheckpointRestored::TYPE => EventBody::CheckpointRestored(read(line, note)?),
        CheckpointDeleted::TYPE => EventBody::CheckpointDeleted(read(line, note)?),
        CheckpointNamed::TYPE => EventBody::CheckpointNamed(read(line, note)?),
        _ => return Ok(None),
    }))
}

/// Reads one JSON value that fills the line, and tells of each part of it that the type has no place for.
fn read<'de, T: Deserialize<'de>>(
    line: &'de [u8],
    mut note: impl FnMut(&Path<'_>),
) -> Result<T, EventError> {
    let mut deserializer = serde_json::Deserializer::from_slice(line);
    let value = serde_ignored::deserialize(&mut deserializer, |path| note(&path))?;
    deserializer.end()?;
    Ok(value)
}

fn is_top_level(path: &Path<'_>, is_wanted: impl Fn(&str) -> bool) -> bool {
    matches!(path, Path::Map { parent: Path::Root, key } if is_wanted(key))
}

impl FromStr for Event {
    type Err = EventError;

    fn from_str(line: &str) -> Result<Self, EventError> {
        Self::parse(line.as_bytes())
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_map()
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_map(Map::deserialize(deserializer)?)
            .map_err(|error| serde::de::Error::custom(error.why))
    }
}

impl JsonSchema for Event {
    fn schema_name() -> Cow<'static, str> {
        "Event".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Something that happened: what every event has, then the fields of its type",
            "type": "object",
            "properties": {
                "id": generator.subschema_for::<EventId>(),
                "at": generator.subschema_for::<DateTime<Utc>>(),
                "by": generator.subschema_for::<Actor>(),
                "type": { "type": "string" }
            },
            "required": ["id", "at", "by", "type"],
            "additionalProperties": true
        })
    }
}
