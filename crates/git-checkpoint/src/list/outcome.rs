//! What `list` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, CheckpointView, Envelope, Outcome, Output, Schema, Style, Table, Talk, count,
    shell_word, tell_problems, write_line,
};
use checkpoint_model::{brief::Brief, verdict::Verdict};
use checkpoint_store::{Entered, Overview, Place, Stored};
use schemars::JsonSchema;
use serde::Serialize;

/// The checkpoints, newest first.
pub(crate) struct ListOutcome {
    pub(super) overview: Overview,
    /// Remotes of which records lie here unmerged, and how many.
    pub(super) unmerged: Vec<(String, usize)>,
    pub(super) shown: Vec<Shown>,
    /// The same with all that is known of them; empty where no machine reads.
    pub(super) whole: Vec<Stored>,
}

/// A checkpoint of the overview that is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// Its position there.
    pub(super) at: usize,
    /// How much of its id means it.
    pub(super) short_length: usize,
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
        self.table(out).write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = ListJson {
            checkpoints: self.whole.iter().map(Into::into).collect(),
        };
        write_line(out, &Envelope::new("checkpoint list", body))
    }

    fn talk(&self, talk: &Talk) {
        tell_problems(&self.overview.problems, talk);
        if self.overview.is_empty() {
            talk.status("no checkpoints yet");
            if self.unmerged.is_empty() {
                talk.hint("use \"git checkpoint create <name>\" to make one");
            }
        }
        for (remote, n) in &self.unmerged {
            let records = count(*n as u64, "record is", "records are");
            talk.hint(format_args!(
                "{records} here from '{remote}', not merged yet: git checkpoint fetch {}",
                shell_word(remote)
            ));
        }
    }

    fn wants_pager(&self) -> bool {
        true
    }
}

impl ListOutcome {
    /// One line for each: id, age, type, branch, name or description, and how much it holds.
    fn table(&self, out: &Output) -> Table<6> {
        let mut table = Table::new([Align::Left; 6]);
        for Shown { at, short_length } in &self.shown {
            let entered = self.overview.get(*at);
            let brief = &entered.brief;
            let mut buffer = [0; 36];
            let id = brief.id.encode(&mut buffer);
            table.row([
                Cell::text(Style::Id, &id[..*short_length]),
                Cell::text(Style::Plain, out.ago(brief.at)),
                kind(brief),
                Cell::text(Style::Branch, brief.branch.unwrap_or("(no branch)")),
                title(brief),
                holds(&entered),
            ]);
        }
        table
    }
}

fn kind(brief: &Brief<'_>) -> Cell<'static> {
    match brief.phase {
        Some(phase) => format!("{}/{phase}", brief.kind).into(),
        None => Cell::text(Style::Plain, brief.kind.as_str()),
    }
}

/// The name; without one, the first line of the description.
fn title<'a>(brief: &Brief<'a>) -> Cell<'a> {
    const LONGEST: usize = 50;
    if let Some(name) = brief.name {
        return Cell::text(Style::Name, name);
    }
    match brief.title.char_indices().nth(LONGEST) {
        None => Cell::text(Style::Dim, brief.title),
        Some((end, _)) => Cell::text(Style::Dim, format!("{}…", &brief.title[..end])),
    }
}

/// What stands out: a state that is not here, one that is not whole, else the numbers of files.
fn holds(entered: &Entered<'_>) -> Cell<'static> {
    let brief = &entered.brief;
    if entered.place == Place::Elsewhere {
        return Cell::text(Style::Warning, "state not here");
    }
    if brief.verdict == Verdict::Partial {
        let text = match brief.n_skipped {
            0 => "partial".to_owned(),
            n_skipped => format!("partial, {n_skipped} left out"),
        };
        return Cell::text(Style::Warning, text);
    }
    let text = match (brief.n_changed, brief.n_untracked) {
        (0, 0) => String::new(),
        (changed, 0) => format!("{changed} changed"),
        (0, untracked) => format!("{untracked} untracked"),
        (changed, untracked) => format!("{changed} changed, {untracked} untracked"),
    };
    Cell::text(Style::Plain, text)
}
