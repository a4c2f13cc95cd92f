//! All checkpoints: what the records tell, beside what is in the repository.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

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
use crate::subject::{AGENTS, GUARD};
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

impl Place {
    /// Of a checkpoint whose state is here, or that is or is not wanted any more.
    pub(crate) fn of(is_here: bool, is_kept: bool) -> Self {
        match (is_here, is_kept) {
            (true, _) => Self::Here,
            (false, false) => Self::Pruned,
            (false, true) => Self::Elsewhere,
        }
    }
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

/// The events of all checkpoints' records, newest first, each with the snapshot whose record it is from.
pub fn events(repo: &Repository) -> Result<Vec<(ObjectId, Event)>, StoreError> {
    events_of(repo, &[CHECKPOINTS])
}

/// The events of all records there are, newest first, each with the object whose record it is from: a snapshot, an
/// agent's commit, the blob of a subject's name.
pub fn all_events(repo: &Repository) -> Result<Vec<(ObjectId, Event)>, StoreError> {
    events_of(repo, &RECORDS)
}

/// The references that hold records.
pub(crate) const RECORDS: [&str; 3] = [CHECKPOINTS, AGENTS, GUARD];

fn events_of(repo: &Repository, references: &[&str]) -> Result<Vec<(ObjectId, Event)>, StoreError> {
    let mut events = Vec::new();
    for reference in references {
        let notes = Notes::read(repo, reference)?;
        let read = notes.read_all(|subject, bytes| match bytes {
            Ok(bytes) => Record::parse(bytes)
                .events()
                .into_iter()
                .map(|event| (subject, event.clone()))
                .collect(),
            Err(_) => Vec::new(),
        })?;
        events.extend(read.into_iter().flatten());
    }
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

pub(crate) type Folded = (ObjectId, Option<Box<Checkpoint>>, Vec<Problem>);

/// What a note comes to, and what of it cannot be read.
pub(crate) fn fold_note(snapshot: ObjectId, bytes: Result<&[u8], StoreError>) -> Folded {
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

/// Which references of checkpoints are there, sorted; their values are not needed to list them.
#[derive(Debug)]
pub(crate) struct Here {
    states: Vec<CheckpointId>,
    names: Vec<String>,
}

impl Here {
    pub(crate) fn read(repo: &Repository) -> Result<Self, StoreError> {
        let mut states = Vec::new();
        refs::each_name(repo, CheckpointId::REF_PREFIX, |name| {
            states.extend(name.parse::<CheckpointId>());
        })?;
        states.sort_unstable();
        states.dedup();
        let names = refs::names(repo, &format!("refs/tags/{}", tag::prefix(repo)))?;
        Ok(Self { states, names })
    }

    /// The states that are here, oldest first.
    pub(crate) fn states(&self) -> &[CheckpointId] {
        &self.states
    }

    fn place(&self, id: CheckpointId, is_kept: bool) -> Place {
        Place::of(self.states.binary_search(&id).is_ok(), is_kept)
    }

    fn stored(&self, checkpoint: Box<Checkpoint>, snapshot: ObjectId) -> Stored {
        let has_tag = |name: &CheckpointName| self.has_tag(name.as_str());
        Stored {
            place: self.place(checkpoint.id, checkpoint.is_kept()),
            is_tagged: checkpoint.name.as_ref().is_some_and(has_tag),
            checkpoint,
            snapshot,
            record_missing: false,
        }
    }

    fn has_tag(&self, name: &str) -> bool {
        let order = |other: &String| other.as_str().cmp(name);
        self.names.binary_search_by(order).is_ok()
    }

    /// The checkpoints that have a tag or a state, but are not among those that are known by id and by name;
    /// `unknown_states` are the states that are not.
    pub(crate) fn lost<'a>(
        &self,
        repo: &Repository,
        is_known: impl Fn(CheckpointId) -> bool,
        unknown_states: impl Iterator<Item = CheckpointId>,
        known_names: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<Lost>, StoreError> {
        let mut lost: BTreeMap<CheckpointId, Lost> = BTreeMap::new();
        // Tags of known checkpoints need not be read.
        let known_names: HashSet<_> = match self.names.is_empty() {
            true => HashSet::new(),
            false => known_names.collect(),
        };
        for name in &self.names {
            let parsed = name.parse::<CheckpointName>();
            if let (false, Ok(name)) = (known_names.contains(name.as_str()), parsed) {
                let found = rebuild::from_tag(repo, &name)?;
                lost.extend(found.map(|lost| (lost.id(), lost)));
            }
        }
        for id in unknown_states {
            if !lost.contains_key(&id) {
                let snapshot = refs::find(repo, &id.ref_name())?;
                let found = snapshot
                    .map(|snapshot| rebuild::from_snapshot(repo, snapshot))
                    .transpose()?
                    .flatten();
                lost.extend(found.map(|lost| (id, lost)));
            }
        }
        lost.retain(|id, _| !is_known(*id));
        Ok(lost.into_values().collect())
    }
}

/// Adds the checkpoints that have a tag or a state, but no record.
fn add_lost(repo: &Repository, here: &Here, loaded: &mut Loaded) -> Result<(), StoreError> {
    let checkpoints = || loaded.checkpoints.iter().map(|stored| &stored.checkpoint);
    let known: HashSet<_> = checkpoints().map(|checkpoint| checkpoint.id).collect();
    let names = checkpoints().filter_map(|checkpoint| checkpoint.name.as_deref());
    let is_known = |id| known.contains(&id);
    let unknown_states = here.states.iter().copied().filter(|id| !is_known(*id));
    let lost = here.lost(repo, is_known, unknown_states, names)?;
    let stored = lost.into_iter().map(|lost| Stored {
        record_missing: true,
        ..here.stored(Box::new(lost.checkpoint()), lost.snapshot)
    });
    loaded.checkpoints.extend(stored);
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
