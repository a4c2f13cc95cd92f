//! The ids of checkpoints and events: UUIDv7 (RFC 9562), so that their order is the order of time.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use miette::Diagnostic;
use thiserror::Error;
use uuid::{Builder, Uuid, Variant};

use crate::{
    failure::{Failure, Kind},
    schema::string_schema,
    shown::shown,
};

/// Text that is not an id as we write it.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error(
    "'{}' is not an id: a UUID of version 7, in lower case, with hyphens",
    shown(text)
)]
#[diagnostic(code(checkpoint::id_invalid))]
pub struct IdError {
    /// What was read.
    pub text: String,
}

impl Failure for IdError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $description:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes the id of something that happens `now`. Of `random`, 74 bits are used; times before 1970
            /// count as 1970.
            #[must_use]
            pub fn new(now: DateTime<Utc>, random: [u8; 10]) -> Self {
                let milliseconds = u64::try_from(now.timestamp_millis()).unwrap_or(0);
                Self(Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
            }

            /// Writes the text into `buffer`, for who has thousands of them to write.
            pub fn encode<'b>(&self, buffer: &'b mut [u8; 36]) -> &'b str {
                self.0.hyphenated().encode_lower(buffer)
            }

            /// The 16 bytes, whose order is that of the ids.
            #[must_use]
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }

            /// Reads the id back from [`Self::to_bytes`]; `None` for any other bytes.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
                let uuid = Uuid::from_bytes(bytes);
                is_ours(&uuid).then_some(Self(uuid))
            }

            /// The time in the id, to the millisecond.
            #[must_use]
            pub fn at(&self) -> DateTime<Utc> {
                let mut milliseconds = [0; 8];
                milliseconds[2..].copy_from_slice(&self.0.as_bytes()[..6]);
                DateTime::from_timestamp_millis(i64::from_be_bytes(milliseconds))
                    .expect("48 bits of milliseconds end in the year 10889")
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text).map(Self).ok_or_else(|| IdError { text: text.to_owned() })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(crate::text_visitor::FromText::new($description))
            }
        }

        string_schema!($name, $description, "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
    };
}

id!(
    /// Names one checkpoint, wherever it goes: `0199a1b2-c3d4-7000-8000-000000000000`.
    /// Ordered by the time at which the checkpoint was asked for.
    CheckpointId,
    "The id of a checkpoint, a UUIDv7"
);
id!(
    /// Names one event of a record; two lines with the same id tell of the same event.
    EventId,
    "The id of an event, a UUIDv7"
);

id!(
    /// Names one run: an agent at one task, on a branch of its own. Ordered by the time at which it was started.
    RunId,
    "The id of a run, a UUIDv7"
);

impl RunId {
    /// The first 13 characters, which hold all 48 bits of time. Not promised to be unique.
    #[must_use]
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(13);
        text
    }

    /// What the record of the run is kept under: the blob that holds this.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("run:{self}")
    }
}

impl CheckpointId {
    /// Where the refs that hold snapshots live.
    pub const REF_PREFIX: &'static str = "refs/checkpoints/";

    /// The first 13 characters, which hold all 48 bits of time. Not promised to be unique: two
    /// checkpoints of one millisecond share it.
    #[must_use]
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(13);
        text
    }

    /// The full name of the ref that holds the snapshot of this checkpoint.
    #[must_use]
    pub fn ref_name(&self) -> String {
        format!("{}{self}", Self::REF_PREFIX)
    }

    /// Reads the id back from [`CheckpointId::ref_name`]; `None` for any other ref.
    #[must_use]
    pub fn from_ref_name(ref_name: &str) -> Option<Self> {
        ref_name.strip_prefix(Self::REF_PREFIX)?.parse().ok()
    }
}

/// Strict: one id has one spelling, so ids can be compared as text and refs have one name.
fn parse(text: &str) -> Option<Uuid> {
    let is_canonical = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let uuid = Uuid::try_parse(text).ok().filter(|_| is_canonical)?;
    is_ours(&uuid).then_some(uuid)
}

fn is_ours(uuid: &Uuid) -> bool {
    uuid.get_version_num() == 7 && uuid.get_variant() == Variant::RFC4122
}

#[cfg(test)]
mod tests;
