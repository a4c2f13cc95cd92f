//! Naming, deleting and pruning checkpoints.

use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_git::refs::{self, RefChange};
use checkpoint_model::checkpoint::Checkpoint;
use checkpoint_model::event::{
    CheckpointDeleted, CheckpointNamed, DeletionReason, Event, EventBody,
};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::name::CheckpointName;
use checkpoint_model::retention::Candidate;
use gix::ObjectId;

use crate::keep::{holder, name_taken_meanwhile, take_name};
use crate::load::{Place, Stored};
use crate::notes::{CHECKPOINTS, Notes};
use crate::record::{self, Additions, Doing};
use crate::tag::{self, NewTag};
use crate::{StoreError, rebuild};

/// The name a checkpoint shall get.
#[derive(Debug, Clone)]
pub struct Naming {
    /// The name.
    pub name: CheckpointName,
    /// Takes the name from the checkpoint that has it, and lets go of the one this checkpoint has.
    pub replace: bool,
    /// Signs the tag; git-config(1) `tag.gpgSign` does as well.
    pub sign: bool,
}

/// A checkpoint that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The checkpoint.
    pub id: CheckpointId,
    /// The checkpoint that had the name before.
    pub replaced: Option<CheckpointId>,
}

/// Gives a checkpoint a name: a tag, and a line in its record. One that was deleted is wanted again by that.
///
/// Fails with [`StoreError::StateMissing`] when its state is not here, with [`StoreError::NameTaken`] and
/// [`StoreError::NamedAlready`] unless `replace` is set; nothing is changed then.
pub fn name(
    repo: &Repository,
    stored: &Stored,
    naming: &Naming,
    doing: &Doing,
) -> Result<Named, StoreError> {
    let Checkpoint { id, name: old, .. } = &*stored.checkpoint;
    if stored.place != Place::Here {
        return Err(StoreError::StateMissing { id: *id });
    }
    let old = old
        .as_ref()
        .filter(|old| stored.is_tagged && **old != naming.name);
    if let Some(old) = old.filter(|_| !naming.replace) {
        return Err(StoreError::NamedAlready {
            id: *id,
            name: old.clone(),
        });
    }
    let holder = holder(repo, &naming.name, naming.replace)?;
    let mut additions = Additions::new();
    let created = created_event(repo, stored, &mut additions, doing)?;

    let sink = ObjectSink::new(repo.gix())?;
    let who = repo.signature(doing.now);
    let new = NewTag {
        name: &naming.name,
        created: &created,
        sign: naming.sign,
        who,
    }
    .write(repo, &sink)?;
    let mut changes = vec![take_name(
        repo,
        &naming.name,
        holder.as_ref(),
        new,
        doing,
        &mut additions,
    )];
    if let Some(old) = old {
        changes.extend(drop_tag(repo, *id, old)?);
    }
    let body = CheckpointNamed {
        checkpoint: *id,
        name: Some(naming.name.clone()),
    };
    record::add(&mut additions, stored.snapshot, doing.event(body));
    record::write(repo, doing, sink, &additions, &changes)
        .map_err(|error| name_taken_meanwhile(repo, Some(&naming.name), error))?;
    let replaced = holder.and_then(|holder| Some(holder.message?.created.checkpoint));
    Ok(Named {
        id: *id,
        replaced: replaced.filter(|replaced| replaced != id),
    })
}

/// Says that these checkpoints are no longer wanted: their tags go, their states stay until their days of grace are
/// over ([`prune`]). Those that were deleted before are left alone. Gives the ids of the others.
pub fn delete(
    repo: &Repository,
    stored: &[&Stored],
    doing: &Doing,
) -> Result<Vec<CheckpointId>, StoreError> {
    let wanted: Vec<_> = stored
        .iter()
        .filter(|stored| stored.checkpoint.is_kept())
        .copied()
        .collect();
    let mut changes = Vec::new();
    for stored in &wanted {
        if let Some(name) = &stored.checkpoint.name {
            changes.extend(drop_tag(repo, stored.checkpoint.id, name)?);
        }
    }
    remove(repo, &wanted, DeletionReason::Deleted, changes, doing)
}

