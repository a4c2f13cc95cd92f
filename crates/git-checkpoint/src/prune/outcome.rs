//! What `prune` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, Envelope, Outcome, Output, Schema, Style, Table, Talk, count, write_line,
};
use checkpoint_model::{id::CheckpointId, name::CheckpointName, retention::Why};
use checkpoint_store::Stored;
use schemars::JsonSchema;
use serde::Serialize;

/// What was removed, or would be.
pub(crate) struct PruneOutcome {
    /// Oldest first.
    pub(super) pruned: Vec<Pruned>,
    pub(super) n_kept: usize,
    pub(super) is_dry_run: bool,
}

/// A checkpoint that goes.
pub(super) struct Pruned {
    pub(super) stored: Stored,
    pub(super) why: Why,
}

#[derive(Serialize, JsonSchema)]
struct PruneJson<'a> {
    /// Whether this is only what would be done.
    dry_run: bool,
    /// Oldest first.
    removed: Vec<PrunedJson<'a>>,
    /// How many stay.
    kept: usize,
}

#[derive(Serialize, JsonSchema)]
struct PrunedJson<'a> {
    checkpoint: CheckpointId,
    /// The name it had.
    name: Option<&'a CheckpointName>,
    /// The snapshot commit.
    snapshot: &'a str,
    why: WhyJson,
}

/// Why a checkpoint goes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum WhyJson {
    /// It was deleted, and retention.grace-days are over.
    Deleted,
    /// There are retention.automatic-count newer ones.
    Count,
    /// It is older than retention.automatic-days.
    Age,
    /// With the newer ones it takes more than retention.max-bytes.
    Bytes,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<PruneJson<'_>>>("prune")
}

impl Outcome for PruneOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new([Align::Left; 5]);
        for Pruned { stored, why } in &self.pruned {
            let checkpoint = &stored.checkpoint;
            table.row([
                Cell::new(Style::Id, checkpoint.id),
                out.ago(checkpoint.at).into(),
                checkpoint.created.kind.into(),
                Cell::new(Style::Name, checkpoint.name.as_deref().unwrap_or_default()),
                why.into(),
            ]);
        }
        table.write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let removed = self.pruned.iter().map(|Pruned { stored, why }| PrunedJson {
            checkpoint: stored.checkpoint.id,
            name: stored.checkpoint.name.as_ref(),
            snapshot: &stored.checkpoint.created.snapshot,
            why: match why {
                Why::Deleted => WhyJson::Deleted,
                Why::Count => WhyJson::Count,
                Why::Age => WhyJson::Age,
                Why::Bytes => WhyJson::Bytes,
            },
        });
        let body = PruneJson {
            dry_run: self.is_dry_run,
            removed: removed.collect(),
            kept: self.n_kept,
        };
        write_line(out, &Envelope::new("checkpoint prune", body))
    }

    fn talk(&self, talk: &Talk) {
        let all = count(self.pruned.len() as u64, "checkpoint", "checkpoints");
        let n_kept = self.n_kept;
        if self.pruned.is_empty() {
            talk.status(format_args!("nothing to prune, {n_kept} kept"));
        } else if self.is_dry_run {
            talk.status(format_args!("would remove {all}, {n_kept} kept"));
            talk.hint("use \"git checkpoint prune\" to remove them");
        } else {
            talk.status(format_args!("removed {all}, {n_kept} kept"));
            talk.hint("the space is free after \"git gc\", when git finds it old enough");
        }
    }

    fn wants_pager(&self) -> bool {
        true
    }
}
