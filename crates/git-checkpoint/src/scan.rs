//! `git checkpoint scan`: what would be a secret in a published state.

mod outcome;

use checkpoint_cli::{Answer, Schema, Session};
use checkpoint_git::{Repository, refs};
use checkpoint_scan::{Finding, Rules, reachable, scan, scan_text};
use checkpoint_store::{Place, StoreError, Stored};
use gix::ObjectId;

use self::outcome::{RulesOutcome, ScanOutcome};
use crate::{CheckpointError, args::ScanArgs};

/// Looks at what the states hold and no remote has, as far as is known here; without a remote, at what their HEADs do
/// not hold.
pub(crate) fn run(session: &Session<'_>, args: ScanArgs) -> Result<Answer, CheckpointError> {
    if args.rules {
        return Ok(Answer::of(RulesOutcome));
    }
    let mut rules = Rules::new(&session.policy_of_pushes()?);
    for id in rules.unknown() {
        let talk = session.console.talk();
        talk.warning(format_args!("push.allow-rules: no rule '{id}' is known"));
    }
    for id in &args.allow_secret {
        rules = rules.without(id)?;
    }
    let states = match args.all {
        true => all(session)?,
        false => session.choose_states(&args.checkpoints)?,
    };
    let wanted: Vec<_> = states.iter().map(|stored| stored.snapshot).collect();
    let mut objects = reachable(&session.repo, &wanted, &known(session, &states)?)?;
    // What snapshots say themselves is what their records say.
    objects.retain(|object| !wanted.contains(&object.id));
    let progress = session.console.progress("Looking for secrets");
    let mut findings = scan(&session.repo, &objects, &rules, progress.counter())?;
    progress.finish();
    for stored in &states {
        findings
            .findings
            .extend(words(&session.repo, stored, &rules)?);
    }
    let words = match args.all {
        true => vec!["--all".to_owned()],
        false => args.checkpoints,
    };
    let with_hashes = args.hashes;
    Ok(Answer::of(ScanOutcome {
        findings,
        with_hashes,
        words,
    }))
}

/// Every checkpoint that was not deleted, and whose state is here.
fn all(session: &Session<'_>) -> Result<Vec<Stored>, CheckpointError> {
    let mut all = checkpoint_store::load(&session.repo)?.checkpoints;
    all.retain(|stored| stored.checkpoint.is_kept() && stored.place == Place::Here);
    Ok(all)
}

/// What looks like a secret in what the record of a checkpoint tells, and its tag: wherever those go, it is read.
fn words(
    repo: &Repository,
    stored: &Stored,
    rules: &Rules,
) -> Result<Vec<Finding>, CheckpointError> {
    let spoken = checkpoint_share::record_of(repo, stored.snapshot, rules)?;
    let place = format!("(record of {})", stored.checkpoint.id);
    if !spoken.is_empty() {
        let findings = spoken.into_iter().map(|spoken| Finding {
            path: place.as_str().into(),
            ..spoken.finding
        });
        return Ok(findings.collect());
    }
    // Where the record is lost, the message of the tag tells the same.
    let name = stored.checkpoint.name.as_deref().unwrap_or_default();
    let text = format!("{}\n{name}\n", stored.checkpoint.created.description);
    Ok(scan_text(place.as_str().into(), text.as_bytes(), rules))
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
