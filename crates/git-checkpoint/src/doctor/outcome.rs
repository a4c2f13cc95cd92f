//! What `doctor` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, Envelope, Outcome, Output, Schema, Style, Table, Talk, count, write_line,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    finding::{Finding, Health},
    mend::Mended,
};

/// What was found, after what was mended; no when something failed.
pub(crate) struct DoctorOutcome {
    pub(super) findings: Vec<Finding>,
    pub(super) mended: Vec<Mended>,
    pub(super) is_dry_run: bool,
}

#[derive(Serialize, JsonSchema)]
struct DoctorJson<'a> {
    /// Whether nothing failed.
    healthy: bool,
    /// What was found; with '--fix', after it.
    findings: Vec<FindingJson<'a>>,
    /// Whether repairs were only shown.
    dry_run: bool,
    /// What '--fix' did, or would do.
    mended: &'a [Mended],
}

#[derive(Serialize, JsonSchema)]
struct FindingJson<'a> {
    health: Health,
    /// What was looked at, stable across versions.
    what: &'a str,
    /// In words.
    message: &'a str,
    /// The command that mends it.
    command: Option<&'a str>,
    /// Whether '--fix' mends it.
    fixable: bool,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<DoctorJson<'_>>>("doctor")
}

impl DoctorOutcome {
    fn number_of(&self, health: Health) -> u64 {
        let are = self.findings.iter().filter(|it| it.health == health);
        are.count() as u64
    }
}

impl Outcome for DoctorOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        for Mended { does, error, .. } in &self.mended {
            match (error, self.is_dry_run) {
                (_, true) => writeln!(out, "would {does}")?,
                (None, false) => writeln!(out, "{} {does}", out.paint(Style::Added, "fixed:"))?,
                (Some(error), false) => {
                    writeln!(
                        out,
                        "{} {does}: {error}",
                        out.paint(Style::Removed, "failed:")
                    )?;
                }
            }
        }
        let mut table = Table::new([Align::Left; 3]);
        for finding in &self.findings {
            let (style, word) = match finding.health {
                Health::Ok => (Style::Added, "ok"),
                Health::Warning => (Style::Warning, "warning"),
                Health::Failure => (Style::Removed, "failure"),
            };
            let mends = finding.command.as_ref();
            let mends = mends.map(|command| format!("; run: {command}"));
            let says = format!("{}{}", finding.says, mends.unwrap_or_default());
            table.row([Cell::new(style, word), finding.what.into(), says.into()]);
        }
        table.write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let findings = self.findings.iter().map(|finding| FindingJson {
            health: finding.health,
            what: finding.what,
            message: &finding.says,
            command: finding.command.as_deref(),
            fixable: finding.mend.is_some(),
        });
        let body = DoctorJson {
            healthy: !self.is_refusal(),
            findings: findings.collect(),
            dry_run: self.is_dry_run,
            mended: &self.mended,
        };
        write_line(out, &Envelope::new("checkpoint doctor", body))
    }

    fn talk(&self, talk: &Talk) {
        let failures = count(self.number_of(Health::Failure), "failure", "failures");
        let warnings = count(self.number_of(Health::Warning), "warning", "warnings");
        match (
            self.number_of(Health::Failure),
            self.number_of(Health::Warning),
        ) {
            (0, 0) => talk.status("all is well"),
            _ => talk.status(format_args!("{failures}, {warnings}")),
        }
        if self.mended.is_empty() && self.findings.iter().any(|it| it.mend.is_some()) {
            talk.hint(
                "use \"git checkpoint doctor --fix\" to mend what can be mended without loss",
            );
        }
    }

    fn is_refusal(&self) -> bool {
        self.number_of(Health::Failure) > 0
    }
}
