//! The checks of states.

use std::sync::Arc;

use bstr::BStr;
use checkpoint_git::Repository;
use checkpoint_model::{event::CheckpointCreated, trailers::Message};
use gix::ObjectId;

use crate::{
    check::{Check, CheckId, Objection, short},
    facts::Fact,
    manifest, remote,
    tags::Commit,
    trees::{Missing, Node, Trees},
};

/// A state that is here, as far as it can be read.
struct Read {
    shape: Option<Objection>,
    /// The root of its files, with what is missing of them.
    files: Option<Arc<Node>>,
    /// What is missing beside them.
    missing: Vec<Missing>,
}

/// How many bytes of listings are hashed unless all are asked for. A fingerprint is a hash over the whole listing of a
/// state and shares little with the next one; for a thousand states of a large tree that would take ten times as long as
/// all the rest together.
const LISTINGS: usize = 64 << 20;

/// The checks of the states of all `facts`, in one walk. Fingerprints are those of the last ones only, unless
/// `all_manifests` are asked for or they are few.
pub(crate) fn check(
    repo: &Repository,
    facts: &[&Fact],
    remote: &str,
    all_manifests: bool,
) -> Vec<Vec<Check>> {
    let mut trees = Trees::new(repo.gix());
    let read: Vec<_> = facts
        .iter()
        .map(|fact| fact.state.map(|state| read(repo, &mut trees, fact, state)))
        .collect();
    let roots = read.iter().map(|read| read.as_ref()?.files.as_ref());
    let mut left = if all_manifests { usize::MAX } else { LISTINGS };
    let mut hashed: Vec<_> = roots
        .rev()
        .map(|root| {
            let root = root?;
            left = left.saturating_sub(root.length);
            (left > 0).then(|| Arc::clone(root))
        })
        .collect();
    hashed.reverse();
    let wanted: Vec<_> = hashed.iter().flatten().cloned().collect();
    let mut manifests = manifest::all(&wanted).into_iter();
    let states = facts.iter().zip(read).zip(hashed);
    states
        .map(|((fact, read), hashed)| match read {
            None => absent(fact, remote),
            Some(read) => {
                let manifest = hashed.and_then(|_| manifests.next());
                present(repo, fact, read, manifest)
            }
        })
        .collect()
}

fn absent(fact: &Fact, remote: &str) -> Vec<Check> {
    let fetch = fact.id.map(|id| format!("{} {id}", remote::fetch(remote)));
    let not_here = |id| Check::not_here(id, "the state is not here", fetch.clone());
    [
        CheckId::SnapshotShape,
        CheckId::ObjectsComplete,
        CheckId::ManifestMatches,
    ]
    .map(not_here)
    .into()
}

fn present(repo: &Repository, fact: &Fact, read: Read, manifest: Option<String>) -> Vec<Check> {
    let mut missing = read.missing;
    missing.extend(
        read.files
            .iter()
            .flat_map(|files| files.missing.iter().cloned()),
    );
    let mut checks = vec![Check::of(CheckId::SnapshotShape, read.shape)];
    checks.push(match missing.first() {
        None => Check::passed(CheckId::ObjectsComplete),
        Some(first) => {
            let at = if first.path.is_empty() {
                "its root".to_owned()
            } else {
                format!("'{}'", first.path)
            };
            let why = format!("object {} of {at} is not here", first.id);
            match repo.caps().promisor {
                true => Check::not_here(
                    CheckId::ObjectsComplete,
                    why,
                    Some("git fetch --refetch".to_owned()),
                ),
                false => Check::failed(
                    CheckId::ObjectsComplete,
                    why,
                    Some("git fsck --connectivity-only".to_owned()),
                ),
            }
        }
    });
    let told = created(fact).map(|created| &created.manifest);
    let is_whole = read
        .files
        .as_ref()
        .is_some_and(|files| files.missing.is_empty());
    if let (true, Some(told)) = (is_whole, told) {
        let differs = || Objection::new("its files are not those that the record tells of");
        checks.push(match manifest {
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

/// What is told of its making: by the record, else by the tag.
fn created(fact: &Fact) -> Option<&CheckpointCreated> {
    let recorded = fact.own_checkpoint().map(|checkpoint| &checkpoint.created);
    recorded.or_else(|| fact.message().map(|message| &message.created))
}

fn read(repo: &Repository, trees: &mut Trees, fact: &Fact, state: ObjectId) -> Read {
    let mut missing = Vec::new();
    let mut commit = |id: ObjectId| {
        let commit = Commit::read(repo, id);
        if commit.is_none() {
            missing.push(Missing {
                path: "".into(),
                id,
            });
        }
        commit
    };
    let Some(work) = commit(state) else {
        let shape = Some(Objection::new(format!(
            "the commit {} is not here",
            short(state)
        )));
        return Read {
            shape,
            files: None,
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
    let kept = side
        .iter()
        .flat_map(|side| &side.parents)
        .copied()
        .chain(head);
    let gone: Vec<_> = kept.filter(|id| !repo.gix().has_object(*id)).collect();
    missing.extend(gone.into_iter().map(|id| Missing {
        path: "".into(),
        id,
    }));
    let empty: &BStr = "".into();
    for other in index.iter().chain(&side) {
        missing.extend(trees.node(other.tree, empty).missing.iter().cloned());
    }
    Read {
        shape,
        files: Some(trees.node(work.tree, empty)),
        missing,
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
