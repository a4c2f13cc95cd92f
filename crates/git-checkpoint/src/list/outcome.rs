//! What `list` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, CheckpointView, Envelope, Outcome, Output, Schema, Style, Table, Talk,
    tell_problems, write_line,
};
use checkpoint_model::verdict::Verdict;
use checkpoint_store::{Place, Problem, Stored};
use schemars::JsonSchema;
use serde::Serialize;

/// The checkpoints, newest first.
pub(crate) struct ListOutcome {
    pub(crate) checkpoints: Vec<Listed>,
    /// What could not be read on the way.
    pub(crate) problems: Vec<Problem>,
    /// Whether there is not one checkpoint, filters or not.
    pub(crate) is_empty: bool,
}

/// A checkpoint, and the shortest id that means it.
pub(crate) struct Listed {
    pub(crate) stored: Stored,
    pub(crate) short_id: String,
}

#[derive(Serialize, JsonSchema)]
struct ListJson {
    /// Newest first.
    checkpoints: Vec<CheckpointView>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<ListJson>>("list")
}

impl Outcome for ListOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        table(self.checkpoints.iter(), out).write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let checkpoints = self
            .checkpoints
            .iter()
            .map(|listed| (&listed.stored).into());
        let body = ListJson {
            checkpoints: checkpoints.collect(),
        };
        write_line(out, &Envelope::new("checkpoint list", body))
    }

    fn talk(&self, talk: &Talk) {
        tell_problems(&self.problems, talk);
        if self.is_empty {
            talk.status("no checkpoints yet");
            talk.hint("use \"git checkpoint create <name>\" to make one");
        }
    }

    fn wants_pager(&self) -> bool {
        true
    }
}

/// One line for each: id, age, type, branch, name or description, and how much it holds.
fn table<'a>(listed: impl Iterator<Item = &'a Listed>, out: &Output) -> Table<6> {
    let mut table = Table::new([Align::Left; 6]);
    for Listed { stored, short_id } in listed {
        let created = &stored.checkpoint.created;
        let kind = match created.phase {
            Some(phase) => format!("{}/{phase}", created.kind),
            None => created.kind.to_string(),
        };
        let branch = created.branch.as_deref().unwrap_or("(no branch)");
        table.row([
            Cell::new(Style::Id, short_id),
            out.ago(stored.checkpoint.at).into(),
            kind.into(),
            Cell::new(Style::Branch, branch),
            title(stored),
            holds(stored),
        ]);
    }
    table
}

/// The name; without one, the first line of the description.
fn title(stored: &Stored) -> Cell {
    const LONGEST: usize = 50;
    match &stored.checkpoint.name {
        Some(name) => Cell::new(Style::Name, name),
        None => {
            let description = &stored.checkpoint.created.description;
            let first = description.lines().next().unwrap_or_default();
            let mut title: String = first.chars().take(LONGEST).collect();
            if title.len() < first.len() {
                title.push('…');
            }
            Cell::new(Style::Dim, title)
        }
    }
}

/// What stands out: a state that is not here, one that is not whole, else the numbers of files.
fn holds(stored: &Stored) -> Cell {
    let created = &stored.checkpoint.created;
    let files = created.files;
    if stored.place == Place::Elsewhere {
        return Cell::new(Style::Warning, "state not here");
    }
    if created.verdict == Verdict::Partial {
        let text = match created.skipped.len() {
            0 => "partial".to_owned(),
            n_skipped => format!("partial, {n_skipped} left out"),
        };
        return Cell::new(Style::Warning, text);
    }
    let parts = [(files.changed, "changed"), (files.untracked, "untracked")];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
    parts.join(", ").into()
}
