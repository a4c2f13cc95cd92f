//! Adding events to records, together with the references they tell of.

use std::collections::BTreeMap;

use checkpoint_git::Repository;
use checkpoint_git::objects::{ObjectSink, Written};
use checkpoint_git::refs::{self, RefChange};
use checkpoint_model::event::{Event, EventBody};
use checkpoint_model::record::Record;
use checkpoint_model::words::Actor;
use chrono::{DateTime, Utc};
use gix::ObjectId;
use gix::objs::Kind;

use crate::contention::{Turn, retry};
use crate::notes::{CHECKPOINTS, NoteEdit, Notes};
use crate::subject::{Key, Subject};
use crate::{StoreError, fresh, objects};

/// Who does something, when, and by which command.
#[derive(Debug, Clone)]
pub struct Doing {
    /// The moment.
    pub now: DateTime<Utc>,
    /// Who stands in the event.
    pub by: Actor,
    /// The command, for reflogs and the messages of notes commits: `git checkpoint create`.
    pub command: String,
}

impl Doing {
    /// An event that happens now.
    pub fn event(&self, body: impl Into<EventBody>) -> Event {
        Event::new(
            fresh::event_id(self.now),
            self.now,
            self.by.clone(),
            body.into(),
        )
    }
}

/// What is to be added to the record of one snapshot.
pub(crate) type Additions = BTreeMap<ObjectId, Record>;

/// Adds `event` to what is to be added to the record of `snapshot`.
pub(crate) fn add(additions: &mut Additions, snapshot: ObjectId, event: Event) {
    additions.entry(snapshot).or_default().insert(event);
}

/// Adds an event to the record of `snapshot`.
pub fn append(
    repo: &Repository,
    snapshot: ObjectId,
    body: impl Into<EventBody>,
    doing: &Doing,
) -> Result<(), StoreError> {
    let mut additions = Additions::new();
    add(&mut additions, snapshot, doing.event(body));
    write(repo, doing, ObjectSink::new(repo.gix())?, &additions, &[])?;
    Ok(())
}

/// Adds an event to the record of what is no checkpoint.
pub fn append_to(
    repo: &Repository,
    subject: &Subject,
    body: impl Into<EventBody>,
    doing: &Doing,
) -> Result<(), StoreError> {
    let told = [(subject.clone(), doing.event(body))];
    append_with(repo, told, &[], doing)
}

/// Adds events to the records of what is no checkpoint, and makes `changes`, all or nothing: a reference and the word
/// of it are there together, or neither is. All subjects must have their records under one reference.
///
/// Fails with [`RefError::Moved`](checkpoint_git::refs::RefError::Moved) or
/// [`Occupied`](checkpoint_git::refs::RefError::Occupied) where somebody else was at one of `changes` first.
pub fn append_with(
    repo: &Repository,
    told: impl IntoIterator<Item = (Subject, Event)>,
    changes: &[RefChange],
    doing: &Doing,
) -> Result<(), StoreError> {
    let sink = ObjectSink::new(repo.gix())?;
    let mut additions = Additions::new();
    let mut reference = None;
    for (subject, event) in told {
        let key = match &subject.key {
            Key::Name(name) => sink.write(Kind::Blob, name.as_bytes().to_vec())?,
            Key::Object(id) => *id,
        };
        assert!(
            reference
                .replace(subject.reference)
                .is_none_or(|other| other == subject.reference),
            "one transaction moves one reference of records"
        );
        add(&mut additions, key, event);
    }
    match reference {
        Some(reference) => write_to(reference, repo, doing, sink, &additions, changes).map(|_| ()),
        None => Ok(()),
    }
}

/// Writes the commit that the records of checkpoints become with these events, each with the snapshot that it is
/// about. It is on disk then, but no reference moves: so that it can be given to others first, and be merged
/// ([`notes::merge`](crate::notes::merge)) once they have it. None where there is nothing to add.
pub fn prepare(
    repo: &Repository,
    events: &[(ObjectId, EventBody)],
    doing: &Doing,
) -> Result<Option<ObjectId>, StoreError> {
    let mut additions = Additions::new();
    for (snapshot, body) in events {
        add(&mut additions, *snapshot, doing.event(body.clone()));
    }
    let sink = ObjectSink::new(repo.gix())?;
    let notes = Notes::read(repo, CHECKPOINTS)?;
    let edits = merge(&notes, &additions)?;
    let message = format!("Notes added by '{}'", doing.command);
    let who = repo.signature(doing.now);
    let commit = notes.commit(&edits, &message, &who, &objects::Into(&sink))?;
    sink.finish()?;
    Ok(commit)
}

/// The record of `snapshot`; empty where there is none.
pub(crate) fn read(notes: &Notes<'_>, snapshot: ObjectId) -> Result<Record, StoreError> {
    Ok(notes
        .get(&snapshot)?
        .map_or_else(Record::default, |bytes| Record::parse(&bytes)))
}

/// Merges `additions` into the records and makes `changes`, all or nothing, once everything in `sink` is durable.
///
/// When only the records have moved meanwhile, only they are merged and written again.
pub(crate) fn write(
    repo: &Repository,
    doing: &Doing,
    sink: ObjectSink,
    additions: &Additions,
    changes: &[RefChange],
) -> Result<Written, StoreError> {
    write_to(CHECKPOINTS, repo, doing, sink, additions, changes)
}

fn write_to(
    reference: &'static str,
    repo: &Repository,
    doing: &Doing,
    sink: ObjectSink,
    additions: &Additions,
    changes: &[RefChange],
) -> Result<Written, StoreError> {
    let who = repo.signature(doing.now);
    let message = format!("Notes added by '{}'", doing.command);
    // Beside the records, a branch has a reflog that people read.
    let reflog = match changes {
        [] => format!("{}: keep records", doing.command),
        _ => doing.command.clone(),
    };
    let (mut sink, mut written) = (Some(sink), Written::default());
    // What a lost race has not waited for is to be waited for by the next attempt.
    let mut unsynced = Vec::new();
    let turn = Turn::wait(repo);
    retry(repo, &turn, reference, || {
        let sink = sink
            .take()
            .map_or_else(|| ObjectSink::new(repo.gix()), Ok)?;
        let notes = Notes::read(repo, reference)?;
        let edits = merge(&notes, additions)?;
        let tip = notes.commit(&edits, &message, &who, &objects::Into(&sink))?;
        let placed = sink.place()?;
        written.objects += placed.written.objects;
        written.bytes += placed.written.bytes;
        unsynced.extend(placed.unsynced);
        let mut changes = changes.to_vec();
        changes.extend(tip.map(|tip| RefChange::update(reference, notes.tip(), tip)));
        Ok(refs::transaction_after(
            repo, &unsynced, &changes, &reflog, &who,
        )?)
    })?;
    Ok(written)
}

fn merge(notes: &Notes<'_>, additions: &Additions) -> Result<Vec<NoteEdit>, StoreError> {
    let merged = additions.iter().map(|(key, addition)| {
        let mut record = read(notes, *key)?;
        record.merge(addition.clone());
        Ok(NoteEdit {
            key: *key,
            content: Some(record.to_bytes()),
        })
    });
    merged.collect()
}
