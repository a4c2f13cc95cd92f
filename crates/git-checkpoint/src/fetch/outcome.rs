//! What `fetch` tells.

use std::io;

use checkpoint_cli::{Cell, Envelope, Outcome, Output, Schema, Style, Talk, count, write_line};
use checkpoint_model::id::CheckpointId;
use checkpoint_share::{Fetched, States};
use schemars::JsonSchema;
use serde::Serialize;

use crate::share::{self, Lines, RecordsJson};

/// What came.
pub(crate) struct FetchOutcome {
    pub(super) remote: String,
    pub(super) fetched: Fetched,
    pub(super) states: States,
    /// Whether names were left out, since this is a shallow clone.
    pub(super) without_tags: bool,
}

#[derive(Serialize, JsonSchema)]
struct FetchJson<'a> {
    /// The name of the remote, or its URL without a password.
    remote: &'a str,
    /// What came of each kind of records that has changed there.
    records: Vec<RecordsJson>,
    /// Tags of checkpoints that were not here before.
    tags: &'a [String],
    /// Tags that are others here, and stay.
    tags_kept: &'a [String],
    /// Tags that cannot be here beside those that are, as x/y beside x.
    tags_in_the_way: &'a [String],
    /// The checkpoints whose states came.
    states: &'a [CheckpointId],
    /// Those whose states were here already.
    states_present: &'a [CheckpointId],
    /// Those whose states are not there.
    states_absent: &'a [CheckpointId],
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<FetchJson<'_>>>("fetch")
}

impl FetchOutcome {
    fn is_empty(&self) -> bool {
        let nothing = self
            .fetched
            .records
            .iter()
            .all(|shared| shared.received == 0);
        nothing && self.fetched.tags.is_empty() && self.states.new.is_empty()
    }

    /// Says in a line what came, where something else did not and is about to be told.
    pub(super) fn tell_what_came(&self, talk: &Talk) {
        let received = self.fetched.records.iter().map(|shared| shared.received);
        let parts = [
            (received.sum(), "record", "records"),
            (self.fetched.tags.len(), "tag", "tags"),
            (self.states.new.len(), "state", "states"),
        ];
        let came = parts.into_iter().filter(|(n, ..)| *n > 0);
        let came: Vec<_> = came
            .map(|(n, one, many)| count(n as u64, one, many))
            .collect();
        if !came.is_empty() {
            let came = came.join(", ");
            talk.status(format_args!("came from '{}': {came}", self.remote));
        }
    }
}

impl Outcome for FetchOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let mut lines = Lines::new();
        for shared in &self.fetched.records {
            lines.records("received", shared.received, shared.reference);
        }
        for tag in &self.fetched.tags {
            lines.tag("new", tag);
        }
        for id in &self.states.new {
            lines.line("new", "state", Cell::new(Style::Id, id));
        }
        writeln!(out, "From {}", self.remote)?;
        lines.write(out)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = FetchJson {
            remote: &self.remote,
            records: self.fetched.records.iter().map(RecordsJson::from).collect(),
            tags: &self.fetched.tags,
            tags_kept: &self.fetched.tags_kept,
            tags_in_the_way: &self.fetched.tags_in_the_way,
            states: &self.states.new,
            states_present: &self.states.present,
            states_absent: &self.states.absent,
        };
        write_line(out, &Envelope::new("checkpoint fetch", body))
    }

    fn talk(&self, talk: &Talk) {
        share::tell_odd(talk, &self.fetched.records);
        if self.is_empty() {
            talk.status("Already up to date.");
        }
        for tag in &self.fetched.tags_kept {
            talk.warning(format_args!(
                "'{tag}' is another tag at '{}'; the one here stays",
                self.remote
            ));
        }
        for tag in &self.fetched.tags_in_the_way {
            talk.warning(format_args!(
                "'{tag}' at '{}' cannot be here beside the tags that are; it was left out",
                self.remote
            ));
        }
        let absent = self.states.absent.len() as u64;
        if absent > 0 {
            let states = count(absent, "state is", "states are");
            talk.warning(format_args!("{states} not at '{}'", self.remote));
        }
        if self.without_tags {
            talk.hint("names were left out in this shallow clone; --tags takes them, with the history they stand on");
        }
        if let [id, ..] = self.states.new.as_slice() {
            talk.hint(format_args!(
                "use \"git safe-restore {id}\" to put it here; it shows what would change, and asks"
            ));
        }
    }
}
