//! Having a lost record back, from the message of the tag or of the snapshot commit.

use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_git::refs;
use checkpoint_model::checkpoint::Checkpoint;
use checkpoint_model::event::{CheckpointNamed, Event, EventBody};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::name::CheckpointName;
use checkpoint_model::record::Record;
use checkpoint_model::trailers::Message;
use checkpoint_model::words::Actor;
use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::Kind;

use crate::load::{Stored, load};
use crate::record::{self, Additions, Doing};
use crate::{StoreError, tag};

/// A record that was written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// The checkpoint.
    pub id: CheckpointId,
    /// Its snapshot.
    pub snapshot: ObjectId,
    /// Whether the record begins with the very line it began with, as the digest in the tag proves. None where no
    /// tag tells.
    pub is_exact: Option<bool>,
}

/// Writes the records of all checkpoints that have none but have a tag or a state.
///
/// What happened after a checkpoint was made is not told by tags, except its name: that of an automatic one which was
/// named later comes back as a new event.
pub fn rebuild(repo: &Repository, doing: &Doing) -> Result<Vec<Rebuilt>, StoreError> {
    let lost: Vec<_> = load(repo)?
        .checkpoints
        .into_iter()
        .filter(|stored| stored.record_missing)
        .collect();
    let (mut additions, mut rebuilt) = (Additions::new(), Vec::new());
    for stored in lost {
        let Some(lost) = find(repo, &stored)? else {
            continue;
        };
        rebuilt.push(Rebuilt {
            id: lost.id(),
            snapshot: lost.snapshot,
            is_exact: lost.is_exact(),
        });
        lost.add_to(&mut additions, doing);
    }
    if !rebuilt.is_empty() {
        record::write(repo, doing, ObjectSink::new(repo.gix())?, &additions, &[])?;
    }
    Ok(rebuilt)
}

/// A checkpoint without a record, as a message tells of it.
pub(crate) struct Lost {
    pub(crate) snapshot: ObjectId,
    pub(crate) event: Event,
    /// What the tag it was found by is called.
    tag: Option<CheckpointName>,
    /// The digest of the event that was lost.
    digest: Option<String>,
}

impl Lost {
    pub(crate) fn id(&self) -> CheckpointId {
        self.event
            .body
            .checkpoint()
            .expect("a message rebuilds the event of a creation")
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        let record: Record = [self.event.clone()].into_iter().collect();
        let mut checkpoint =
            Checkpoint::fold(&record).expect("the record has the event of the creation");
        if self.tag.is_some() {
            checkpoint.name.clone_from(&self.tag);
        }
        checkpoint
    }

    pub(crate) fn add_to(self, additions: &mut Additions, doing: &Doing) {
        let told = match &self.event.body {
            EventBody::CheckpointCreated(created) => created.name.clone(),
            _ => None,
        };
        if let Some(name) = self.tag.clone().filter(|name| told.as_ref() != Some(name)) {
            let body = CheckpointNamed {
                checkpoint: self.id(),
                name: Some(name),
            };
            record::add(additions, self.snapshot, doing.event(body));
        }
        record::add(additions, self.snapshot, self.event);
    }

    fn is_exact(&self) -> Option<bool> {
        self.digest
            .as_ref()
            .map(|digest| *digest == self.event.digest())
    }

    fn of(message: Message, snapshot: ObjectId, tag: Option<CheckpointName>) -> Self {
        let digest = message.record.clone();
        let id = message.created.checkpoint.to_string();
        // The same on every machine that has to make something up, so that what they rebuild is one line.
        let event = id
            .parse()
            .expect("ids of checkpoints and of events are written alike");
        let nobody = Actor {
            user: String::new(),
            host: String::new(),
            agent: None,
            session: None,
        };
        let event = message.rebuild(&snapshot.to_string(), (event, nobody));
        Self {
            snapshot,
            event,
            tag,
            digest,
        }
    }
}

/// Finds the message that tells most about `stored`.
pub(crate) fn find(repo: &Repository, stored: &Stored) -> Result<Option<Lost>, StoreError> {
    if let (true, Some(name)) = (stored.is_tagged, &stored.checkpoint.name) {
        let found = from_tag(repo, name)?;
        if found
            .as_ref()
            .is_some_and(|lost| lost.id() == stored.checkpoint.id)
        {
            return Ok(found);
        }
    }
    from_snapshot(repo, stored.snapshot)
}

/// What the tag of `name` tells; none where it is not ours.
pub(crate) fn from_tag(
    repo: &Repository,
    name: &CheckpointName,
) -> Result<Option<Lost>, StoreError> {
    let Some(id) = refs::find(repo, &tag::ref_name(repo, name))? else {
        return Ok(None);
    };
    let tagged = tag::read(repo, id)?;
    let snapshot = tagged.snapshot();
    Ok(tagged
        .message
        .zip(snapshot)
        .map(|(message, snapshot)| Lost::of(message, snapshot, Some(name.clone()))))
}

/// What the message of the commit `snapshot` tells; none where it is not there or not ours.
pub(crate) fn from_snapshot(
    repo: &Repository,
    snapshot: ObjectId,
) -> Result<Option<Lost>, StoreError> {
    let found = repo.gix().try_find_object(snapshot);
    let Some(object) = found.map_err(|source| StoreError::unreadable(snapshot, source))? else {
        return Ok(None);
    };
    if object.kind != Kind::Commit {
        return Ok(None);
    }
    let commit = object.into_commit();
    let message = commit
        .message_raw()
        .map_err(|source| StoreError::unreadable(snapshot, source))?;
    let message = message
        .to_str()
        .ok()
        .and_then(|text| Message::parse(text).ok());
    Ok(message.map(|message| Lost::of(message, snapshot, None)))
}
