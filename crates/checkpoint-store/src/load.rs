//! All checkpoints: what the records tell, beside what is in the repository.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use checkpoint_git::{Repository, refs};
use checkpoint_model::checkpoint::Checkpoint;
use checkpoint_model::event::{CheckpointCreated, DeletionReason, Event, EventBody};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::name::CheckpointName;
use checkpoint_model::record::Record;
use checkpoint_model::words::Actor;
use chrono::{DateTime, Utc};
use gix::ObjectId;
use serde::Deserialize;

use crate::notes::{CHECKPOINTS, Notes};
use crate::rebuild::{self, Lost};
use crate::{StoreError, tag};

/// Where the state of a checkpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In this repository, kept by `refs/checkpoints/<id>`.
    Here,
    /// Nowhere: it was deleted, and its days of grace are over.
    Pruned,
    /// Not here: only its record was fetched.
    Elsewhere,
}

/// A checkpoint, and what of it is in the repository.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What its record comes to; boxed, because lists of these are sorted and filtered.
    pub checkpoint: Box<Checkpoint>,
    /// The snapshot commit; it may be missing unless the place is [`Place::Here`].
    pub snapshot: ObjectId,
    /// Where its state is.
    pub place: Place,
    /// Whether the tag of its name is there.
    pub is_tagged: bool,
    /// Its record is lost; what is told comes from the message of its tag or snapshot ([`crate::rebuild()`]).
    pub record_missing: bool,
}

/// Something in the records that is not as it should be. Nothing of it is ever thrown away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The snapshot whose record it is.
    pub snapshot: ObjectId,
    /// What is wrong.
    pub why: String,
}

/// What [`load`] found.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// All checkpoints, oldest first; also deleted, pruned and foreign ones.
    pub checkpoints: Vec<Stored>,
    /// Lines and notes that cannot be read.
    pub problems: Vec<Problem>,
}

/// Loads all checkpoints. Reads each record, but no state; one broken record hides no other.
pub fn load(repo: &Repository) -> Result<Loaded, StoreError> {
    let here = Here::read(repo)?;
    let notes = Notes::read(repo, CHECKPOINTS)?;
    let read = notes.read_all(fold_note)?;
    let mut loaded = Loaded::default();
    for (snapshot, checkpoint, problems) in read {
        loaded
            .checkpoints
            .extend(checkpoint.map(|checkpoint| here.stored(checkpoint, snapshot)));
        loaded.problems.extend(problems);
    }
    add_lost(repo, &here, &mut loaded)?;
    loaded
        .checkpoints
        .sort_by_key(|stored| stored.checkpoint.id);
    Ok(loaded)
}

/// Loads the one checkpoint whose snapshot is `snapshot`; none where neither a record nor the commit itself tells
/// of one.
pub fn load_one(repo: &Repository, snapshot: ObjectId) -> Result<Option<Stored>, StoreError> {
    let notes = Notes::read(repo, CHECKPOINTS)?;
    let record = crate::record::read(&notes, snapshot)?;
    let (checkpoint, record_missing) = match fold(&record) {
        Some(checkpoint) => (checkpoint, false),
        None => match rebuild::from_snapshot(repo, snapshot)? {
            Some(lost) => (lost.checkpoint(), true),
            None => return Ok(None),
        },
    };
    let id = checkpoint.id;
    let tag = match &checkpoint.name {
        Some(name) => refs::find(repo, &tag::ref_name(repo, name))?,
        None => None,
    };
    let here = Here {
        states: refs::find(repo, &id.ref_name())?
            .map(|_| id)
            .into_iter()
            .collect(),
        names: tag
            .and(checkpoint.name.clone())
            .map(|name| name.as_str().to_owned())
            .into_iter()
            .collect(),
    };
    Ok(Some(Stored {
        record_missing,
        ..here.stored(Box::new(checkpoint), snapshot)
    }))
}

/// The events of all records, newest first, each with the snapshot whose record it is from.
pub fn events(repo: &Repository) -> Result<Vec<(ObjectId, Event)>, StoreError> {
    let notes = Notes::read(repo, CHECKPOINTS)?;
    let read = notes.read_all(|snapshot, bytes| match bytes {
        Ok(bytes) => Record::parse(bytes)
            .events()
            .into_iter()
            .map(|event| (snapshot, event.clone()))
            .collect(),
        Err(_) => Vec::new(),
    })?;
    let mut events: Vec<_> = read.into_iter().flatten().collect();
    events.sort_unstable_by_key(|(_, event)| std::cmp::Reverse(event.id));
    Ok(events)
}

/// What a record comes to, where giving a name to a deleted checkpoint makes it wanted again.
pub(crate) fn fold(record: &Record) -> Option<Checkpoint> {
    let mut checkpoint = Checkpoint::fold(record)?;
    if checkpoint.deleted.is_some() {
        let is_last_wanted =
            record
                .events()
                .into_iter()
                .rev()
                .find_map(|event| match &event.body {
                    EventBody::CheckpointNamed(named) if named.name.is_some() => Some(true),
                    EventBody::CheckpointDeleted(deleted)
                        if deleted.reason != DeletionReason::Replaced =>
                    {
                        Some(false)
                    }
                    _ => None,
                });
        if is_last_wanted == Some(true) {
            checkpoint.deleted = None;
        }
    }
    Some(checkpoint)
}

type Folded = (ObjectId, Option<Box<Checkpoint>>, Vec<Problem>);

