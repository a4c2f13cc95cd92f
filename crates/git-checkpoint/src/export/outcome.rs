//! What `export` tells.

use std::{io, path::PathBuf};

use checkpoint_cli::{Envelope, Outcome, Output, Schema, Talk, count, write_line};
use checkpoint_model::id::CheckpointId;
use schemars::JsonSchema;
use serde::Serialize;

/// What was written, and where.
pub(crate) struct ExportOutcome {
    pub(super) exported: Exported,
    pub(super) n_records: usize,
    /// Checkpoints whose record is lost.
    pub(super) without_record: Vec<CheckpointId>,
    /// None: states were not asked for.
    pub(super) states: Option<States>,
}

/// Where the records are.
pub(super) enum Exported {
    /// In this file.
    To(PathBuf),
    /// Nowhere yet: they go to standard output.
    Here(Vec<u8>),
}

/// The states that were written.
pub(super) struct States {
    pub(super) checkpoints: Vec<CheckpointId>,
    pub(super) bundle: PathBuf,
}

#[derive(Serialize, JsonSchema)]
struct ExportJson<'a> {
    /// The file that holds the records.
    file: String,
    /// How many records are in it.
    records: usize,
    /// Checkpoints whose record is lost, and which are not in it.
    without_record: &'a [CheckpointId],
    /// The git bundle that holds the states; null when none was written.
    bundle: Option<String>,
    /// The checkpoints whose states are in the bundle.
    states: &'a [CheckpointId],
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<ExportJson<'_>>>("export")
}

impl Outcome for ExportOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        match &self.exported {
            Exported::To(_) => Ok(()),
            Exported::Here(bytes) => out.write_bytes(bytes),
        }
    }

    /// An export to standard output is JSON already, and stays as it is.
    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let path = match &self.exported {
            Exported::Here(bytes) => return out.write_all(bytes),
            Exported::To(path) => path,
        };
        let states = self.states.as_ref().filter(|it| !it.checkpoints.is_empty());
        let body = ExportJson {
            file: path.to_string_lossy().into_owned(),
            records: self.n_records,
            without_record: &self.without_record,
            bundle: states.map(|states| states.bundle.to_string_lossy().into_owned()),
            states: states.map_or(&[], |states| &states.checkpoints),
        };
        write_line(out, &Envelope::new("checkpoint export", body))
    }

    fn talk(&self, talk: &Talk) {
        if let Exported::To(path) = &self.exported {
            let records = count(self.n_records as u64, "record", "records");
            talk.status(format_args!("{records} written to '{}'", path.display()));
        }
        match &self.states {
            Some(states) if states.checkpoints.is_empty() => {
                talk.warning("none of these checkpoints has its state here; no bundle was written");
            }
            Some(States {
                checkpoints,
                bundle,
            }) => {
                let states = count(checkpoints.len() as u64, "state", "states");
                talk.status(format_args!("{states} written to '{}'", bundle.display()));
            }
            None => {}
        }
        for id in &self.without_record {
            talk.warning(format_args!(
                "the record of checkpoint {id} is lost, and was not written"
            ));
        }
    }
}
