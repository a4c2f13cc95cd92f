//! Taking checkpoints elsewhere in files: records as JSON Lines, states as a git bundle.
//!
//! The file of records begins with a line that says what it is, `{"format":"git-checkpoint","version":1,…}`; each
//! further line is the record of one snapshot, its events as they stand in the note.

mod read;
mod states;

use std::io::Write;

use checkpoint_git::Repository;
use checkpoint_model::id::CheckpointId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use read::{Imported, import};
pub use states::{ImportedStates, export_states, import_states};

use crate::StoreError;
use crate::load::Stored;
use crate::notes::{CHECKPOINTS, Notes};

/// The `format` of a file of ours.
const FORMAT: &str = "git-checkpoint";
/// The version that is written, and the newest that is read.
const VERSION: u32 = 1;

/// The first line of a file of records.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    /// How object ids are made: `sha1` or `sha256`.
    object_format: String,
    exported_at: DateTime<Utc>,
    /// The number of records that follow.
    checkpoints: usize,
}

/// Any other line.
#[derive(Debug, Serialize, Deserialize)]
struct Line<'a> {
    /// What the record is keyed by.
    snapshot: String,
    /// The lines of the record, verbatim.
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// Writes the records of `stored` to `out`, oldest first. Gives the ids of those that have none to write.
///
/// Lines of a record that are no JSON are left out: they say nothing to anybody.
pub fn export(
    repo: &Repository,
    stored: &[&Stored],
    now: DateTime<Utc>,
    out: &mut dyn Write,
) -> Result<Vec<CheckpointId>, StoreError> {
    let header = Header {
        format: FORMAT.into(),
        version: VERSION,
        object_format: repo.gix().object_hash().to_string(),
        exported_at: now,
        checkpoints: stored
            .iter()
            .filter(|stored| !stored.record_missing)
            .count(),
    };
    write_line(out, &header)?;
    let notes = Notes::read(repo, CHECKPOINTS)?;
    let mut without = Vec::new();
    for stored in stored {
        let Some(bytes) = notes
            .get(&stored.snapshot)?
            .filter(|_| !stored.record_missing)
        else {
            without.push(stored.checkpoint.id);
            continue;
        };
        let events = bytes
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice(line).ok());
        write_line(
            out,
            &Line {
                snapshot: stored.snapshot.to_string(),
                events: events.collect(),
            },
        )?;
    }
    Ok(without)
}

fn write_line(out: &mut dyn Write, line: &impl Serialize) -> Result<(), StoreError> {
    let text = serde_json::to_string(line)
        .expect("keys are strings, and nothing of ours refuses to be written");
    writeln!(out, "{text}").map_err(StoreError::io)
}
