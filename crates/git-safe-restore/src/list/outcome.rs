//! What `--list` tells.

use std::{borrow::Cow, io};

use checkpoint_cli::{
    Align, Cell, Envelope, Outcome, Output, Schema, Style, Table, Talk, tell_problems, write_line,
};
use checkpoint_store::Problem;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Entry, EntryKind};

/// Everything one can go back to, newest first.
pub(crate) struct ListOutcome {
    pub(super) entries: Vec<Entry>,
    /// What could not be read on the way.
    pub(super) problems: Vec<Problem>,
}

#[derive(Serialize, JsonSchema)]
struct ListJson<'a> {
    /// Newest first.
    entries: &'a [Entry],
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<ListJson<'_>>>("safe-restore-list")
}

impl Outcome for ListOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new([Align::Left; 5]);
        for entry in &self.entries {
            table.row([
                Cell::new(Style::Id, &entry.name),
                out.ago(entry.at).into(),
                kind(entry).into(),
                Cell::new(Style::Branch, entry.branch.as_deref().unwrap_or_default()),
                title(entry),
            ]);
        }
        table.write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let entries = &self.entries;
        write_line(
            out,
            &Envelope::new("safe-restore --list", ListJson { entries }),
        )
    }

    fn talk(&self, talk: &Talk) {
        tell_problems(&self.problems, talk);
        let has =
            |is_meant: fn(EntryKind) -> bool| self.entries.iter().any(|entry| is_meant(entry.kind));
        if has(|kind| matches!(kind, EntryKind::Checkpoint | EntryKind::Backup)) {
            talk.hint("of a checkpoint or a backup: git safe-restore <id>");
        }
        if has(|kind| matches!(kind, EntryKind::Commit | EntryKind::Reflog)) {
            talk.hint("of a commit: git branch <name> <commit>");
        }
    }

    fn wants_pager(&self) -> bool {
        true
    }
}

fn kind(entry: &Entry) -> Cow<'static, str> {
    let kind = match entry.kind {
        EntryKind::Backup if entry.is_next_undo => "backup (--undo)",
        EntryKind::Backup if entry.is_next_redo => "backup (--redo)",
        EntryKind::Backup => "backup",
        EntryKind::Checkpoint => "checkpoint",
        EntryKind::Commit => match entry.rollback {
            None => "commit",
            Some(0) => "commit (HEAD)",
            Some(n) => return format!("commit (--rollback {n})").into(),
        },
        EntryKind::Reflog => "reflog",
    };
    kind.into()
}

fn title(entry: &Entry) -> Cell<'_> {
    const LONGEST: usize = 50;
    let style = match entry.kind {
        EntryKind::Checkpoint => Style::Name,
        _ => Style::Plain,
    };
    let mut title: String = entry.title.chars().take(LONGEST).collect();
    if title.len() < entry.title.len() {
        title.push('…');
    }
    Cell::new(style, title)
}
