//! Keeping a captured state: snapshot, state reference, tag and record, all or nothing.

use checkpoint_capture::Captured;
use checkpoint_git::Repository;
use checkpoint_git::objects::{ObjectSink, Written};
use checkpoint_git::refs::{Expect, RefChange, RefError};
use checkpoint_model::checkpoint::Checkpoint;
use checkpoint_model::event::{CheckpointCreated, CheckpointDeleted, DeletionReason, Event};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::name::CheckpointName;
use checkpoint_model::record::Record;
use checkpoint_model::trailers::Message;
use checkpoint_model::words::{CheckpointKind, Phase, StateCounts};
use gix::ObjectId;
use gix::actor::Signature;

use crate::record::{self, Additions, Doing};
use crate::tag::{self, NewTag, Tagged};
use crate::{StoreError, fresh};

/// What is said about a checkpoint by who makes it.
#[derive(Debug, Clone)]
pub struct KeepRequest {
    /// Its name; without one it is an automatic one.
    pub name: Option<CheckpointName>,
    /// What it is about.
    pub description: String,
    /// Why it is made.
    pub kind: CheckpointKind,
    /// The phase of the work.
    pub phase: Option<Phase>,
    /// The agent's session.
    pub session: Option<String>,
    /// The agent.
    pub agent: Option<String>,
    /// The agent's task.
    pub task: Option<String>,
    /// What the agent counted.
    pub state: Option<StateCounts>,
    /// The working tree, as shown to people.
    pub worktree: String,
    /// Takes the name from the checkpoint that has it.
    pub replace: bool,
    /// Signs the tag; git-config(1) `tag.gpgSign` does as well.
    pub sign: bool,
    /// The version of the program.
    pub tool: String,
}

/// A checkpoint that was made.
#[derive(Debug, Clone)]
pub struct Kept {
    /// As its record tells.
    pub checkpoint: Checkpoint,
    /// The snapshot commit.
    pub snapshot: ObjectId,
    /// The checkpoint that had the name before.
    pub replaced: Option<CheckpointId>,
    /// What was added to the object database.
    pub written: Written,
}

/// Keeps `captured`, whose objects wait in `sink`, as a new checkpoint.
///
/// When it returns, everything is on disk: the snapshot under `refs/checkpoints/<id>`, the tag if it has a name, the
/// record. Fails with [`StoreError::NameTaken`] when the name belongs to another and `replace` is not set. After
/// any failure no reference has moved.
pub fn keep(
    repo: &Repository,
    sink: ObjectSink,
    captured: &Captured,
    request: &KeepRequest,
    doing: &Doing,
) -> Result<Kept, StoreError> {
    let holder = match &request.name {
        Some(name) => holder(repo, name, request.replace)?,
        None => None,
    };
    let who = repo.signature(doing.now);
    let (snapshot, event) = write_snapshot(&sink, captured, request, &who, doing)?;
    let id = event
        .body
        .checkpoint()
        .expect("an event of a creation has a checkpoint");

    let mut additions = Additions::new();
    record::add(&mut additions, snapshot, event.clone());
    let mut changes = vec![RefChange::create(id.ref_name(), snapshot)];
    if let Some(name) = &request.name {
        let new = NewTag {
            name,
            created: &event,
            sign: request.sign,
            who,
        };
        let new = new.write(repo, &sink)?;
        changes.push(take_name(
            repo,
            name,
            holder.as_ref(),
            new,
            doing,
            &mut additions,
        ));
    }
    let written = record::write(repo, doing, sink, &additions, &changes);
    let written =
        written.map_err(|error| name_taken_meanwhile(repo, request.name.as_ref(), error))?;
    let record: Record = [event].into_iter().collect();
    let checkpoint = Checkpoint::fold(&record).expect("the record has the event of the creation");
    let replaced = holder.and_then(|holder| Some(holder.message?.created.checkpoint));
    Ok(Kept {
        checkpoint,
        snapshot,
        replaced,
        written,
    })
}

