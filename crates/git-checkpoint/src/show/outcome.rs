//! What `show` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, CheckpointView, Envelope, Outcome, Output, Schema, Style, Table, Talk, count,
    human_bytes, shown, write_line,
};
use checkpoint_model::{
    event::{DeletionReason, FileCounts},
    words::Actor,
};
use checkpoint_store::{Place, Stored};
use chrono::{DateTime, Local, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Holdings;
use crate::changes::Change;

/// One checkpoint.
pub(crate) struct ShowOutcome {
    pub(crate) stored: Stored,
    /// None where its state is not here.
    pub(crate) holdings: Option<Holdings>,
}

#[derive(Serialize, JsonSchema)]
struct ShowJson<'a> {
    checkpoint: CheckpointView,
    /// What it holds against its HEAD; null where its state is not here.
    changes: Option<&'a [Change]>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<ShowJson<'_>>>("show")
}

impl Outcome for ShowOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let checkpoint = &self.stored.checkpoint;
        let heading = format!("checkpoint {}", checkpoint.id);
        writeln!(out, "{}", out.paint(Style::Id, heading))?;
        facts(&self.stored, out).write(out, 0)?;
        let description = checkpoint.created.description.trim_end();
        if !description.is_empty() {
            writeln!(out)?;
            for line in description.lines() {
                writeln!(out, "    {line}")?;
            }
        }
        self.write_skipped(out)?;
        self.write_stat(out)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = ShowJson {
            checkpoint: (&self.stored).into(),
            changes: self.holdings.as_ref().map(|it| it.changes.as_slice()),
        };
        write_line(out, &Envelope::new("checkpoint show", body))
    }

    fn talk(&self, talk: &Talk) {
        if self.stored.record_missing {
            talk.warning("its record is lost; this is what its tag or its snapshot tells");
        }
        if self.stored.place == Place::Elsewhere {
            talk.warning("its state is not in this repository, only its record");
        }
    }

    fn wants_pager(&self) -> bool {
        true
    }
}

impl ShowOutcome {
    fn write_skipped(&self, out: &mut Output) -> io::Result<()> {
        let skipped = &self.stored.checkpoint.created.skipped;
        if skipped.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nNot captured:")?;
        let mut table = Table::new([Align::Left, Align::Right, Align::Left]);
        for skipped in skipped {
            table.row([
                Cell::new(Style::Warning, &skipped.path),
                skipped.bytes.map(human_bytes).unwrap_or_default().into(),
                skipped.reason.explain().into(),
            ]);
        }
        table.write(out, 2)
    }

    fn write_stat(&self, out: &mut Output) -> io::Result<()> {
        let Some(holdings) = &self.holdings else {
            return Ok(());
        };
        let stat = shown(&holdings.stat);
        if stat.is_empty() {
            return writeln!(out, "\n no changes since its HEAD");
        }
        if out.has_colour() {
            return write!(out, "\n{stat}");
        }
        // No file name has an escape in it: git quotes those.
        let codes = ["\x1b[32m", "\x1b[31m", "\x1b[m"];
        let plain = codes
            .iter()
            .fold(stat.into_owned(), |text, code| text.replace(code, ""));
        write!(out, "\n{plain}")
    }
}

/// A line for each fact that applies.
fn facts(stored: &Stored, out: &Output) -> Table<2> {
    let checkpoint = &stored.checkpoint;
    let created = &checkpoint.created;
    let mut facts = Facts(Table::new([Align::Left; 2]));
    if let Some(name) = &checkpoint.name {
        facts.add("Name:", Cell::new(Style::Name, name));
    }
    facts.add("Date:", moment(checkpoint.at, out));
    facts.add("By:", person(&checkpoint.by));
    facts.add("Type:", created.kind);
    facts.add_some("Phase:", created.phase);
    facts.add_some("Session:", created.session.as_ref());
    facts.add_some("Agent:", created.agent.as_ref());
    facts.add_some("Task:", created.task.as_ref());
    facts.add_some("State:", created.state.filter(|state| !state.is_empty()));
    let branch = created.branch.as_deref().unwrap_or("(no branch)");
    facts.add("Branch:", Cell::new(Style::Branch, branch));
    let head = created.head.as_deref().unwrap_or("(no commit yet)");
    facts.add("HEAD:", Cell::new(Style::Id, head));
    facts.add_some("Operation:", operations(stored));
    facts.add("Worktree:", &created.worktree);
    facts.add("Snapshot:", Cell::new(Style::Id, &created.snapshot));
    facts.add("Files:", files(created.files));
    facts.add("Verdict:", verdict(stored));
    facts.add_some("Restored:", restored(stored, out));
    facts.add_some("Deleted:", deleted(stored, out));
    facts.0
}

struct Facts(Table<2>);

impl Facts {
    fn add(&mut self, label: &str, fact: impl Into<Cell<'static>>) {
        self.0.row([label.into(), fact.into()]);
    }

    fn add_some(&mut self, label: &str, fact: Option<impl Into<Cell<'static>>>) {
        if let Some(fact) = fact {
            self.add(label, fact);
        }
    }
}

fn moment(at: DateTime<Utc>, out: &Output) -> String {
    let local = at.with_timezone(&Local);
    format!("{} ({})", local.format("%Y-%m-%d %H:%M:%S %z"), out.ago(at))
}

fn person(by: &Actor) -> String {
    let agent = by.agent.as_ref().map(|agent| format!(" with {agent}"));
    format!("{} on {}{}", by.user, by.host, agent.unwrap_or_default())
}

fn operations(stored: &Stored) -> Option<String> {
    let created = &stored.checkpoint.created;
    let all = match created.operations.as_slice() {
        [] => created.operation.as_slice(),
        several => several,
    };
    let words: Vec<_> = all.iter().map(|kind| kind.as_str()).collect();
    (!words.is_empty()).then(|| format!("{} in progress", words.join(" and ")))
}

fn files(files: FileCounts) -> String {
    let FileCounts {
        tracked,
        changed,
        untracked,
        bytes,
    } = files;
    let bytes = human_bytes(bytes);
    format!("{tracked} tracked, {changed} changed, {untracked} untracked; {bytes} read")
}

fn verdict(stored: &Stored) -> Cell<'static> {
    let created = &stored.checkpoint.created;
    match created.skipped.len() {
        0 => created.verdict.into(),
        n_skipped => {
            let text = format!("{}, {n_skipped} not captured", created.verdict);
            Cell::new(Style::Warning, text)
        }
    }
}

fn restored(stored: &Stored, out: &Output) -> Option<String> {
    let times = stored.checkpoint.restored_count;
    let last = stored.checkpoint.last_restored_at?;
    Some(format!(
        "{}, last {}",
        count(times, "time", "times"),
        out.ago(last)
    ))
}

fn deleted(stored: &Stored, out: &Output) -> Option<Cell<'static>> {
    let deletion = stored.checkpoint.deleted.as_ref()?;
    let end = match (deletion.reason, stored.place) {
        (DeletionReason::Pruned, _) | (_, Place::Pruned) => "its state is gone",
        _ => "its state is here until it is pruned",
    };
    let ago = out.ago(deletion.at);
    Some(Cell::new(Style::Warning, format!("{ago}; {end}")))
}
