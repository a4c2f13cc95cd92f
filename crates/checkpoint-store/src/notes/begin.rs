//! Notes that begin before there is a note.
//!
//! A reference that git is told to rewrite has to be there: else git warns of it at each amend and rebase. So it begins
//! with a commit that holds nothing, and which is the same wherever it is made, so that all clones share it.

use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_git::refs::{self, RefChange};
use chrono::{DateTime, Utc};
use gix::ObjectId;
use gix::actor::Signature;
use gix::objs::{Kind, WriteTo as _};

use crate::StoreError;

/// Who makes it, and what it says.
const NAME: &str = "git-checkpoint";
const EMAIL: &str = "git-checkpoint@localhost";
const MESSAGE: &str = "Begin\n";

/// Makes `reference` hold no notes, if it is not there; says whether it was not. The reflog gets `now`.
pub fn begin(repo: &Repository, reference: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    if refs::find(repo, reference)?.is_some() {
        return Ok(false);
    }
    let sink = ObjectSink::new(repo.gix())?;
    sink.write(Kind::Tree, Vec::new())?;
    let commit = sink.write(Kind::Commit, first(repo)?)?;
    let placed = sink.place()?;
    let change = RefChange::create(reference, commit);
    let who = repo.signature(now);
    match refs::transaction_after(repo, &placed.unsynced, &[change], "begin notes", &who) {
        // Somebody else was faster.
        Err(refs::RefError::Moved { .. }) => Ok(false),
        done => Ok(done.map(|()| true)?),
    }
}

/// Whether `reference` is as [`begin`] has made it: nothing was ever noted below it.
pub fn is_only_begun(repo: &Repository, reference: &str) -> Result<bool, StoreError> {
    Ok(refs::find(repo, reference)? == Some(first_id(repo)?))
}

/// Takes `reference` away, if it is as [`begin`] has made it; says whether it was.
pub fn end(repo: &Repository, reference: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let change = RefChange::delete(reference, first_id(repo)?);
    if !is_only_begun(repo, reference)? {
        return Ok(false);
    }
    match refs::transaction(repo, &[change], "end notes", &repo.signature(now)) {
        Err(refs::RefError::Moved { .. }) => Ok(false),
        done => Ok(done.map(|()| true)?),
    }
}

fn first_id(repo: &Repository) -> Result<ObjectId, StoreError> {
    let hash = repo.gix().object_hash();
    gix::objs::compute_hash(hash, Kind::Commit, &first(repo)?).map_err(StoreError::unwritten)
}

/// The commit, as it is stored.
fn first(repo: &Repository) -> Result<Vec<u8>, StoreError> {
    let who = Signature {
        name: NAME.into(),
        email: EMAIL.into(),
        time: gix::date::Time::default(),
    };
    let commit = gix::objs::Commit {
        tree: repo.gix().object_hash().empty_tree(),
        parents: Vec::new().into(),
        author: who.clone(),
        committer: who,
        encoding: None,
        message: MESSAGE.into(),
        extra_headers: Vec::new(),
    };
    let mut text = Vec::new();
    commit.write_to(&mut text).map_err(StoreError::unwritten)?;
    Ok(text)
}
