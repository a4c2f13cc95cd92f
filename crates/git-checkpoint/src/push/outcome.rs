//! What `push` tells.

use std::io;

use checkpoint_cli::{Cell, Envelope, Outcome, Output, Schema, Style, Talk, count, write_line};
use checkpoint_model::id::CheckpointId;
use checkpoint_scan::Findings;
use checkpoint_share::{Preview, Pushed, SharedState, SharedTag, Spoken};
use schemars::JsonSchema;
use serde::Serialize;

use crate::share::{self, Lines, RecordsJson};

/// What was given, or would be.
pub(crate) struct PushOutcome {
    pub(super) remote: String,
    pub(super) what: What,
    /// Checkpoints that were asked for and have no name to give.
    pub(super) nameless: Vec<CheckpointId>,
    /// What would keep the states here; without any where something was given.
    pub(super) findings: Findings,
    /// Commits that go along, since names and states stand on them.
    pub(super) commits: usize,
    /// Whether records that say what looks like a secret are left back.
    pub(super) holds_back: bool,
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
    /// The states that were asked for.
    states: Vec<StateJson>,
    /// How many commits go along that are not there yet, since names and states stand on them.
    commits: usize,
    /// With --dry-run, what looks like a secret in what would be published, and keeps all states here.
    findings: Vec<SecretJson<'a>>,
    /// Records that say what looks like a secret: with --hold-back they stay here, with --dry-run they would hold up
    /// all, or stay.
    held: Vec<HeldJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct HeldJson<'a> {
    /// The checkpoint it is about; null for other records.
    checkpoint: Option<CheckpointId>,
    /// Where it is, in words.
    place: &'a str,
    /// The rule that finds it.
    rule: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct StateJson {
    checkpoint: CheckpointId,
    /// Whether it was not there before.
    new: bool,
}

#[derive(Serialize, JsonSchema)]
struct SecretJson<'a> {
    /// The rule that finds it.
    rule: &'a str,
    path: String,
    /// The line, counted from 1.
    line: u64,
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

impl<'a> From<&'a Spoken> for HeldJson<'a> {
    fn from(spoken: &'a Spoken) -> Self {
        Self {
            checkpoint: spoken.checkpoint,
            place: &spoken.place,
            rule: spoken.finding.rule,
        }
    }
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

    fn states(&self) -> &[SharedState] {
        match &self.what {
            What::Did(pushed) => &pushed.states,
            What::Would(preview) => &preview.states,
        }
    }

    /// What looks like a secret in records, and keeps them here.
    fn held(&self) -> &[Spoken] {
        match &self.what {
            What::Did(pushed) => &pushed.held,
            What::Would(preview) => &preview.spoken,
        }
    }

    /// The word for what was there, or was or would be given.
    fn verb(&self, is_new: bool) -> &'static str {
        match (&self.what, is_new) {
            (_, false) => "is there",
            (What::Did(_), true) => "new",
            (What::Would(_), true) => "would send",
        }
    }

    fn lines(&self) -> (Lines, bool) {
        let (mut lines, mut is_empty) = (Lines::new(), true);
        for finding in &self.findings.findings {
            let place = format!("{}:{} ({})", finding.path, finding.line, finding.rule);
            lines.line("keeps back", "secret", Cell::new(Style::Removed, place));
        }
        for spoken in self.held() {
            let place = match spoken.checkpoint {
                Some(id) => id.to_string(),
                None => spoken.place.clone(),
            };
            let place = format!("{place} ({})", spoken.finding.rule);
            lines.line("keeps back", "record", Cell::new(Style::Removed, place));
            is_empty = false;
        }
        // All of it goes, or nothing.
        if self.is_refusal() {
            return (lines, false);
        }
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
                        None => lines.records_of("would merge", reference),
                    }
                }
            }
        }
        for tag in self.tags() {
            lines.tag(self.verb(tag.is_new), &tag.name);
        }
        if self.commits > 0 {
            let what = count(self.commits as u64, "commit", "commits");
            let which = Cell::new(Style::Dim, "below what was named");
            lines.line(self.verb(true), &what, which);
        }
        for state in self.states() {
            let id = Cell::new(Style::Id, state.checkpoint);
            lines.line(self.verb(state.is_new), "state", id);
        }
        is_empty &= self.tags().is_empty() && self.states().is_empty();
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
        let states = self.states().iter().map(|state| StateJson {
            checkpoint: state.checkpoint,
            new: state.is_new,
        });
        let findings = self.findings.findings.iter().map(|finding| SecretJson {
            rule: finding.rule,
            path: finding.path.to_string(),
            line: finding.line,
        });
        let body = PushJson {
            remote: &self.remote,
            dry_run: matches!(self.what, What::Would(_)),
            records,
            tags: tags.collect(),
            states: states.collect(),
            commits: self.commits,
            findings: findings.collect(),
            held: self.held().iter().map(HeldJson::from).collect(),
        };
        write_line(out, &Envelope::new("checkpoint push", body))
    }

    fn is_refusal(&self) -> bool {
        let is_held_up = match &self.what {
            What::Did(_) => false,
            What::Would(preview) => !preview.spoken.is_empty() && !self.holds_back,
        };
        is_held_up || !self.findings.findings.is_empty()
    }

    fn talk(&self, talk: &Talk) {
        if let What::Did(pushed) = &self.what {
            share::tell_odd(talk, &pushed.records);
        }
        if self.lines().1 {
            talk.status("Everything up-to-date");
        }
        if let Some(first) = self.held().first() {
            talk.hint(format_args!("see what it is: {}", first.see()));
        }
        for id in &self.nameless {
            talk.warning(format_args!(
                "checkpoint {id} has no name here; only its record goes"
            ));
        }
    }
}