fn fold_note(snapshot: ObjectId, bytes: Result<&[u8], StoreError>) -> Folded {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            return (
                snapshot,
                None,
                vec![Problem {
                    snapshot,
                    why: error.to_string(),
                }],
            );
        }
    };
    if let Some(checkpoint) = fold_single(bytes) {
        return (snapshot, Some(Box::new(checkpoint)), Vec::new());
    }
    let record = Record::parse(bytes);
    let problems = record
        .unreadable()
        .map(|line| Problem {
            snapshot,
            why: line.why.to_owned(),
        })
        .collect();
    (snapshot, fold(&record).map(Box::new), problems)
}

/// What every event has beside its own fields, as far as a fold asks for it.
#[derive(Deserialize)]
struct Head<'a> {
    at: DateTime<Utc>,
    by: Actor,
    #[serde(rename = "type", borrow)]
    type_: Cow<'a, str>,
}

/// [`fold`] of a record that tells of nothing but a creation, as most do: without a [`Record`], which keeps every byte
/// and costs three times as much. None for all others, also broken ones.
fn fold_single(bytes: &[u8]) -> Option<Checkpoint> {
    let line = bytes
        .strip_suffix(b"\n")
        .filter(|line| !line.contains(&b'\n'))?;
    let head: Head<'_> = serde_json::from_slice(line).ok()?;
    if head.type_ != CheckpointCreated::TYPE {
        return None;
    }
    let created: CheckpointCreated = serde_json::from_slice(line).ok()?;
    Some(Checkpoint {
        id: created.checkpoint,
        name: created.name.clone(),
        at: head.at,
        by: head.by,
        created,
        deleted: None,
        restored_count: 0,
        last_restored_at: None,
    })
}

/// Which references of checkpoints are there; their values are not needed to list them.
struct Here {
    states: BTreeSet<CheckpointId>,
    names: BTreeSet<String>,
}

impl Here {
    fn read(repo: &Repository) -> Result<Self, StoreError> {
        let states = refs::names(repo, CheckpointId::REF_PREFIX)?;
        let names = refs::names(repo, &format!("refs/tags/{}", tag::prefix(repo)))?;
        Ok(Self {
            states: states.iter().filter_map(|id| id.parse().ok()).collect(),
            names: names.into_iter().collect(),
        })
    }

    fn stored(&self, checkpoint: Box<Checkpoint>, snapshot: ObjectId) -> Stored {
        let place = match checkpoint.deleted {
            _ if self.states.contains(&checkpoint.id) => Place::Here,
            Some(_) => Place::Pruned,
            None => Place::Elsewhere,
        };
        let is_tagged = checkpoint
            .name
            .as_ref()
            .is_some_and(|name| self.names.contains(name.as_str()));
        Stored {
            checkpoint,
            snapshot,
            place,
            is_tagged,
            record_missing: false,
        }
    }
}

/// Adds the checkpoints that have a tag or a state, but no record.
fn add_lost(repo: &Repository, here: &Here, loaded: &mut Loaded) -> Result<(), StoreError> {
    let mut known: BTreeSet<_> = loaded
        .checkpoints
        .iter()
        .map(|stored| stored.checkpoint.id)
        .collect();
    let named = |stored: &Stored| stored.checkpoint.name.clone();
    let known_names: BTreeSet<_> = loaded.checkpoints.iter().filter_map(named).collect();
    let mut lost: BTreeMap<CheckpointId, Lost> = BTreeMap::new();
    for name in &here.names {
        // Tags of known checkpoints need not be read.
        let Ok(name) = name.parse::<CheckpointName>() else {
            continue;
        };
        if !known_names.contains(&name) {
            let found = rebuild::from_tag(repo, &name)?;
            lost.extend(found.map(|lost| (lost.id(), lost)));
        }
    }
    for id in here.states.iter().filter(|id| !known.contains(id)) {
        if !lost.contains_key(id) {
            let snapshot = refs::find(repo, &id.ref_name())?;
            let found = snapshot
                .map(|snapshot| rebuild::from_snapshot(repo, snapshot))
                .transpose()?
                .flatten();
            lost.extend(found.map(|lost| (*id, lost)));
        }
    }
    for (id, lost) in lost {
        if known.insert(id) {
            let stored = here.stored(Box::new(lost.checkpoint()), lost.snapshot);
            loaded.checkpoints.push(Stored {
                record_missing: true,
                ..stored
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use checkpoint_model::record::Record;

    use super::{fold, fold_single};

    #[test]
    fn the_short_way_ends_where_the_long_one_does() {
        let line = br#"{"id":"0199a1b2-c3d4-7000-8000-000000000001","at":"2025-10-01T08:00:00Z","by":{"user":"ada","host":"desk"},"type":"checkpoint_created","checkpoint":"0199a1b2-c3d4-7000-8000-000000000000","name":"x","description":"","kind":"manual","snapshot":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","worktree":"/home/ada/api","files":{"tracked":3,"changed":1,"untracked":0,"bytes":120},"verdict":"full","skipped":[],"manifest":"sha256:00","tool":"0.1.0","later":[1]}"#;
        let note = [&line[..], b"\n"].concat();
        assert!(fold_single(&note).is_some(), "the common case");
        assert_eq!(
            fold_single(&note),
            fold(&Record::parse(&note)),
            "the same checkpoint"
        );
        assert_eq!(
            fold_single(&note.repeat(2)),
            None,
            "two lines are for the record"
        );
        assert_eq!(fold_single(line), None, "so is an unfinished one");
        assert_eq!(fold_single(b"{\n"), None, "and a broken one");
    }
}
