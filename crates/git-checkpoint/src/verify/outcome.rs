//! What `verify` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, Envelope, Outcome, Output, Schema, Style, Table, Talk, count, write_line,
};
use checkpoint_model::id::CheckpointId;
use checkpoint_verify::{About, Check, Report, Status, Verified};
use schemars::JsonSchema;
use serde::Serialize;

use super::{github, junit};
use crate::args::Format;

/// The answer: no when a check failed.
pub(crate) struct VerifyOutcome {
    pub(super) report: Report,
    pub(super) format: Format,
}

#[derive(Serialize, JsonSchema)]
struct VerifyJson<'a> {
    /// Whether no check failed.
    verified: bool,
    /// Where the policy was read.
    policy: &'a str,
    /// How many checks passed.
    passed: usize,
    /// How many failed.
    failed: usize,
    /// How many could not be made, since what they are about is not here.
    not_here: usize,
    /// What was looked at: the repository, checkpoints (oldest first), commits (newest first).
    subjects: Vec<SubjectJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct SubjectJson<'a> {
    /// What it is: `repository`, `checkpoint` or `commit`.
    kind: &'static str,
    /// The id of the checkpoint.
    id: Option<CheckpointId>,
    /// What its tag is called, else its record calls it.
    name: Option<&'a str>,
    /// The snapshot of the checkpoint.
    snapshot: Option<String>,
    /// The commit.
    commit: Option<String>,
    /// The checks.
    checks: Vec<CheckJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct CheckJson<'a> {
    /// Which, stable across versions.
    check: &'static str,
    /// How it ended: `passed`, `failed`, `not_here` or `not_asked`.
    status: &'static str,
    /// Why; where it passed, null or what is worth a note.
    why: Option<&'a str>,
    /// What can be done about it, mostly a command to paste.
    remedy: Option<&'a str>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<VerifyJson<'_>>>("verify")
}

impl<'a> SubjectJson<'a> {
    fn of(verified: &'a Verified) -> Self {
        let mut subject = Self {
            kind: "repository",
            id: None,
            name: None,
            snapshot: None,
            commit: None,
            checks: verified.checks.iter().map(CheckJson::of).collect(),
        };
        match &verified.about {
            About::Repository => {}
            About::Checkpoint { id, name, snapshot } => {
                subject.kind = "checkpoint";
                subject.id = *id;
                subject.name = name.as_deref();
                subject.snapshot = snapshot.map(|id| id.to_string());
            }
            About::Commit(id) => {
                subject.kind = "commit";
                subject.commit = Some(id.to_string());
            }
        }
        subject
    }
}

impl<'a> CheckJson<'a> {
    fn of(check: &'a Check) -> Self {
        Self {
            check: check.id.as_str(),
            status: match check.status {
                Status::Passed => "passed",
                Status::Failed => "failed",
                Status::NotHere => "not_here",
                Status::NotAsked => "not_asked",
            },
            why: Some(check.why.as_str()).filter(|why| !why.is_empty()),
            remedy: check.remedy.as_deref(),
        }
    }
}

/// How many checks of a report ended so.
pub(super) fn n_of(report: &Report, status: Status) -> usize {
    let checks = report.verified.iter().flat_map(|verified| &verified.checks);
    checks.filter(|check| check.status == status).count()
}

impl VerifyOutcome {
    /// A line for each thing that was looked at, and one for each of its checks that failed.
    fn lines(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new([Align::Left; 3]);
        for verified in &self.report.verified {
            let n_of = |status| {
                verified
                    .checks
                    .iter()
                    .filter(|check| check.status == status)
                    .count() as u64
            };
            let (passed, not_here) = (n_of(Status::Passed), n_of(Status::NotHere));
            let mut failures = verified.failures().peekable();
            if failures.peek().is_none() {
                let also = match not_here {
                    0 => String::new(),
                    n => format!(", {n} not here"),
                };
                // What was only not asked for is no news.
                if passed + not_here > 0 {
                    let noted = verified
                        .checks
                        .iter()
                        .filter(|check| check.status == Status::Passed && !check.why.is_empty());
                    let noted: String = noted.map(|check| format!(", {}", check.why)).collect();
                    let told = format!("{}{also}{noted}", count(passed, "check", "checks"));
                    table.row([
                        Cell::new(Style::Name, &verified.about),
                        Cell::new(Style::Added, "ok"),
                        told.into(),
                    ]);
                }
            }
            for failure in failures {
                let told = format!("{}: {}", failure.id, failure.why);
                table.row([
                    Cell::new(Style::Name, &verified.about),
                    Cell::new(Style::Removed, "failed"),
                    told.into(),
                ]);
            }
        }
        table.write(out, 0)
    }
}

impl Outcome for VerifyOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        match self.format {
            Format::Text => self.lines(out),
            Format::Json => {
                let mut document = Vec::new();
                self.json(&mut document)?;
                out.write_bytes(&document)
            }
            Format::Github => out.write_bytes(github::annotations(&self.report).as_bytes()),
            Format::Junit => out.write_bytes(junit::document(&self.report).as_bytes()),
        }
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let report = &self.report;
        let body = VerifyJson {
            verified: report.is_good(),
            policy: &report.policy,
            passed: n_of(report, Status::Passed),
            failed: n_of(report, Status::Failed),
            not_here: n_of(report, Status::NotHere),
            subjects: report.verified.iter().map(SubjectJson::of).collect(),
        };
        write_line(out, &Envelope::new("checkpoint verify", body))
    }

    fn talk(&self, talk: &Talk) {
        let report = &self.report;
        let [passed, failed, not_here] =
            [Status::Passed, Status::Failed, Status::NotHere].map(|status| n_of(report, status));
        let checkpoints = report.verified.iter();
        let checkpoints = checkpoints
            .filter(|verified| matches!(verified.about, About::Checkpoint { .. }))
            .count();
        let checkpoints = count(checkpoints as u64, "checkpoint", "checkpoints");
        talk.status(format_args!(
            "{checkpoints}: {passed} checks passed, {failed} failed, {not_here} not here"
        ));
        let checks = || report.verified.iter().flat_map(|verified| &verified.checks);
        let mut remedies: Vec<&str> = Vec::new();
        for check in checks().filter(|check| check.status == Status::Failed) {
            if let Some(remedy) = check
                .remedy
                .as_deref()
                .filter(|remedy| !remedies.contains(remedy))
            {
                remedies.push(remedy);
            }
        }
        for remedy in remedies.into_iter().take(MOST_HINTS) {
            talk.hint(remedy);
        }
        if failed == 0 && not_here > 0 {
            let absent =
                checks().find(|check| check.status == Status::NotHere && check.remedy.is_some());
            if let Some(remedy) = absent.and_then(|check| check.remedy.as_deref()) {
                talk.hint(format_args!("what is not here can be fetched: {remedy}"));
            }
        }
    }

    fn wants_pager(&self) -> bool {
        self.format == Format::Text
    }

    fn is_refusal(&self) -> bool {
        !self.report.is_good()
    }
}

/// So many remedies are proposed at once.
const MOST_HINTS: usize = 5;
