//! The checks of states.

use std::sync::Arc;

use checkpoint_git::Repository;
use checkpoint_model::shell::word;
use gix::ObjectId;

use crate::{
    check::{Check, CheckId, Objection},
    content::Fault,
    facts::Fact,
    listing::{Listings, Node},
    manifest,
    missing::{Finder, Missing},
    remote,
    shape::{Read, created, read},
    trees::{self, Depth},
};

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
