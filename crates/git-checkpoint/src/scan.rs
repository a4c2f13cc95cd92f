//! `git checkpoint scan`: what would be a secret in a published state.

mod outcome;

use checkpoint_cli::{Answer, Schema, Session};
use checkpoint_git::refs;
use checkpoint_scan::{Finding, Rules, published, scan, scan_text};
use checkpoint_store::{StoreError, Stored};
use gix::ObjectId;

use self::outcome::{RulesOutcome, ScanOutcome};
use crate::{CheckpointError, args::ScanArgs};

/// Looks at what the states hold and no remote has, as far as is known here; without a remote, at what their HEADs do
/// not hold.
pub(crate) fn run(session: &Session<'_>, args: ScanArgs) -> Result<Answer, CheckpointError> {
    if args.rules {
        return Ok(Answer::of(RulesOutcome));
    }
    let policy = session.policy()?;
    let mut rules = Rules::new(&policy.push);
    for id in rules.unknown() {
        let talk = session.console.talk();
        talk.warning(format_args!("push.allow-rules: no rule '{id}' is known"));
    }
    for id in &args.allow_secret {
        rules = rules.without(id)?;
    }
    let states = session.choose_states(&args.checkpoints)?;
    let wanted: Vec<_> = states.iter().map(|stored| stored.snapshot).collect();
    let blobs = published(&session.repo, &wanted, &known(session, &states)?)?;
    let progress = session.console.progress("Looking for secrets");
    let mut findings = scan(&session.repo, &blobs, &rules, progress.counter())?;
    progress.finish();
    let words = states.iter().flat_map(|stored| words(stored, &rules));
    findings.findings.extend(words);
    Ok(Answer::of(ScanOutcome { findings }))
}

/// What looks like a secret in what the record of a checkpoint tells, and its tag: wherever those go, it is read.
pub(crate) fn words(stored: &Stored, rules: &Rules) -> Vec<Finding> {
    let checkpoint = &stored.checkpoint;
    let name = checkpoint.name.as_deref().unwrap_or_default();
    let text = format!("{}\n{name}\n", checkpoint.created.description);
    let place = format!("(description of {})", checkpoint.id);
    scan_text(place.as_str().into(), text.as_bytes(), rules)
}

/// The schemas of `scan --json`.
pub(crate) fn schemas() -> [Schema; 2] {
    outcome::schemas()
}

/// What need not be looked at: it is published, or committed.
fn known(session: &Session<'_>, states: &[Stored]) -> Result<Vec<ObjectId>, CheckpointError> {
    let remotes = refs::list(&session.repo, "refs/remotes/").map_err(StoreError::from)?;
    if !remotes.is_empty() {
        return Ok(remotes.into_iter().map(|(_, id)| id).collect());
    }
    let heads = states
        .iter()
        .filter_map(|stored| stored.checkpoint.created.head.as_deref());
    Ok(heads
        .filter_map(|hex| ObjectId::from_hex(hex.as_bytes()).ok())
        .collect())
}