/// Removes the states of these checkpoints, in one transaction; their records stay, and say so. What only they kept
/// alive goes with git's next `gc`. Those whose state is not here are left alone. Gives the ids of the others.
///
/// What may go is not decided here: [`checkpoint_model::retention::plan`].
pub fn prune(
    repo: &Repository,
    stored: &[&Stored],
    doing: &Doing,
) -> Result<Vec<CheckpointId>, StoreError> {
    let here: Vec<_> = stored
        .iter()
        .filter(|stored| stored.place == Place::Here)
        .copied()
        .collect();
    let mut changes = Vec::new();
    for stored in &here {
        let Checkpoint { id, name, .. } = &*stored.checkpoint;
        changes.push(RefChange::delete(id.ref_name(), stored.snapshot));
        if let Some(name) = name {
            changes.extend(drop_tag(repo, *id, name)?);
        }
    }
    remove(repo, &here, DeletionReason::Pruned, changes, doing)
}

/// What retention has to know, of each checkpoint whose state is here. `is_pinned` tells those that something stands
/// on. The bytes are those that were read to make the checkpoint: more than what it alone keeps alive, never less.
pub fn candidates(stored: &[Stored], is_pinned: impl Fn(&Stored) -> bool) -> Vec<Candidate> {
    let here = stored.iter().filter(|stored| stored.place == Place::Here);
    let candidate = |stored: &Stored| Candidate {
        id: stored.checkpoint.id,
        at: stored.checkpoint.at,
        automatic: stored.checkpoint.is_automatic(),
        named: stored.is_tagged,
        deleted_at: stored
            .checkpoint
            .deleted
            .as_ref()
            .map(|deletion| deletion.at),
        pinned: is_pinned(stored),
        bytes: Some(stored.checkpoint.created.files.bytes),
    };
    here.map(candidate).collect()
}

fn remove(
    repo: &Repository,
    stored: &[&Stored],
    reason: DeletionReason,
    changes: Vec<RefChange>,
    doing: &Doing,
) -> Result<Vec<CheckpointId>, StoreError> {
    if stored.is_empty() {
        return Ok(Vec::new());
    }
    let mut additions = Additions::new();
    for stored in stored {
        let Checkpoint { id, name, .. } = &*stored.checkpoint;
        if stored.record_missing {
            created_event(repo, stored, &mut additions, doing)?;
        }
        let snapshot = stored.snapshot.to_string();
        let body = CheckpointDeleted {
            checkpoint: *id,
            name: name.clone(),
            reason,
            snapshot,
        };
        record::add(&mut additions, stored.snapshot, doing.event(body));
    }
    record::write(
        repo,
        doing,
        ObjectSink::new(repo.gix())?,
        &additions,
        &changes,
    )?;
    Ok(stored.iter().map(|stored| stored.checkpoint.id).collect())
}

/// The step that removes the tag of `name`, if it is there and belongs to `id`.
fn drop_tag(
    repo: &Repository,
    id: CheckpointId,
    name: &CheckpointName,
) -> Result<Option<RefChange>, StoreError> {
    let tagged = tag::find(repo, name)?;
    let of_id = |message: &checkpoint_model::trailers::Message| message.created.checkpoint == id;
    let tagged = tagged.filter(|tagged| tagged.message.as_ref().is_some_and(of_id));
    Ok(tagged.map(|tagged| RefChange::delete(tag::ref_name(repo, name), tagged.id)))
}

/// The event that made the checkpoint. One that had to be rebuilt goes into its record again.
fn created_event(
    repo: &Repository,
    stored: &Stored,
    additions: &mut Additions,
    doing: &Doing,
) -> Result<Event, StoreError> {
    let notes = Notes::read(repo, CHECKPOINTS)?;
    let record = record::read(&notes, stored.snapshot)?;
    let is_creation = |event: &&&Event| matches!(event.body, EventBody::CheckpointCreated(_));
    if let Some(event) = record.events().iter().find(is_creation) {
        return Ok((*event).clone());
    }
    let lost = rebuild::find(repo, stored)?;
    let lost = lost.ok_or(StoreError::StateMissing {
        id: stored.checkpoint.id,
    })?;
    let event = lost.event.clone();
    lost.add_to(additions, doing);
    Ok(event)
}

/// The snapshot of the checkpoint `id`; none where its state is not here.
pub fn snapshot_of(repo: &Repository, id: CheckpointId) -> Result<Option<ObjectId>, StoreError> {
    Ok(refs::find(repo, &id.ref_name())?)
}
