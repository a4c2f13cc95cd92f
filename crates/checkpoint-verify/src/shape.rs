//! The commits of a state: whether they have the shape of one, and tell what is told elsewhere.

use checkpoint_model::{event::CheckpointCreated, trailers::Message};
use gix::ObjectId;

use crate::{
    check::{Objection, short},
    content::{self, Fault},
    facts::Fact,
    missing::Missing,
    tags::Commit,
    trees::Depth,
};

/// A state that is here, as far as its commits can be read.
pub(crate) struct Read {
    pub(crate) shape: Option<Objection>,
    /// Its files.
    pub(crate) files: Option<ObjectId>,
    /// The other trees that it has.
    pub(crate) others: Vec<ObjectId>,
    /// What is missing beside trees and what is below them.
    pub(crate) missing: Option<Missing>,
}

/// What is told of its making: by the record, else by the tag.
pub(crate) fn created(fact: &Fact) -> Option<&CheckpointCreated> {
    let recorded = fact.own_checkpoint().map(|checkpoint| &checkpoint.created);
    recorded.or_else(|| fact.message().map(|message| &message.created))
}

/// Reads the commits of `state`, which is that of `fact`.
pub(crate) fn read(handle: &gix::Repository, fact: &Fact, state: ObjectId, depth: Depth) -> Read {
    let mut missing = None;
    let mut commit = |id: ObjectId| {
        let commit = Commit::read(handle, id);
        let fault = match (&commit, depth) {
            (None, _) => Some(content::why_unread(handle, id)),
            (Some(_), Depth::Content) => content::require_own_commit(handle, id).err(),
            (Some(_), Depth::Presence) => None,
        };
        missing = missing.take().or_else(|| Missing::root(id, fault?));
        commit
    };
    let Some(work) = commit(state) else {
        let told = missing.as_ref().map_or("", |missing| missing.fault.told());
        let why = format!("the commit {} {told}", short(state));
        return Read {
            shape: Some(Objection::new(why)),
            files: None,
            others: Vec::new(),
            missing,
        };
    };
    let own = Message::parse(&work.message)
        .ok()
        .map(|message| message.created);
    let mut shape = told_objection(fact, state, own.as_ref());
    // Without record and tag, the state is what it itself says it is.
    let head = created(fact).or(own.as_ref());
    let head = head.and_then(|created| created.head.as_deref());
    let head = head.and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
    let index = below(&work.parents, head).flatten().and_then(&mut commit);
    let side = index.as_ref().and_then(|index| below(&index.parents, head));
    if index.is_none() || side.is_none() {
        shape = shape.or_else(|| {
            Some(Objection::new(
                "its commits do not stand on one another as those of a state do",
            ))
        });
    }
    let side = side.flatten().and_then(&mut commit);
    let kept = side.iter().flat_map(|side| &side.parents);
    let mut kept = kept.copied().chain(head);
    let mut gone = || kept.find(|id| !handle.has_object(*id));
    Read {
        shape,
        files: Some(work.tree),
        others: index.iter().chain(&side).map(|other| other.tree).collect(),
        missing: missing.or_else(|| Missing::root(gone()?, Fault::Gone)),
    }
}

/// What stands below a commit of a state beside HEAD: at most one. None where the parents are others.
fn below(parents: &[ObjectId], head: Option<ObjectId>) -> Option<Option<ObjectId>> {
    let rest = match head {
        Some(head) => parents.strip_prefix(&[head])?,
        None => parents,
    };
    match rest {
        [] => Some(None),
        [one] => Some(Some(*one)),
        _ => None,
    }
}

/// Whether the commit is the one that the record tells of, and tells the same.
fn told_objection(
    fact: &Fact,
    state: ObjectId,
    own: Option<&CheckpointCreated>,
) -> Option<Objection> {
    if fact.snapshot.is_some_and(|snapshot| snapshot != state) {
        let id = fact.id?;
        return Some(Objection::new(format!(
            "'{}' does not point at the snapshot that is told of",
            id.ref_name()
        )));
    }
    let Some(told) = own else {
        return Some(Objection::new("its message does not tell of a checkpoint"));
    };
    let created = created(fact)?;
    let is_same = told.checkpoint == created.checkpoint
        && told.head == created.head
        && told.branch == created.branch
        && told.operation == created.operation
        && told.operations == created.operations
        && told.verdict == created.verdict
        && told.manifest == created.manifest;
    (!is_same).then(|| Objection::new("its own message tells another thing than the record"))
}
