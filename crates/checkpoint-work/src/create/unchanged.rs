//! `--if-changed`: whether the latest checkpoint of this worktree holds this very state.

use bstr::ByteSlice as _;
use checkpoint_capture::Captured;
use checkpoint_cli::Session;
use checkpoint_model::selector::Selector;
use checkpoint_store::{Place, StoreError, Stored};
use gix::ObjectId;

use crate::WorkError;

/// The latest checkpoint of this worktree, if HEAD, branch, files, index and what lies beside them are the same in it.
pub(super) fn latest_like(
    session: &Session<'_>,
    captured: &Captured,
) -> Result<Option<Stored>, WorkError> {
    let Some(latest) = latest_here(session)? else {
        return Ok(None);
    };
    let created = &latest.checkpoint.created;
    let branch = captured.head.branch();
    let branch = branch.map(|branch| branch.to_str_lossy().into_owned());
    let head = captured.head.id.map(|id| id.to_string());
    let is_same_place = created.head == head && created.branch == branch;
    if !is_same_place || latest.place != Place::Here {
        return Ok(None);
    }
    let now = Trees {
        files: captured.tree,
        index: captured.index_tree,
        side: captured.side.as_ref().map(|side| side.tree),
    };
    let then = Trees::read(session.repo.gix(), latest.snapshot)?;
    Ok((then == now).then_some(latest))
}

/// The latest of all mostly is one of this worktree; only else all have to be read.
fn latest_here(session: &Session<'_>) -> Result<Option<Stored>, WorkError> {
    let worktree = session.worktree();
    let is_here = |stored: &Stored| stored.checkpoint.created.worktree == worktree;
    let latest = match checkpoint_store::resolve(&session.repo, &Selector::Latest(0)) {
        Err(StoreError::Unknown { .. }) => return Ok(None),
        latest => latest?,
    };
    if is_here(&latest) {
        return Ok(Some(latest));
    }
    let all = checkpoint_store::load(&session.repo)?.checkpoints;
    let is_wanted = |stored: &Stored| {
        is_here(stored) && stored.checkpoint.is_kept() && stored.place == Place::Here
    };
    Ok(all.into_iter().rev().find(is_wanted))
}

/// What a snapshot is made of.
#[derive(PartialEq, Eq)]
struct Trees {
    files: ObjectId,
    index: ObjectId,
    side: Option<ObjectId>,
}

impl Trees {
    /// Reads them back: the snapshot's last parent is the commit of the index, whose parent beside HEAD is the side.
    fn read(repo: &gix::Repository, snapshot: ObjectId) -> Result<Self, StoreError> {
        let (files, parents) = read_commit(repo, snapshot)?;
        let Some((index, head)) = parents.split_last() else {
            return Err(StoreError::Unreadable {
                id: snapshot,
                source: "a snapshot has a commit of the index for a parent".into(),
            });
        };
        let (index, beside) = read_commit(repo, *index)?;
        let side = beside.get(head.len()).copied();
        Ok(Self {
            files,
            index,
            side: side.map(|side| tree_of(repo, side)).transpose()?,
        })
    }
}

fn read_commit(
    repo: &gix::Repository,
    id: ObjectId,
) -> Result<(ObjectId, Vec<ObjectId>), StoreError> {
    let object = repo
        .find_object(id)
        .map_err(|error| unreadable(id, error))?;
    let commit = object
        .try_into_commit()
        .map_err(|error| unreadable(id, error))?;
    let parents = commit.parent_ids().map(gix::Id::detach).collect();
    let tree = commit.tree_id().map_err(|error| unreadable(id, error))?;
    Ok((tree.detach(), parents))
}

/// The tree of a commit.
pub(super) fn tree_of(repo: &gix::Repository, commit: ObjectId) -> Result<ObjectId, StoreError> {
    Ok(read_commit(repo, commit)?.0)
}

fn unreadable(
    id: ObjectId,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StoreError {
    StoreError::Unreadable {
        id,
        source: source.into(),
    }
}
