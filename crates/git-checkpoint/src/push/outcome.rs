//! What `push` tells.

use std::io;

use checkpoint_cli::{Envelope, Outcome, Output, Schema, Talk, write_line};
use checkpoint_model::id::CheckpointId;
use checkpoint_share::{Preview, Pushed, SharedTag};
use schemars::JsonSchema;
use serde::Serialize;

use crate::share::{self, Lines, RecordsJson};

/// What was given, or would be.
pub(crate) struct PushOutcome {
    pub(super) remote: String,
    pub(super) what: What,
    /// Checkpoints that were asked for and have no name to give.
    pub(super) nameless: Vec<CheckpointId>,
}

pub(super) enum What {
    Did(Pushed),
    Would(Preview),
}

#[derive(Serialize, JsonSchema)]
struct PushJson<'a> {
    /// The name of the remote, or its URL without a password.
    remote: &'a str,
    /// Whether nothing was given.
    dry_run: bool,
    /// What was given of each kind of records.
    records: Vec<RecordsJson>,
    /// The names that were asked for.
    tags: Vec<TagJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct TagJson<'a> {
    checkpoint: CheckpointId,
    /// The full name.
    #[serde(rename = "ref")]
    reference: &'a str,
    /// Whether it was not there before.
    new: bool,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<PushJson<'_>>>("push")
}

impl PushOutcome {
    fn tags(&self) -> &[SharedTag] {
        match &self.what {
            What::Did(pushed) => &pushed.tags,
            What::Would(preview) => &preview.tags,
        }
    }

    fn lines(&self) -> (Lines, bool) {
        let (mut lines, mut is_empty) = (Lines::new(), true);
        match &self.what {
            What::Did(pushed) => {
                for shared in &pushed.records {
                    is_empty &= shared.received + shared.sent == 0;
                    lines.records("received", shared.received, shared.reference);
                    lines.records("sent", shared.sent, shared.reference);
                }
            }
            What::Would(preview) => {
                for (reference, ahead) in &preview.records {
                    is_empty &= *ahead == Some(0);
                    match ahead {
                        Some(ahead) => lines.records("would send", *ahead, reference),
                        None => lines.line("would merge", "records", (*reference).into()),
                    }
                }
            }
        }
        for tag in self.tags() {
            let verb = match (&self.what, tag.is_new) {
                (_, false) => "is there",
                (What::Did(_), true) => "new",
                (What::Would(_), true) => "would send",
            };
            is_empty = false;
            lines.tag(verb, &tag.name);
        }
        (lines, is_empty)
    }
}

impl Outcome for PushOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let (lines, is_empty) = self.lines();
        if is_empty {
            return Ok(());
        }
        writeln!(out, "To {}", self.remote)?;
        lines.write(out)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let records = match &self.what {
            What::Did(pushed) => pushed.records.iter().map(RecordsJson::from).collect(),
            What::Would(preview) => preview.records.iter().map(RecordsJson::from).collect(),
        };
        let tags = self.tags().iter().map(|tag| TagJson {
            checkpoint: tag.checkpoint,
            reference: &tag.name,
            new: tag.is_new,
        });
        let body = PushJson {
            remote: &self.remote,
            dry_run: matches!(self.what, What::Would(_)),
            records,
            tags: tags.collect(),
        };
        write_line(out, &Envelope::new("checkpoint push", body))
    }

    fn talk(&self, talk: &Talk) {
        if let What::Did(pushed) = &self.what {
            share::tell_odd(talk, &pushed.records);
        }
        if self.lines().1 {
            talk.status("Everything up-to-date");
        }
        for id in &self.nameless {
            talk.warning(format_args!(
                "checkpoint {id} has no name here; only its record goes"
            ));
        }
    }
}
