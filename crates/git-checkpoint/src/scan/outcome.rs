//! What `scan` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, Envelope, Outcome, Output, Schema, Style, Table, Talk, count, human_bytes,
    shell_word, write_line,
};
use checkpoint_scan::{Finding, Findings, rules};
use schemars::JsonSchema;
use serde::Serialize;

/// The answer: no when there is a secret.
pub(super) struct ScanOutcome {
    pub(super) findings: Findings,
    /// Whether the hashes of what was found are told.
    pub(super) with_hashes: bool,
    /// The checkpoints, as they were typed.
    pub(super) words: Vec<String>,
}

/// The list of rules.
pub(super) struct RulesOutcome;

#[derive(Serialize, JsonSchema)]
struct ScanJson<'a> {
    /// Whether all was looked at, and nothing was found.
    clean: bool,
    /// What was found, by path and line.
    findings: Vec<FindingJson<'a>>,
    /// How many findings the policy or the command line passes over.
    allowed: u64,
    /// Files that were looked at, each content once.
    files: u64,
    /// Their bytes.
    bytes: u64,
    /// Those of them that are binary: only keys and tokens were looked for.
    binary: u64,
    /// Paths whose content is not here and was not looked at.
    missing: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct FindingJson<'a> {
    /// The rule that finds it.
    rule: &'a str,
    /// What that rule finds.
    what: &'a str,
    /// The path, from the top of the tree it is in.
    path: String,
    /// The line, counted from 1.
    line: u64,
    /// The name it was given to or how it begins, and its length; never the secret itself.
    excerpt: &'a str,
    /// With --hashes, the hash of the secret, for the policy's push.allow-hashes.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    /// With --hashes, the object id of the blob it is in, which allows all that is found in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct RulesJson {
    /// What is looked for.
    rules: Vec<RuleJson>,
}

#[derive(Serialize, JsonSchema)]
struct RuleJson {
    /// The id, for --allow-secret and the policy's push.allow-rules.
    id: &'static str,
    /// What it finds.
    what: &'static str,
}

pub(super) fn schemas() -> [Schema; 2] {
    [
        Schema::of::<Envelope<ScanJson<'_>>>("scan"),
        Schema::of::<Envelope<RulesJson>>("scan-rules"),
    ]
}

impl<'a> FindingJson<'a> {
    fn of(finding: &'a Finding, with_hashes: bool) -> Self {
        Self {
            rule: finding.rule,
            what: finding.what,
            path: finding.path.to_string(),
            line: finding.line,
            excerpt: &finding.excerpt,
            secret: with_hashes.then_some(&finding.secret),
            blob: with_hashes
                .then_some(finding.blob)
                .filter(|blob| !blob.is_null())
                .map(|blob| blob.to_string()),
        }
    }
}

impl Outcome for ScanOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new([Align::Left; 4]);
        for finding in &self.findings.findings {
            let place = format!("{}:{}", finding.path, finding.line);
            let hash = match self.with_hashes {
                true => finding.secret.as_str(),
                false => "",
            };
            table.row([
                Cell::new(Style::Name, place),
                Cell::new(Style::Removed, finding.rule),
                Cell::new(Style::Plain, &finding.excerpt),
                Cell::new(Style::Dim, hash),
            ]);
        }
        for blob in &self.findings.missing {
            table.row([
                Cell::new(Style::Name, &blob.path),
                Cell::new(Style::Removed, "not here"),
                Cell::new(Style::Plain, "could not be looked at"),
                "".into(),
            ]);
        }
        table.write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Findings {
            findings,
            allowed,
            blobs,
            bytes,
            binary,
            missing,
        } = &self.findings;
        let body = ScanJson {
            clean: findings.is_empty() && missing.is_empty(),
            findings: findings
                .iter()
                .map(|finding| FindingJson::of(finding, self.with_hashes))
                .collect(),
            allowed: *allowed,
            files: *blobs,
            bytes: *bytes,
            binary: *binary,
            missing: missing.iter().map(|blob| blob.path.to_string()).collect(),
        };
        write_line(out, &Envelope::new("checkpoint scan", body))
    }

    fn talk(&self, talk: &Talk) {
        let Findings {
            findings,
            allowed,
            blobs,
            bytes,
            binary,
            missing,
        } = &self.findings;
        let files = count(*blobs, "file", "files");
        let forms = match binary {
            0 => String::new(),
            n => format!("; {n} of them binary, searched for keys and tokens only"),
        };
        let read = format!("{files}, {} read{forms}", human_bytes(*bytes));
        let passed = match allowed {
            0 => String::new(),
            n => format!(
                "; {} passed over, as the policy allows",
                count(*n, "finding", "findings")
            ),
        };
        if !missing.is_empty() {
            let missing = count(missing.len() as u64, "file is", "files are");
            talk.warning(format_args!(
                "{missing} not here, and could not be looked at"
            ));
        }
        if !missing.is_empty() {
            talk.hint("see what is missing: git fsck --connectivity-only");
        }
        let Some(first) = findings.first() else {
            talk.status(format_args!("No secrets found ({read}{passed})"));
            return;
        };
        let found = count(findings.len() as u64, "secret", "secrets");
        talk.status(format_args!("{found} found ({read}{passed})"));
        talk.hint("revoke what has left the machine before: deleting it does not help");
        match self.with_hashes {
            true => talk.hint(format_args!(
                "what is none, in .git-checkpoint.toml: [push] allow-hashes = [\"{}\"]",
                first.secret
            )),
            false => talk.hint(format_args!(
                "what is none is allowed by its hash: git checkpoint scan --hashes {}",
                self.words
                    .iter()
                    .map(|word| shell_word(word))
                    .collect::<Vec<_>>()
                    .join(" ")
            )),
        }
    }

    fn is_refusal(&self) -> bool {
        !(self.findings.findings.is_empty() && self.findings.missing.is_empty())
    }
}

impl Outcome for RulesOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new([Align::Left; 2]);
        for rule in rules::all() {
            table.row([
                Cell::new(Style::Name, rule.id),
                Cell::new(Style::Plain, rule.what),
            ]);
        }
        table.write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let rules = rules::all().map(|rule| RuleJson {
            id: rule.id,
            what: rule.what,
        });
        let body = RulesJson {
            rules: rules.collect(),
        };
        write_line(out, &Envelope::new("checkpoint scan", body))
    }

    fn wants_pager(&self) -> bool {
        true
    }
}
