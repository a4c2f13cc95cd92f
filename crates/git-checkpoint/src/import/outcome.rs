//! What `import` tells.

use std::io;

use checkpoint_cli::{Envelope, Outcome, Output, Schema, Talk, count, write_line};
use checkpoint_model::{id::CheckpointId, name::CheckpointName};
use checkpoint_store::export::{Imported, ImportedStates};
use schemars::JsonSchema;
use serde::Serialize;

/// What was taken in.
pub(crate) struct ImportOutcome {
    /// None: there were no records in the file.
    pub(super) records: Option<Imported>,
    /// None: there was no bundle.
    pub(super) states: Option<ImportedStates>,
}

#[derive(Serialize, JsonSchema)]
struct ImportJson<'a> {
    /// Checkpoints that were not known before.
    new: &'a [CheckpointId],
    /// Checkpoints of which more is known now.
    merged: &'a [CheckpointId],
    /// How many records had nothing new to tell.
    unchanged: usize,
    /// Names that belong to another checkpoint here, and stay with it.
    names_taken: Vec<NameTaken<'a>>,
    /// References of states and names that came with the bundle.
    refs: &'a [String],
    /// References that are something else here, and stay.
    refs_kept: &'a [String],
}

/// A name that an imported checkpoint could not bring along.
#[derive(Serialize, JsonSchema)]
struct NameTaken<'a> {
    checkpoint: CheckpointId,
    name: &'a CheckpointName,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<ImportJson<'_>>>("import")
}

impl Outcome for ImportOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        if let Some(records) = &self.records {
            let new = count(records.new.len() as u64, "new record", "new records");
            let merged = records.merged.len();
            let unchanged = records.unchanged;
            writeln!(out, "{new}, {merged} merged, {unchanged} unchanged")?;
        }
        if let Some(states) = &self.states {
            let new = states.new.len() as u64;
            writeln!(out, "{}", count(new, "new ref", "new refs"))?;
        }
        Ok(())
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let none = Imported::default();
        let records = self.records.as_ref().unwrap_or(&none);
        let names_taken = records.names_taken.iter();
        let states = self.states.as_ref();
        let body = ImportJson {
            new: &records.new,
            merged: &records.merged,
            unchanged: records.unchanged,
            names_taken: names_taken
                .map(|(checkpoint, name)| NameTaken {
                    checkpoint: *checkpoint,
                    name,
                })
                .collect(),
            refs: states.map_or(&[], |states| &states.new),
            refs_kept: states.map_or(&[], |states| &states.kept),
        };
        write_line(out, &Envelope::new("checkpoint import", body))
    }

    fn talk(&self, talk: &Talk) {
        for (id, name) in self.records.iter().flat_map(|records| &records.names_taken) {
            talk.warning(format_args!(
                "the name '{name}' belongs to another checkpoint here; the imported one is {id}"
            ));
        }
        for name in self.states.iter().flat_map(|states| &states.kept) {
            talk.warning(format_args!("'{name}' is something else here, and stays"));
        }
    }
}
