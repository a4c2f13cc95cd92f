//! What `status` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, CheckpointView, Envelope, Outcome, Output, Schema, Style, Table, Talk, count,
    human_bytes, shortened, write_line,
};
use checkpoint_store::Stored;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::situation::Situation;

/// Where the work stands, what was committed last, what is kept.
pub(crate) struct StatusOutcome {
    pub(super) situation: Situation,
    /// Newest first.
    pub(super) commits: Vec<Commit>,
    pub(super) kept: Kept,
}

/// The checkpoints that were not deleted.
pub(super) struct Kept {
    pub(super) total: u64,
    pub(super) named: u64,
    /// What they alone keep on disk; none when it cannot be measured.
    pub(super) bytes: Option<u64>,
    /// The newest, newest first.
    pub(super) recent: Vec<Stored>,
}

/// One commit of the branch.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Commit {
    /// Its name, as short as it is unique.
    pub(super) id: String,
    /// When it was committed.
    pub(super) at: DateTime<Utc>,
    /// The first paragraph of its message, on one line.
    pub(super) subject: String,
}

#[derive(Serialize, JsonSchema)]
struct StatusJson {
    #[serde(flatten)]
    situation: Situation,
    /// The newest commits of HEAD, newest first.
    recent_commits: Vec<Commit>,
    /// The newest checkpoints, newest first.
    recent_checkpoints: Vec<CheckpointView>,
    /// How many checkpoints there are.
    checkpoints: u64,
    /// How many of them have a name.
    named: u64,
    /// What checkpoints alone keep on disk, in bytes; null when it cannot be measured.
    bytes: Option<u64>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<StatusJson>>("status")
}

impl Outcome for StatusOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        self.situation.write(out)?;
        self.write_commits(out)?;
        self.write_checkpoints(out)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = StatusJson {
            situation: self.situation.clone(),
            recent_commits: self.commits.clone(),
            recent_checkpoints: self.kept.recent.iter().map(Into::into).collect(),
            checkpoints: self.kept.total,
            named: self.kept.named,
            bytes: self.kept.bytes,
        };
        write_line(out, &Envelope::new("checkpoint status", body))
    }

    fn talk(&self, talk: &Talk) {
        if self.kept.total == 0 {
            talk.hint("use \"git checkpoint create <name>\" to keep this state");
        }
    }
}

impl StatusOutcome {
    fn write_commits(&self, out: &mut Output) -> io::Result<()> {
        if self.commits.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nRecent commits:")?;
        let mut table = Table::new([Align::Left; 3]);
        for Commit { id, at, subject } in &self.commits {
            table.row([
                Cell::new(Style::Id, id),
                out.ago(*at).into(),
                subject.into(),
            ]);
        }
        table.write(out, 2)
    }

    fn write_checkpoints(&self, out: &mut Output) -> io::Result<()> {
        let Kept {
            total,
            named,
            bytes,
            recent,
        } = &self.kept;
        if recent.is_empty() {
            return writeln!(out, "\nNo checkpoints yet");
        }
        writeln!(out, "\nRecent checkpoints:")?;
        // Sorted, as it is asked for: oldest first.
        let short_ids = shortened(recent.iter().rev().map(|stored| stored.checkpoint.id));
        let mut table = Table::new([Align::Left; 4]);
        for (stored, id) in recent.iter().zip(short_ids.iter().rev()) {
            let checkpoint = &stored.checkpoint;
            let name = checkpoint.name.as_ref().map(ToString::to_string);
            table.row([
                Cell::new(Style::Id, id),
                out.ago(checkpoint.at).into(),
                checkpoint.created.kind.into(),
                Cell::new(Style::Name, name.unwrap_or_default()),
            ]);
        }
        table.write(out, 2)?;
        let total = count(*total, "checkpoint", "checkpoints");
        let bytes = bytes.map(|bytes| format!(", {} on disk", human_bytes(bytes)));
        writeln!(out, "\n{total}, {named} named{}", bytes.unwrap_or_default())
    }
}
