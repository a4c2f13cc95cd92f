//! What records, tags and states say of themselves is published with them: secrets in that are looked for as well.

use std::collections::{BTreeSet, HashSet};

use checkpoint_git::Repository;
use checkpoint_model::{id::CheckpointId, shell};
use checkpoint_scan::{Finding, Rules, contents, scan_text};
use checkpoint_store::{
    StoreError,
    notes::{CHECKPOINTS, Notes},
};
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice as _};
use serde_json::Value;

use crate::{ShareError, Wanted, push::run::tips::Tips};

/// What is looked for in what records say, and what follows.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// What is looked for, as the policy has it.
    pub rules: &'a Rules,
    /// The rules that somebody passes for this push; they are recorded.
    pub allowed: &'a [String],
    /// What becomes of records in which something is found.
    pub otherwise: Otherwise,
}

/// What becomes of records that say what looks like a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// Nothing is given.
    Refuse,
    /// They stay here, and all others are given.
    HoldBack,
}

/// What looks like a secret in words that would be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Where: 'the record of checkpoint …', 'the tag …'.
    pub place: String,
    /// The checkpoint it is about, if it is about one.
    pub checkpoint: Option<CheckpointId>,
    /// What was found.
    pub finding: Finding,
    /// The line of the record; none where it is in something else, which cannot be held back by itself.
    line: Option<Vec<u8>>,
}

impl Spoken {
    /// Whether it is in a record, which can stay here while others go.
    pub(crate) fn is_in_record(&self) -> bool {
        self.line.is_some()
    }

    /// The command that shows it.
    pub fn see(&self) -> String {
        match self.checkpoint {
            Some(id) => format!("git checkpoint scan {id}"),
            None => "git checkpoint log --json".to_owned(),
        }
    }
}

/// The lines that must not go.
pub(crate) fn lines(spoken: &[Spoken]) -> HashSet<&[u8]> {
    let lines = spoken.iter().filter_map(|it| it.line.as_deref());
    lines.collect()
}

/// Looks through the records at `tips`, their history too, as far as `known` has not got it; and through the tags and
/// the messages of the states that are `wanted`.
pub(crate) fn search(
    repo: &Repository,
    tips: &Tips,
    known: &[ObjectId],
    wanted: &[&Wanted],
    rules: &Rules,
) -> Result<Vec<Spoken>, ShareError> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (reference, tip) in tips {
        for id in contents(repo, &[*tip], known)? {
            let object = repo.gix().find_object(id);
            let object = object.map_err(|source| StoreError::unreadable(id, source))?;
            for line in object.data.lines() {
                if !line.is_empty() && seen.insert(line.to_owned()) {
                    found.extend(in_line(reference, line, rules));
                }
            }
        }
    }
    for wanted in wanted {
        let tag = wanted.tag.as_ref();
        let tag = tag.map(|(name, id)| (format!("the tag '{}'", short(name)), *id));
        let state = wanted.state.as_ref();
        let id = wanted.checkpoint;
        let state = state.map(|_| (format!("the state of checkpoint {id}"), wanted.snapshot));
        for (place, object) in tag.into_iter().chain(state) {
            let data = repo.gix().find_object(object);
            let data = data.map_err(|source| StoreError::unreadable(object, source))?;
            // What stands before the first empty line is made by git.
            let text = data
                .data
                .split_once_str("\n\n")
                .map_or(&b""[..], |(_, text)| text);
            let spoken = scan_text(place.as_str().into(), text, rules);
            found.extend(spoken.into_iter().map(|finding| Spoken {
                place: place.clone(),
                checkpoint: Some(id),
                finding,
                line: None,
            }));
        }
    }
    Ok(found)
}

/// What looks like a secret in what the record of a checkpoint says, found by its snapshot.
pub fn record_of(
    repo: &Repository,
    snapshot: ObjectId,
    rules: &Rules,
) -> Result<Vec<Spoken>, ShareError> {
    let record = Notes::read(repo, CHECKPOINTS)?.get(&snapshot)?;
    let record = record.unwrap_or_default();
    let mut found = Vec::new();
    for (at, line) in record.lines().enumerate().filter(|(_, it)| !it.is_empty()) {
        let spoken = in_line(CHECKPOINTS, line, rules).into_iter();
        found.extend(spoken.map(|mut spoken| {
            spoken.finding.line = at as u64 + 1;
            spoken
        }));
    }
    Ok(found)
}

/// What looks like a secret in a line of a record, or in any text that is none.
fn in_line(reference: &str, line: &[u8], rules: &Rules) -> Vec<Spoken> {
    let event = serde_json::from_slice::<Value>(line).ok();
    let id = event.as_ref().filter(|_| reference == CHECKPOINTS);
    let id = id.and_then(|event| event.get("checkpoint")?.as_str()?.parse().ok());
    let place = match id {
        Some(id) => format!("the record of checkpoint {id}"),
        None => format!("a record in '{reference}'"),
    };
    let place: &BStr = place.as_str().into();
    let findings = match &event {
        Some(event) => scan_text(place, said(event).as_bytes(), rules),
        None => scan_text(place, line, rules),
    };
    let findings = findings.into_iter().map(|finding| Spoken {
        place: place.to_string(),
        checkpoint: id,
        finding,
        line: Some(line.to_owned()),
    });
    findings.collect()
}

/// Every string of an event, as it was before JSON, one after the other.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone() + "\n",
        Value::Array(values) => values.iter().map(said).collect(),
        Value::Object(fields) => fields.values().map(said).collect(),
        _ => String::new(),
    }
}

fn short(tag: &str) -> &str {
    tag.strip_prefix("refs/tags/").unwrap_or(tag)
}

/// The refusal for what was found: the first place, and the ways on.
pub(crate) fn refusal(remote: String, found: &[Spoken], wanted: &[Wanted]) -> Option<ShareError> {
    let first = found.first()?;
    let places: BTreeSet<_> = found.iter().map(|spoken| &spoken.place).collect();
    let rules: BTreeSet<_> = found.iter().map(|spoken| spoken.finding.rule).collect();
    let allow = rules.iter().map(|rule| format!(" --allow-secret {rule}"));
    let to = shell::word(&remote).into_owned();
    let asked = wanted
        .iter()
        .map(|wanted| format!(" {}", wanted.checkpoint));
    let with_state = wanted.iter().any(|wanted| wanted.state.is_some());
    let with_state = if with_state { " --with-state" } else { "" };
    let rest = match found.iter().all(Spoken::is_in_record) {
        true => format!("\nto give all other records: git checkpoint push {to} --hold-back"),
        false => String::new(),
    };
    Some(ShareError::Spoken {
        place: first.place.clone(),
        rule: first.finding.rule,
        more: places.len() - 1,
        ways: format!(
            "see it: {}{rest}\nif it is none, which is recorded: git checkpoint push {to}{}{with_state}{}",
            first.see(),
            asked.collect::<String>(),
            allow.collect::<String>()
        ),
        remote,
    })
}
