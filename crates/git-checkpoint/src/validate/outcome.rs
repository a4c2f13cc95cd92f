//! What `validate` tells.

use std::io;

use checkpoint_cli::{
    Envelope, Outcome, Output, Schema, Style, Talk, count, tell_skipped, write_line,
};
use checkpoint_model::verdict::{Skipped, Verdict};
use miette::Diagnostic;
use schemars::JsonSchema;
use serde::Serialize;

use super::test_command::Tested;
use crate::situation::Situation;

/// The answer: no when there is an error.
pub(crate) struct ValidateOutcome {
    pub(super) situation: Situation,
    pub(super) findings: Findings,
    pub(super) skipped: Vec<Skipped>,
    pub(super) test: Option<Tested>,
}

/// What was found, by what it means for a checkpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// A checkpoint must not or cannot be taken.
    pub(super) errors: Vec<Finding>,
    /// A checkpoint can be taken; one should know.
    pub(super) warnings: Vec<Finding>,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Finding {
    /// What it is, stable across versions.
    code: String,
    /// In words.
    message: String,
}

impl Finding {
    fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// The error that `create` would end with.
    pub(super) fn of(error: &dyn Diagnostic) -> Self {
        let code = error.code().map(|code| code.to_string());
        Self::new(&code.unwrap_or_default(), error.to_string())
    }
}

impl Findings {
    pub(super) fn situation(&mut self, situation: &Situation) {
        let mut warn =
            |code: &str, message: String| self.warnings.push(Finding::new(code, message));
        for operation in &situation.operations {
            let message = format!(
                "in the middle of {}, which is kept as it stands",
                operation.with_article()
            );
            warn("validate::operation", message);
        }
        let conflicts = situation.changes.map_or(0, |changes| changes.conflicts);
        if conflicts > 0 {
            let conflicts = count(conflicts, "file has", "files have");
            warn(
                "validate::conflicts",
                format!("{conflicts} conflicts, kept as they stand"),
            );
        }
        if situation.branch.is_none() {
            warn("validate::detached", "HEAD is detached".to_owned());
        }
        if let Some(branch) = situation.branch.as_ref().filter(|_| situation.protected) {
            warn(
                "validate::protected",
                format!("branch '{branch}' is protected from direct commits"),
            );
        }
    }

    pub(super) fn skipped(&mut self, skipped: &[Skipped]) {
        if !skipped.is_empty() {
            let paths = count(skipped.len() as u64, "path", "paths");
            let message = format!("{paths} would not be in the checkpoint");
            self.warnings
                .push(Finding::new("validate::partial", message));
        }
    }

    pub(super) fn test(&mut self, test: Option<&Tested>) {
        if let Some(Tested {
            command,
            exit_status,
            ..
        }) = test.filter(|test| !test.passed)
        {
            let how = match exit_status {
                Some(status) => format!("failed with exit status {status}"),
                None => "was ended by a signal".to_owned(),
            };
            let message = format!("the test command '{command}' {how}");
            self.errors
                .push(Finding::new("validate::test_failed", message));
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct ValidateJson {
    /// Whether a checkpoint may be taken: there is no error.
    valid: bool,
    /// Why none may be taken.
    errors: Vec<Finding>,
    /// What one should know.
    warnings: Vec<Finding>,
    #[serde(flatten)]
    situation: Situation,
    /// Whether a checkpoint would hold everything; null when none can be taken.
    verdict: Option<Verdict>,
    /// What it would not hold, and why.
    skipped: Vec<Skipped>,
    /// How the policy's test command ended; null when there is none, or it was not to be run.
    test: Option<Tested>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<ValidateJson>>("validate")
}

impl Outcome for ValidateOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        self.situation.write(out)?;
        if let Some(Tested {
            command, passed, ..
        }) = &self.test
        {
            let (style, how) = match passed {
                true => (Style::Added, "passed"),
                false => (Style::Removed, "failed"),
            };
            writeln!(out, "Tests: {} ({command})", out.paint(style, how))?;
        }
        for Finding { message, .. } in &self.findings.errors {
            writeln!(out, "{} {message}", out.paint(Style::Removed, "error:"))?;
        }
        for Finding { message, .. } in &self.findings.warnings {
            writeln!(out, "{} {message}", out.paint(Style::Warning, "warning:"))?;
        }
        match self.is_refusal() {
            false => writeln!(out, "A checkpoint may be taken"),
            true => writeln!(out, "No checkpoint may be taken"),
        }
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Findings { errors, warnings } = self.findings.clone();
        let valid = errors.is_empty();
        let body = ValidateJson {
            valid,
            errors,
            warnings,
            situation: self.situation.clone(),
            verdict: valid.then(|| Verdict::of(&self.skipped)),
            skipped: self.skipped.clone(),
            test: self.test.clone(),
        };
        write_line(out, &Envelope::new("checkpoint validate", body))
    }

    fn talk(&self, talk: &Talk) {
        tell_skipped(&self.skipped, talk);
    }

    fn is_refusal(&self) -> bool {
        !self.findings.errors.is_empty()
    }
}
