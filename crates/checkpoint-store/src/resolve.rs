//! Finding the checkpoint that is meant, without loading all of them where that can be helped.

use checkpoint_git::{Repository, refs};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::name::CheckpointName;
use checkpoint_model::selector::{Known, ResolveError, Selector};
use gix::ObjectId;

use crate::load::{Stored, load, load_one};
use crate::{StoreError, tag};

/// Finds the one checkpoint that `selector` means.
///
/// A name, a full ref, an id or `latest` cost a few file reads, whatever the number of checkpoints. `latest` counts
/// those that are here and were not deleted. Fails with [`StoreError::Unknown`] or [`StoreError::Ambiguous`].
pub fn resolve(repo: &Repository, selector: &Selector) -> Result<Stored, StoreError> {
    let found = match selector {
        Selector::FullRef(name) => by_ref(repo, name)?,
        Selector::Latest(back) => {
            return latest(repo, *back)?.ok_or_else(|| unknown(repo, selector));
        }
        Selector::Word {
            name, id_prefix, ..
        } => match by_name(repo, name.as_ref())? {
            Some(found) => Some(found),
            None => by_id(repo, id_prefix.as_deref())?,
        },
    };
    match found {
        Some(found) => Ok(found),
        None => among_all(repo, selector),
    }
}

fn by_ref(repo: &Repository, name: &str) -> Result<Option<Stored>, StoreError> {
    let tags = format!("refs/tags/{}", tag::prefix(repo));
    match name.strip_prefix(&tags).map(str::parse::<CheckpointName>) {
        Some(Ok(name)) => by_name(repo, Some(&name)),
        _ if CheckpointId::from_ref_name(name).is_some() => {
            by_snapshot(repo, refs::find(repo, name)?)
        }
        _ => Ok(None),
    }
}

fn by_name(repo: &Repository, name: Option<&CheckpointName>) -> Result<Option<Stored>, StoreError> {
    let Some(name) = name else { return Ok(None) };
    let tagged = tag::find(repo, name)?;
    by_snapshot(repo, tagged.and_then(|tagged| tagged.snapshot()))
}

fn by_id(repo: &Repository, prefix: Option<&str>) -> Result<Option<Stored>, StoreError> {
    let Some(prefix) = prefix else {
        return Ok(None);
    };
    let ids: Vec<_> = ids(repo)?
        .into_iter()
        .filter(|id| id.to_string().starts_with(prefix))
        .collect();
    match ids.as_slice() {
        [id] => by_snapshot(repo, refs::find(repo, &id.ref_name())?),
        // None, or several: records without a state have to be asked as well, and know the words for it.
        _ => Ok(None),
    }
}

fn by_snapshot(
    repo: &Repository,
    snapshot: Option<ObjectId>,
) -> Result<Option<Stored>, StoreError> {
    snapshot.map_or(Ok(None), |snapshot| load_one(repo, snapshot))
}

fn latest(repo: &Repository, back: usize) -> Result<Option<Stored>, StoreError> {
    let mut left = back;
    // Ids are written so that their order is the order of time.
    for name in refs::names(repo, CheckpointId::REF_PREFIX)?.iter().rev() {
        let Ok(id) = name.parse::<CheckpointId>() else {
            continue;
        };
        let Some(stored) = by_snapshot(repo, refs::find(repo, &id.ref_name())?)? else {
            continue;
        };
        match left {
            _ if !stored.checkpoint.is_kept() => {}
            0 => return Ok(Some(stored)),
            _ => left -= 1,
        }
    }
    Ok(None)
}

/// The ids of the states that are here, oldest first.
fn ids(repo: &Repository) -> Result<Vec<CheckpointId>, StoreError> {
    let mut ids: Vec<CheckpointId> = refs::names(repo, CheckpointId::REF_PREFIX)?
        .iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    ids.sort_unstable();
    Ok(ids)
}

fn among_all(repo: &Repository, selector: &Selector) -> Result<Stored, StoreError> {
    let loaded = load(repo)?.checkpoints;
    let snapshots: Vec<_> = loaded
        .iter()
        .map(|stored| stored.snapshot.to_string())
        .collect();
    let known = loaded
        .iter()
        .zip(&snapshots)
        .map(|(stored, snapshot)| Known {
            id: stored.checkpoint.id,
            name: stored.checkpoint.name.as_ref(),
            snapshot,
        });
    let id = selector
        .resolve(known, &tag::prefix(repo))
        .map_err(|error| match error {
            ResolveError::NotFound { .. } => unknown(repo, selector),
            ambiguous @ ResolveError::Ambiguous { .. } => StoreError::Ambiguous(ambiguous),
        })?;
    let found = loaded.into_iter().find(|stored| stored.checkpoint.id == id);
    found.ok_or_else(|| unknown(repo, selector))
}

/// At most so many similar names are told.
const MAX_SIMILAR: usize = 3;

fn unknown(repo: &Repository, selector: &Selector) -> StoreError {
    let selector = selector.to_string();
    let names = refs::names(repo, &format!("refs/tags/{}", tag::prefix(repo))).unwrap_or_default();
    let mut similar: Vec<_> = names
        .into_iter()
        .map(|name| (distance(&selector, &name), name))
        .collect();
    // A third of the letters may differ, as in git's own suggestions.
    similar.retain(|(distance, name)| *distance <= 1 + selector.len().max(name.len()) / 4);
    similar.sort();
    let similar = similar
        .into_iter()
        .map(|(_, name)| name)
        .take(MAX_SIMILAR)
        .collect();
    StoreError::Unknown { selector, similar }
}

/// The number of characters to insert, remove or change to make one text the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}
