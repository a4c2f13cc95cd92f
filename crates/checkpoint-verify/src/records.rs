//! The checks of a record.

use checkpoint_store::notes::CHECKPOINTS;

use crate::{
    check::{Check, CheckId, Objection, short},
    facts::{Fact, Facts, Noted},
    remote::fetch,
};

/// The checks of the record of `fact`, which is one of `facts`; `remote` tells where records come from.
pub(crate) fn check(fact: &Fact, facts: &Facts, remote: Option<&str>) -> Vec<Check> {
    let objection = present_objection(fact, facts, remote);
    let objection = objection.or_else(|| claim_objection(fact, facts));
    let is_present = objection.is_none();
    let present = match (objection, &fact.record) {
        (None, Some(noted)) => readable(noted),
        (objection, _) => Check::of(CheckId::RecordPresent, objection),
    };
    let mut checks = vec![present];
    if let (true, Some(record), Some(_)) = (is_present, &fact.record, &fact.tag) {
        checks.push(match tag_objection(fact, record) {
            None => name_check(fact, facts),
            objection => Check::of(CheckId::RecordMatchesTag, objection),
        });
    }
    checks
}

fn present_objection(fact: &Fact, facts: &Facts, remote: Option<&str>) -> Option<Objection> {
    if let Some(fault) = &facts.records_fault {
        let look = format!("git log --stat {CHECKPOINTS}");
        return Some(Objection::new(fault).with(look));
    }
    let Some(noted) = &fact.record else {
        let why = match (facts.has_records, fact.snapshot) {
            (false, _) => format!("no records are here: there is no {CHECKPOINTS}"),
            (true, Some(snapshot)) => {
                format!(
                    "there is no record of {}: it was dropped, or not fetched",
                    short(snapshot)
                )
            }
            (true, None) => "nothing tells which record it has".to_owned(),
        };
        // Tags and states tell enough to have it back; where others may have it, theirs tells more.
        let is_told = fact.message().is_some() || fact.state.is_some();
        let mend = || is_told.then(|| "git checkpoint doctor --fix".to_owned());
        return Some(Objection::new(why).with(remote.map(fetch).or_else(mend)));
    };
    if let Some(why) = &noted.why {
        // What was promised and not fetched, git fetches when it shows it; a fetch of ours takes the rest for granted.
        let look = || format!("git notes --ref=checkpoints show {}", noted.key);
        let remedy = match facts.is_partial {
            true => Some(look()),
            false => remote.map(fetch),
        };
        return Some(Objection::new(why).with(remedy));
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

/// Whoever may push notes can add a line that is no event, for good, since records only grow; it changes nothing of
/// what the others tell, so it is worth a note.
fn readable(noted: &Noted) -> Check {
    let why = match noted.record.unreadable().count() {
        0 => return Check::passed(CheckId::RecordPresent),
        1 => "1 line of the record cannot be read and counts for nothing".to_owned(),
        n => format!("{n} lines of the record cannot be read and count for nothing"),
    };
    Check {
        remedy: Some(format!("git notes --ref=checkpoints show {}", noted.key)),
        ..Check::noted(CheckId::RecordPresent, why)
    }
}

/// Of several records that claim one checkpoint, the one counts that its tag vouches for, or its state.
fn claim_objection(fact: &Fact, facts: &Facts) -> Option<Objection> {
    let checkpoint = fact.own_checkpoint()?;
    let others = facts.claims.get(&checkpoint.id)?.iter();
    let other = others.copied().find(|key| Some(*key) != fact.snapshot)?;
    let digest = fact.message().and_then(|message| message.record.clone());
    let is_tagged = digest.is_some_and(|digest| {
        fact.record.as_ref().and_then(|noted| noted.record.digest()) == Some(digest)
    });
    let is_stated = fact.state.is_some() && fact.state == fact.snapshot;
    (!is_tagged && !is_stated).then(|| {
        let why = format!(
            "the record of {} claims to be of the same checkpoint, {}",
            short(other),
            checkpoint.id
        );
        Objection::new(why).with(format!("git notes --ref=checkpoints show {other}"))
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
    None
}

/// Whether the record still calls the checkpoint by the name of its tag. A tag that was given away cannot be taken back:
/// where its checkpoint was deleted or renamed since, it is an old one and no wrong one, unless the name is another's.
fn name_check(fact: &Fact, facts: &Facts) -> Check {
    let id = CheckId::RecordMatchesTag;
    let (Some(checkpoint), Some(tag)) = (fact.checkpoint(), &fact.tag) else {
        return Check::passed(id);
    };
    let name = checkpoint.name.as_deref();
    if checkpoint.is_kept() && name == Some(&tag.name) {
        return Check::passed(id);
    }
    let had = fact.record.as_ref().map(|noted| noted.names());
    let is_old = had.is_some_and(|had| had.contains(&tag.name));
    match (checkpoint.is_kept(), name) {
        _ if is_old && facts.gone.contains(&tag.name) => Check::noted(
            id,
            match checkpoint.is_kept() {
                true => "renamed since",
                false => "deleted since",
            },
        ),
        (true, Some(name)) => Check::failed(
            id,
            format!("the record calls the checkpoint '{name}'"),
            None,
        ),
        (true, None) => Check::failed(
            id,
            "the record says that the checkpoint lost this name: the tag is an old one, put back",
            None,
        ),
        (false, _) => Check::failed(id, "the record says that the checkpoint was deleted", None),
    }
}
