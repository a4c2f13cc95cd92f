//! Taking: the records, the names, and the states that are asked for.

use std::collections::BTreeMap;

use checkpoint_git::{Repository, refs};
use checkpoint_model::id::CheckpointId;
use checkpoint_store::{Doing, Stored, tag};
use gix::ObjectId;

use crate::{
    Manner, Remote, ShareError,
    push::advertised,
    records::{self, Shared},
    report,
    transport::Call,
};

/// What came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fetched {
    /// Of each kind of records that has changed there.
    pub records: Vec<Shared>,
    /// Tags of checkpoints that were not here before: full names, sorted.
    pub tags: Vec<String>,
    /// Tags that are others here, and stay: without `refs/tags/`.
    pub tags_kept: Vec<String>,
}

/// States that came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct States {
    /// The checkpoints whose states were not here before.
    pub new: Vec<CheckpointId>,
    /// Those whose states were here already.
    pub present: Vec<CheckpointId>,
    /// Those whose states nobody has given to the other repository.
    pub absent: Vec<CheckpointId>,
}

/// Takes the records of the other side, and with `with_tags` the tags of checkpoints. Tags that are here stay what they
/// are.
pub fn fetch_records(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    with_tags: bool,
    doing: &Doing,
) -> Result<Fetched, ShareError> {
    let prefix = format!("refs/tags/{}", tag::prefix(repo));
    // Without a prefix, nobody can tell which tags are of checkpoints.
    let with_tags = with_tags && prefix != "refs/tags/";
    let more: Vec<_> = with_tags
        .then(|| format!("{prefix}*:{prefix}*"))
        .into_iter()
        .collect();
    let before = refs::names(repo, &prefix)?;
    let said = records::bring(repo, remote, manner, &more)?;
    let shared = records::merge(repo, remote, manner, doing)?;
    records::forget(repo, remote, doing)?;
    let after = refs::names(repo, &prefix)?;
    let is_new = |name: &String| before.binary_search(name).is_err();
    Ok(Fetched {
        records: shared,
        tags: after
            .into_iter()
            .filter(is_new)
            .map(|name| prefix.clone() + &name)
            .collect(),
        tags_kept: report::tags_kept(&said.err),
    })
}

/// Takes the states of these checkpoints, as far as they are there, and are what their records tell of.
///
/// Fails with [`ShareError::StateDiffers`] where one is not; nothing was taken then.
pub fn fetch_states(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    wanted: &[&Stored],
) -> Result<States, ShareError> {
    let mut states = States::default();
    let mut missing: BTreeMap<CheckpointId, ObjectId> = BTreeMap::new();
    for stored in wanted {
        let id = stored.checkpoint.id;
        match refs::find(repo, &id.ref_name())? {
            Some(_) => states.present.push(id),
            None => drop(missing.insert(id, stored.snapshot)),
        }
    }
    if missing.is_empty() {
        return Ok(states);
    }
    let there = advertised(
        repo,
        remote,
        manner,
        &[&format!("{}*", CheckpointId::REF_PREFIX)],
    )?;
    let mut refspecs = String::new();
    for (id, told) in missing {
        let name = id.ref_name();
        match there.get(&name) {
            None => states.absent.push(id),
            Some(there) if *there != told => {
                return Err(ShareError::StateDiffers {
                    remote: remote.shown(),
                    id,
                    told,
                    there: *there,
                });
            }
            Some(_) => {
                refspecs += &format!("{name}:{name}\n");
                states.new.push(id);
            }
        }
    }
    if !states.new.is_empty() {
        let call = Call {
            repo,
            remote,
            manner,
            writing: false,
        };
        let mut words = records::fetch_words();
        words.push(&remote.source);
        let said = call.git(&words, &refspecs)?;
        if !said.is_done {
            return Err(call.unreachable(&said));
        }
    }
    Ok(states)
}
