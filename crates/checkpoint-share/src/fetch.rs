//! Taking: the records, the names, and the states that are asked for.

use std::collections::BTreeMap;

use checkpoint_git::{Repository, refs, refs::RefChange};
use checkpoint_model::{
    failure::{Failure as _, Kind},
    id::CheckpointId,
    name::CheckpointName,
};
use checkpoint_store::{Doing, Stored, tag};
use gix::ObjectId;

use crate::{
    Direction, Manner, Remote, ShareError,
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
    /// Tags that cannot be here beside those that are, as `x/y` beside `x`: without `refs/tags/`.
    pub tags_in_the_way: Vec<String>,
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
/// are. Where something there is refused, neither records nor tags came.
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
    let (said, in_the_way) = match records::bring(repo, remote, manner, &more) {
        Ok(said) => (said, Vec::new()),
        // Only where it does not go at once: names that stand in each other's way are left out.
        Err(ShareError::Unreachable { said, .. })
            if with_tags && said.contains(&tag::prefix(repo)) =>
        {
            let (wanted, in_the_way) = apart(repo, remote, manner, &prefix, &before)?;
            let said = records::bring(repo, remote, manner, &wanted)?;
            (said, in_the_way)
        }
        Err(error) => return Err(error),
    };
    let shared = records::merge(repo, remote, manner, doing);
    records::forget(repo, remote, doing)?;
    let after = refs::names(repo, &prefix)?;
    let is_new = |name: &String| before.binary_search(name).is_err();
    let new: Vec<_> = after.into_iter().filter(is_new).collect();
    let shared = match shared {
        Err(error) if error.kind() == Kind::Refused => {
            take_back(repo, &prefix, &new, doing)?;
            return Err(error);
        }
        shared => shared?,
    };
    let gone = drop_gone(repo, &prefix, &new, doing)?;
    Ok(Fetched {
        records: shared,
        tags: new
            .into_iter()
            .filter(|name| !gone.contains(name))
            .map(|name| prefix.clone() + &name)
            .collect(),
        tags_kept: report::tags_kept(&said.err),
        tags_in_the_way: in_the_way,
    })
}

/// What of the tags there can be here beside those that are: refspecs, and the names that cannot, without `refs/tags/`.
/// Where one tag is called `x`, none can be called `x/y`.
fn apart(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    prefix: &str,
    here: &[String],
) -> Result<(Vec<String>, Vec<String>), ShareError> {
    let there = advertised(repo, remote, manner, &[&format!("{prefix}*")])?;
    let is_below = |one: &str, other: &str| {
        one.strip_prefix(other)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    let (mut wanted, mut in_the_way) = (Vec::new(), Vec::new());
    for name in there.keys() {
        let Some(short) = name.strip_prefix(prefix) else {
            continue;
        };
        let is_in_the_way = |here: &String| is_below(here, short) || is_below(short, here);
        match here.iter().any(is_in_the_way) {
            true => in_the_way.push(name.strip_prefix("refs/tags/").unwrap_or(name).to_owned()),
            false => wanted.push(format!("{name}:{name}")),
        }
    }
    Ok((wanted, in_the_way))
}

/// Takes all of the `new` tags back, since what they came with is refused, and then nothing has changed.
fn take_back(
    repo: &Repository,
    prefix: &str,
    new: &[String],
    doing: &Doing,
) -> Result<(), ShareError> {
    let mut changes = Vec::new();
    for name in new {
        let name = format!("{prefix}{name}");
        changes.extend(refs::find(repo, &name)?.map(|id| RefChange::delete(name, id)));
    }
    let who = repo.signature(doing.now);
    refs::transaction(repo, &changes, &doing.command, &who)?;
    Ok(())
}

/// Takes out of the `new` tags those whose checkpoints were deleted or renamed, as their records say: nobody can take a
/// tag back that was given away, and what is gone does not come back with it. Gives their names.
fn drop_gone(
    repo: &Repository,
    prefix: &str,
    new: &[String],
    doing: &Doing,
) -> Result<Vec<String>, ShareError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let all = checkpoint_store::load(repo)?.checkpoints;
    let (mut gone, mut changes) = (Vec::new(), Vec::new());
    for name in new {
        let Ok(parsed) = name.parse::<CheckpointName>() else {
            continue;
        };
        let Some(tagged) = tag::find(repo, &parsed)? else {
            continue;
        };
        let snapshot = tagged.snapshot();
        let stored = all.iter().find(|it| Some(it.snapshot) == snapshot);
        let is_gone = stored.is_some_and(|it| {
            let has_name = it.checkpoint.name.as_ref() == Some(&parsed);
            !(it.record_missing || it.checkpoint.is_kept() && has_name)
        });
        if is_gone {
            changes.push(RefChange::delete(format!("{prefix}{name}"), tagged.id));
            gone.push(name.clone());
        }
    }
    let who = repo.signature(doing.now);
    refs::transaction(repo, &changes, &doing.command, &who)?;
    Ok(gone)
}

/// Takes the states of these checkpoints, as far as they are there, and are what their records tell of.
///
/// Fails with [`ShareError::StateDiffers`] where one is not; no state was taken then.
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
                    direction: Direction::Fetch,
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
