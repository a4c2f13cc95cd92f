//! Ids that nobody else has.

use checkpoint_model::id::{CheckpointId, EventId, RunId};
use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// The id of a checkpoint made at `now`.
pub fn checkpoint_id(now: DateTime<Utc>) -> CheckpointId {
    CheckpointId::new(now, random())
}

/// The id of an event that happens at `now`.
pub fn event_id(now: DateTime<Utc>) -> EventId {
    EventId::new(now, random())
}

/// The id of a run that is started at `now`.
pub fn run_id(now: DateTime<Utc>) -> RunId {
    RunId::new(now, random())
}

/// Ten bytes from the system's source of randomness, by way of a UUIDv7 at the beginning of time.
pub fn random() -> [u8; 10] {
    let uuid = Uuid::new_v7(Timestamp::from_unix(NoContext, 0, 0));
    let [.., a, b, c, d, e, f, g, h, i, j] = uuid.into_bytes();
    [a, b, c, d, e, f, g, h, i, j]
}