/// Who has `name` now; an error unless it may be replaced.
pub(crate) fn holder(
    repo: &Repository,
    name: &CheckpointName,
    replace: bool,
) -> Result<Option<Tagged>, StoreError> {
    match tag::find(repo, name)? {
        Some(holder) if !replace => Err(taken(name, &holder)),
        holder => Ok(holder),
    }
}

/// The step that puts `new` at the tag of `name`; whoever had the name gets a word about it in its record.
pub(crate) fn take_name(
    repo: &Repository,
    name: &CheckpointName,
    holder: Option<&Tagged>,
    new: ObjectId,
    doing: &Doing,
    additions: &mut Additions,
) -> RefChange {
    if let Some((message, snapshot)) =
        holder.and_then(|holder| Some((holder.message.as_ref()?, holder.snapshot()?)))
    {
        let body = CheckpointDeleted {
            checkpoint: message.created.checkpoint,
            name: Some(name.clone()),
            reason: DeletionReason::Replaced,
            snapshot: snapshot.to_string(),
        };
        record::add(additions, snapshot, doing.event(body));
    }
    let expected = Expect::still(holder.map(|holder| holder.id));
    RefChange {
        name: tag::ref_name(repo, name),
        expected,
        new: Some(new),
    }
}

/// Finds the word for a tag that another process has made since we looked.
pub(crate) fn name_taken_meanwhile(
    repo: &Repository,
    name: Option<&CheckpointName>,
    error: StoreError,
) -> StoreError {
    match (name, &error) {
        (Some(name), StoreError::Refs(RefError::Moved { name: moved, .. }))
            if *moved == tag::ref_name(repo, name) =>
        {
            match tag::find(repo, name) {
                Ok(Some(holder)) => taken(name, &holder),
                _ => error,
            }
        }
        _ => error,
    }
}

fn taken(name: &CheckpointName, holder: &Tagged) -> StoreError {
    let id = holder
        .message
        .as_ref()
        .map(|message| message.created.checkpoint);
    StoreError::NameTaken {
        name: name.clone(),
        id,
    }
}

/// Writes the snapshot commit, whose message repeats the event that its record begins with.
fn write_snapshot(
    sink: &ObjectSink,
    captured: &Captured,
    request: &KeepRequest,
    who: &Signature,
    doing: &Doing,
) -> Result<(ObjectId, Event), StoreError> {
    let created = created(captured, request, fresh::checkpoint_id(doing.now));
    let mut event = doing.event(created.clone());
    let mut message = Message::of_snapshot(created.clone(), event.at, Some(event.by.clone()));
    message.event = Some(event.id);
    let snapshot = captured.commit(sink, who, &message.format())?;
    event.body = CheckpointCreated {
        snapshot: snapshot.to_string(),
        ..created
    }
    .into();
    Ok((snapshot, event))
}

fn created(
    captured: &Captured,
    request: &KeepRequest,
    checkpoint: CheckpointId,
) -> CheckpointCreated {
    CheckpointCreated {
        checkpoint,
        name: request.name.clone(),
        description: request.description.clone(),
        kind: request.kind,
        phase: request.phase,
        snapshot: String::new(),
        head: captured.head.id.map(|id| id.to_string()),
        branch: captured.head.branch().map(ToString::to_string),
        upstream: captured.upstream.clone(),
        worktree: request.worktree.clone(),
        session: request.session.clone(),
        agent: request.agent.clone(),
        task: request.task.clone(),
        state: request.state,
        operation: captured.operations.first().copied(),
        operations: match captured.operations.as_slice() {
            [_, _, ..] => captured.operations.clone(),
            _ => Vec::new(),
        },
        files: captured.files,
        verdict: captured.verdict,
        skipped: captured.skipped.clone(),
        manifest: captured.manifest.clone(),
        tool: request.tool.clone(),
    }
}
