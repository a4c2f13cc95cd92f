//! The checks of a record.

use checkpoint_store::notes::CHECKPOINTS;

use crate::{
    check::{Check, CheckId, Objection, short},
    facts::{Fact, Noted},
    remote::fetch,
};

/// The checks of the record of `fact`; `has_records` tells whether any are here, and `remote` where they come from.
pub(crate) fn check(fact: &Fact, has_records: bool, remote: &str) -> Vec<Check> {
    let objection = present_objection(fact, has_records, remote);
    let is_present = objection.is_none();
    let mut checks = vec![Check::of(CheckId::RecordPresent, objection)];
    if let (true, Some(record), Some(_)) = (is_present, &fact.record, &fact.tag) {
        checks.push(Check::of(
            CheckId::RecordMatchesTag,
            tag_objection(fact, record),
        ));
    }
    checks
}

fn present_objection(fact: &Fact, has_records: bool, remote: &str) -> Option<Objection> {
    let Some(noted) = &fact.record else {
        let why = match (has_records, fact.snapshot) {
            (false, _) => format!("no records are here: there is no {CHECKPOINTS}"),
            (true, Some(snapshot)) => {
                format!(
                    "there is no record of {}: it was dropped, or not fetched",
                    short(snapshot)
                )
            }
            (true, None) => "nothing tells which record it has".to_owned(),
        };
        return Some(Objection::new(why).with(fetch(remote)));
    };
    if let Some(why) = &noted.why {
        return Some(Objection::new(why).with(fetch(remote)));
    }
    let n_unreadable = noted.record.unreadable().count();
    if n_unreadable > 0 {
        let lines = if n_unreadable == 1 { "line" } else { "lines" };
        let show = format!("git notes --ref=checkpoints show {}", noted.key);
        return Some(
            Objection::new(format!(
                "{n_unreadable} {lines} of the record cannot be read"
            ))
            .with(show),
        );
    }
    let Some(checkpoint) = &noted.checkpoint else {
        return Some(Objection::new(
            "the record does not tell of the making of a checkpoint",
        ));
    };
    let key = noted.key.to_string();
    if checkpoint.created.snapshot != key {
        let snapshot = &checkpoint.created.snapshot;
        return Some(Objection::new(format!(
            "the record here is that of another snapshot, {snapshot:.7}"
        )));
    }
    let is_other = fact.id.is_some_and(|id| id != checkpoint.id);
    is_other.then(|| {
        Objection::new(format!(
            "the record here is that of another checkpoint, {}",
            checkpoint.id.short()
        ))
    })
}

/// What the tag, which may be signed, does not vouch for.
fn tag_objection(fact: &Fact, noted: &Noted) -> Option<Objection> {
    let message = fact.message()?;
    let Some(digest) = &message.record else {
        return Some(Objection::new(
            "the tag does not tell the digest of its record",
        ));
    };
    // By the bytes of its line, however it was written; where there are several, the first is what counts.
    if noted.record.digest().as_ref() != Some(digest) {
        let why = "the record is not the one that the tag tells of: its first line was changed, or another was added";
        return Some(Objection::new(why));
    }
    let checkpoint = noted.checkpoint.as_ref()?;
    let tag = fact.tag.as_ref()?;
    if !checkpoint.is_kept() {
        return Some(Objection::new(
            "the record says that the checkpoint was deleted",
        ));
    }
    match checkpoint.name.as_deref() {
        Some(name) if name == tag.name => None,
        Some(name) => Some(Objection::new(format!(
            "the record calls the checkpoint '{name}'"
        ))),
        None => Some(Objection::new(
            "the record says that the checkpoint lost this name: the tag is an old one, put back",
        )),
    }
}
