//! The checks of states.

use std::sync::Arc;

use checkpoint_git::Repository;
use checkpoint_model::{event::CheckpointCreated, shell::word, trailers::Message};
use gix::ObjectId;

use crate::{
    check::{Check, CheckId, Objection, short},
    content::{self, Fault},
    facts::Fact,
    listing::{Listings, Node},
    manifest,
    missing::{Finder, Missing},
    remote,
    tags::Commit,
    trees::{self, Depth},
};

/// A state that is here, as far as its commits can be read.
struct Read {
    shape: Option<Objection>,
    /// Its files.
    files: Option<ObjectId>,
    /// The other trees that it has.
    others: Vec<ObjectId>,
    /// What is missing beside trees and what is below them.
    missing: Option<Missing>,
}

/// How far states are looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How<'a> {
    /// The remote from which they can be fetched.
    pub(crate) remote: Option<&'a str>,
    /// Whether the fingerprints of all are computed.
    pub(crate) all_manifests: bool,
    /// How closely their objects are looked at.
    pub(crate) depth: Depth,
}

/// How many bytes of listings are hashed unless all are asked for. A fingerprint is a hash over the whole listing of a
/// state and shares little with the next one; for a thousand states of a large tree that would take ten times as long as
/// all the rest together.
const LISTINGS: usize = 64 << 20;

/// The checks of the states of all `facts`, in one walk. Fingerprints are those of the last ones only, unless all are
/// asked for or they are few.
pub(crate) fn check(
    repo: &Repository,
    handle: &gix::Repository,
    facts: &[&Fact],
    how: How<'_>,
) -> Vec<Vec<Check>> {
    let read: Vec<_> = facts
        .iter()
        .map(|fact| fact.state.map(|state| read(handle, fact, state, how.depth)))
        .collect();
    let here = read.iter().flatten();
    let roots: Vec<_> = here
        .flat_map(|read| read.files.iter().chain(&read.others).copied())
        .collect();
    let faults = trees::look(repo, &roots, how.depth);
    let mut finder = Finder::new(repo, &faults);
    let looked: Vec<_> = read
        .into_iter()
        .map(|read| read.map(|read| Looked::at(&mut finder, read)))
        .collect();
    let mut manifests = manifests(repo, &looked, how.all_manifests).into_iter();
    let states = facts.iter().zip(looked);
    states
        .map(|(fact, looked)| {
            let manifest = manifests.next().flatten();
            match looked {
                None => absent(fact, how.remote),
                Some(looked) => present(repo, fact, Looked { manifest, ..looked }, how.remote),
            }
        })
        .collect()
}

/// A state whose objects were looked at.
struct Looked {
    shape: Option<Objection>,
    /// The root of its files, where nothing of them is missing.
    files: Option<ObjectId>,
    missing: Option<Missing>,
    /// The fingerprint of its files, where it was computed.
    manifest: Option<String>,
}

impl Looked {
    fn at(finder: &mut Finder<'_>, read: Read) -> Self {
        let of_files = read.files.and_then(|id| finder.first_below(id));
        let others = || read.others.iter().find_map(|id| finder.first_below(*id));
        let files = read.files.filter(|_| of_files.is_none());
        let missing = read.missing.or(of_files);
        Self {
            shape: read.shape,
            files,
            missing: missing.or_else(others),
            manifest: None,
        }
    }
}

/// The fingerprint of each state, where it can be told: of the last ones, unless all are asked for.
fn manifests(repo: &Repository, looked: &[Option<Looked>], all: bool) -> Vec<Option<String>> {
    let mut listings = Listings::new(repo);
    let mut left = if all { usize::MAX } else { LISTINGS };
    let mut roots: Vec<Option<Arc<Node>>> = Vec::with_capacity(looked.len());
    for looked in looked.iter().rev() {
        let files = looked.as_ref().and_then(|looked| looked.files);
        let root = files.filter(|_| left > 0);
        let root = root.and_then(|files| listings.node(files, "".into()));
        left = left.saturating_sub(root.as_ref().map_or(0, |root| root.length));
        roots.push(root.filter(|_| left > 0));
    }
    roots.reverse();
    let wanted: Vec<_> = roots.iter().flatten().cloned().collect();
    let mut hashed = manifest::all(&wanted).into_iter();
    let of_each = roots.into_iter();
    of_each
        .map(|root| root.and_then(|_| hashed.next()))
        .collect()
}

fn absent(fact: &Fact, remote: Option<&str>) -> Vec<Check> {
    let fetch = fact.id.zip(remote);
    let fetch = fetch.map(|(id, remote)| format!("{} {id}", remote::fetch(remote)));
    let not_here = |id| Check::not_here(id, "the state is not here", fetch.clone());
    [
        CheckId::SnapshotShape,
        CheckId::ObjectsComplete,
        CheckId::ManifestMatches,
    ]
    .map(not_here)
    .into()
}

fn present(repo: &Repository, fact: &Fact, looked: Looked, remote: Option<&str>) -> Vec<Check> {
    let mut checks = vec![
        Check::of(CheckId::SnapshotShape, looked.shape),
        complete(repo, looked.missing, remote),
    ];
    let told = created(fact).map(|created| &created.manifest);
    if let (Some(_), Some(told)) = (looked.files, told) {
        let differs = || Objection::new("its files are not those that the record tells of");
        checks.push(match looked.manifest {
            Some(found) => Check::of(CheckId::ManifestMatches, (*told != found).then(differs)),
            None => {
                let why =
                    "of so many large states, only the newest are hashed; --manifests hashes all";
                Check::not_asked(CheckId::ManifestMatches, why)
            }
        });
    }
    checks
}

fn complete(repo: &Repository, missing: Option<Missing>, remote: Option<&str>) -> Check {
    let id = CheckId::ObjectsComplete;
    let Some(missing) = missing else {
        return Check::passed(id);
    };
    let at = match missing.path.is_empty() {
        true => "its root".to_owned(),
        false => format!("'{}'", missing.path),
    };
    let why = format!("object {} of {at} {}", missing.id, missing.fault.told());
    match (missing.fault, repo.caps().promisor) {
        (Fault::Gone, true) => {
            let fetch = remote.map(|remote| format!("git fetch --refetch {}", word(remote)));
            Check::not_here(id, why, fetch)
        }
        (Fault::Gone, false) => {
            Check::failed(id, why, Some("git fsck --connectivity-only".to_owned()))
        }
        _ => Check::failed(id, why, Some("git fsck".to_owned())),
    }
}

/// What is told of its making: by the record, else by the tag.
fn created(fact: &Fact) -> Option<&CheckpointCreated> {
    let recorded = fact.own_checkpoint().map(|checkpoint| &checkpoint.created);
    recorded.or_else(|| fact.message().map(|message| &message.created))
}

fn read(handle: &gix::Repository, fact: &Fact, state: ObjectId, depth: Depth) -> Read {
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
        let why = format!("the commit {} is not here", short(state));
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
