//! An event as one line of JSON.

use std::{borrow::Cow, fmt, str::FromStr};

use chrono::{DateTime, Utc};
use miette::Diagnostic;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_ignored::Path;
use serde_json::{Map, Value};
use thiserror::Error;

use super::{
    CheckpointCreated, CheckpointDeleted, CheckpointNamed, CheckpointRestored, CheckpointShared,
    Event, EventBody, GitCommitCreated, PolicyOverride, RolledBack, RunEvent,
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
        match Self::parse_as_written(line) {
            Some(event) => Ok(event),
            None => Self::from_map(serde_json::from_slice(line)?),
        }
    }

    /// Reads a line as this version writes it, in one pass; `None` for any other, be it right or wrong.
    fn parse_as_written(line: &[u8]) -> Option<Self> {
        let mut holds_more = false;
        let mut json = serde_json::Deserializer::from_slice(line);
        let mut note = |_: Path<'_>| holds_more = true;
        let event = serde_ignored::Deserializer::new(&mut json, &mut note)
            .deserialize_map(AsWritten)
            .ok()?;
        json.end().ok()?;
        (!holds_more).then_some(event)
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
            CheckpointShared::TYPE => {
                EventBody::CheckpointShared(Deserialize::deserialize(&value)?)
            }
            RolledBack::TYPE => EventBody::RolledBack(Deserialize::deserialize(&value)?),
            PolicyOverride::TYPE => EventBody::PolicyOverride(Deserialize::deserialize(&value)?),
            GitCommitCreated::TYPE => {
                EventBody::GitCommitCreated(Deserialize::deserialize(&value)?)
            }
            type_ if RunEvent::is_known(type_) => {
                EventBody::Run(Box::new(RunEvent::read(type_, &value)?))
            }
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
            EventBody::CheckpointShared(shared) => serde_json::to_value(shared)?,
            EventBody::RolledBack(done) => serde_json::to_value(done)?,
            EventBody::PolicyOverride(passed) => serde_json::to_value(passed)?,
            EventBody::GitCommitCreated(created) => serde_json::to_value(created)?,
            EventBody::Run(event) => event.fields()?,
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

/// Reads an event whose first keys are `id`, `at`, `by` and `type`, and whose type is known.
struct AsWritten;

impl<'de> Visitor<'de> for AsWritten {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        let id = value_of(&mut map, "id")?;
        let at = value_of(&mut map, "at")?;
        let by = value_of(&mut map, "by")?;
        let type_: &str = value_of(&mut map, "type")?;
        let rest = MapAccessDeserializer::new(map);
        let body = match type_ {
            CheckpointCreated::TYPE => {
                EventBody::CheckpointCreated(Deserialize::deserialize(rest)?)
            }
            CheckpointRestored::TYPE => {
                EventBody::CheckpointRestored(Deserialize::deserialize(rest)?)
            }
            CheckpointDeleted::TYPE => {
                EventBody::CheckpointDeleted(Deserialize::deserialize(rest)?)
            }
            CheckpointNamed::TYPE => EventBody::CheckpointNamed(Deserialize::deserialize(rest)?),
            CheckpointShared::TYPE => EventBody::CheckpointShared(Deserialize::deserialize(rest)?),
            RolledBack::TYPE => EventBody::RolledBack(Deserialize::deserialize(rest)?),
            PolicyOverride::TYPE => EventBody::PolicyOverride(Deserialize::deserialize(rest)?),
            GitCommitCreated::TYPE => EventBody::GitCommitCreated(Deserialize::deserialize(rest)?),
            _ => EventBody::Run(Box::new(RunEvent::read(type_, rest)?)),
        };
        Ok(Event::new(id, at, by, body))
    }
}

fn value_of<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    key: &str,
) -> Result<T, A::Error> {
    match map.next_key::<&str>()? {
        Some(found) if found == key => map.next_value(),
        _ => Err(A::Error::custom("another order")),
    }
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
