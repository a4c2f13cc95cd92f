//! Secrets in what is shared.

use std::{
    collections::{BTreeSet, HashSet},
    sync::atomic::AtomicU64,
};

use checkpoint_git::{Repository, refs};
use checkpoint_model::shell::word;
use checkpoint_scan::{Finding, Rules, paths_in, reachable, scan, scan_text};

use crate::{
    VerifyError,
    check::{Check, CheckId},
    facts::Fact,
};

/// What records and tags say, which is shared wherever they go: read with every verify, it is short.
pub(crate) fn of_words(fact: &Fact, rules: &Rules) -> Check {
    let tag = fact.tag.as_ref().and_then(|tag| tag.object.as_ref());
    let tag = tag.map(|object| {
        scan_text(
            "the message of its tag".into(),
            object.text.as_bytes(),
            rules,
        )
    });
    let record = fact.record.as_ref();
    let record =
        record.map(|noted| scan_text("its record".into(), &noted.record.to_bytes(), rules));
    match [tag.unwrap_or_default(), record.unwrap_or_default()]
        .concat()
        .as_slice()
    {
        [] => Check::passed(CheckId::NoSecret),
        [first, more @ ..] => Check::failed(
            CheckId::NoSecret,
            format!("{}{}", told(first), more_of(more.len())),
            Some(scan_command(fact)),
        ),
    }
}

/// What the states hold and no remote has.
pub(crate) fn of_states(
    repo: &Repository,
    facts: &[&Fact],
    rules: &Rules,
) -> Result<Check, VerifyError> {
    let states: Vec<_> = facts
        .iter()
        .filter_map(|fact| fact.state)
        .filter(|id| repo.gix().has_object(*id))
        .collect();
    if states.is_empty() {
        return Ok(Check::not_here(
            CheckId::NoSecret,
            "no states are here",
            None,
        ));
    }
    let remotes = refs::list(repo, "refs/remotes/")?;
    let known: Vec<_> = match remotes.is_empty() {
        false => remotes.into_iter().map(|(_, id)| id).collect(),
        true => repo
            .head()
            .ok()
            .and_then(|head| head.id)
            .into_iter()
            .collect(),
    };
    let blobs = reachable(repo, &states, &known)?;
    let found = scan(repo, &blobs, rules, &AtomicU64::new(0))?;
    let (id, path, told, n) = match (found.findings.first(), found.missing.first()) {
        (Some(first), _) => (first.blob, &first.path, told(first), found.findings.len()),
        (None, Some(blob)) => {
            let told = format!("{} is not here, and cannot be looked at", blob.path);
            (blob.id, &blob.path, told, found.missing.len())
        }
        (None, None) => return Ok(Check::passed(CheckId::NoSecret)),
    };
    // Which of them holds it is only asked once there is something to tell.
    let ids = HashSet::from([id]);
    for fact in facts.iter().filter(|fact| fact.state.is_some()) {
        let snapshot = fact.state.filter(|id| repo.gix().has_object(*id));
        let Some(Ok(places)) = snapshot.map(|id| paths_in(repo, id, &ids)) else {
            continue;
        };
        if !places.is_empty() {
            let also: Vec<_> = places
                .iter()
                .filter(|place| place.path != *path)
                .map(|place| place.path.to_string())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
            let also = match also.as_slice() {
                [] => String::new(),
                also => format!(", also as {}", also.join(", ")),
            };
            let why = format!("{}: {told}{also}{}", name_of(fact), more_of(n - 1));
            return Ok(Check::failed(
                CheckId::NoSecret,
                why,
                Some(scan_command(fact)),
            ));
        }
    }
    let why = format!("{told}{}", more_of(n - 1));
    Ok(Check::failed(CheckId::NoSecret, why, None))
}

fn told(finding: &Finding) -> String {
    format!(
        "{}:{}: {}: {}",
        finding.path, finding.line, finding.rule, finding.excerpt
    )
}

fn more_of(n: usize) -> String {
    match n {
        0 => String::new(),
        n => format!(", and {n} more"),
    }
}

/// What people call it: by the name of its tag, else by its id.
fn name_of(fact: &Fact) -> String {
    let tag = fact.tag.as_ref().map(|tag| tag.name.clone());
    tag.or_else(|| fact.id.map(|id| id.to_string()))
        .unwrap_or_else(|| fact.snapshot.map_or_else(String::new, |id| id.to_string()))
}

fn scan_command(fact: &Fact) -> String {
    format!("git checkpoint scan {}", word(&name_of(fact)))
}
