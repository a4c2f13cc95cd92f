//! Secrets in what is shared.

use std::sync::atomic::AtomicU64;

use checkpoint_git::{Repository, refs};
use checkpoint_scan::{Finding, Rules, reachable, scan, scan_text};

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
    check(&[tag.unwrap_or_default(), record.unwrap_or_default()].concat())
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
    Ok(check(
        &scan(repo, &blobs, rules, &AtomicU64::new(0))?.findings,
    ))
}

fn check(findings: &[Finding]) -> Check {
    let Some(first) = findings.first() else {
        return Check::passed(CheckId::NoSecret);
    };
    let more = match findings.len() {
        1 => String::new(),
        n => format!(", and {} more", n - 1),
    };
    let why = format!(
        "{}:{}: {}: {}{more}",
        first.path, first.line, first.rule, first.excerpt
    );
    Check::failed(
        CheckId::NoSecret,
        why,
        Some("git checkpoint scan".to_owned()),
    )
}
