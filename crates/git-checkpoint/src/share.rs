//! What `push` and `fetch` have in common: with whom, how, and how it is told.

use std::io;

use checkpoint_cli::{Align, Cell, Output, Session, SessionError, Style, Table, Talk, count};
use checkpoint_share::{Direction, Manner, Remote, ShareError, Shared};
use checkpoint_store::{StoreError, Stored};
use schemars::JsonSchema;
use serde::Serialize;

use crate::CheckpointError;

/// The remote that is meant, and the words that mean checkpoints: the first word may be either.
pub(crate) fn parties(
    session: &Session<'_>,
    first: Option<String>,
    mut rest: Vec<String>,
    direction: Direction,
) -> Result<(Remote, Vec<String>), CheckpointError> {
    let repo = &session.repo;
    let named = first
        .as_deref()
        .map(|word| Remote::named(repo, &session.surroundings.cwd, word));
    if let Some(Some(remote)) = named {
        return Ok((remote, rest));
    }
    rest.splice(0..0, first);
    Ok((Remote::default(repo, direction)?, rest))
}

/// The checkpoints that `words` mean; the first of them might have been meant as a remote.
pub(crate) fn chosen(
    session: &Session<'_>,
    words: &[String],
) -> Result<Vec<Stored>, CheckpointError> {
    match session.choose_all(words) {
        Err(SessionError::Store(StoreError::Unknown { selector, similar }))
            if similar.is_empty() && words.first() == Some(&selector) =>
        {
            Err(ShareError::Unknown { word: selector }.into())
        }
        chosen => Ok(chosen?),
    }
}

/// Whether a person can be asked for a password.
pub(crate) fn manner(session: &Session<'_>) -> Manner {
    match session.console.is_attended() {
        true => Manner::Asking,
        false => Manner::Silent,
    }
}

/// What was shared of one kind of records.
#[derive(Serialize, JsonSchema)]
pub(crate) struct RecordsJson {
    /// The reference that holds them.
    #[serde(rename = "ref")]
    reference: &'static str,
    /// How many are new there, or tell more; null where that is not known before they are merged.
    sent: Option<usize>,
    /// How many are new here, or tell more.
    received: usize,
    /// Lines that came and are no events; they are kept.
    odd_lines: usize,
}

impl From<&Shared> for RecordsJson {
    fn from(shared: &Shared) -> Self {
        Self {
            reference: shared.reference,
            sent: Some(shared.sent),
            received: shared.received,
            odd_lines: shared.odd_lines,
        }
    }
}

impl From<&(&'static str, Option<usize>)> for RecordsJson {
    fn from((reference, sent): &(&'static str, Option<usize>)) -> Self {
        Self {
            reference,
            sent: *sent,
            received: 0,
            odd_lines: 0,
        }
    }
}

/// The lines below `To <remote>` or `From <remote>`; without any, all was there already.
pub(crate) struct Lines(Table<3>);

impl Lines {
    pub(crate) fn new() -> Self {
        Self(Table::new([Align::Left, Align::Left, Align::Left]))
    }

    /// One line: what happened, to what, which.
    pub(crate) fn line(&mut self, verb: &str, what: &str, which: Cell<'_>) {
        self.0.row([verb.into(), what.into(), which]);
    }

    /// What was shared of records, and of which kind.
    pub(crate) fn records(&mut self, verb: &str, n: usize, reference: &str) {
        if n > 0 {
            let what = count(n as u64, "record", "records");
            self.line(verb, &what, Cell::new(Style::Dim, kind(reference)));
        }
    }

    /// Records of this kind, nobody knows how many.
    pub(crate) fn records_of(&mut self, verb: &str, reference: &str) {
        self.line(verb, "records", Cell::new(Style::Dim, kind(reference)));
    }

    /// A tag, and whether it is new.
    pub(crate) fn tag(&mut self, verb: &str, name: &str) {
        let name = name.strip_prefix("refs/tags/").unwrap_or(name);
        self.line(verb, "tag", Cell::new(Style::Name, name));
    }

    pub(crate) fn write(&self, out: &mut Output) -> io::Result<()> {
        self.0.write(out, 2)
    }
}

fn kind(reference: &str) -> &str {
    reference.strip_prefix("refs/notes/").unwrap_or(reference)
}

/// Tells of what came and is not understood.
pub(crate) fn tell_odd(talk: &Talk, records: &[Shared]) {
    for shared in records.iter().filter(|shared| shared.odd_lines > 0) {
        let lines = count(
            shared.odd_lines as u64,
            "line that is no event",
            "lines that are no events",
        );
        talk.warning(format_args!(
            "{lines} came with '{}'; they are kept",
            shared.reference
        ));
    }
}
