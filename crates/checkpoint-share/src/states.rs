//! States that are to be given: what must not leave the machine is looked for first.
//!
//! There is no other way to a [`ClearedState`], and nothing but that is pushed.

use std::{
    collections::{BTreeMap, HashSet},
    sync::atomic::AtomicU64,
};

use checkpoint_git::Repository;
use checkpoint_model::id::CheckpointId;
use checkpoint_scan::{Blob, Findings, Rules, reachable, scan};
use checkpoint_store::{Place, StoreError, Stored};
use gix::{
    ObjectId,
    bstr::{BStr, BString, ByteSlice as _},
};

use crate::{Manner, Remote, ShareError, push::advertised};

/// What a snapshot keeps that never leaves the machine: ignored files, and files outside of the working tree.
const PRIVATE: [&str; 2] = ["ignored", "extra"];

/// A state in which nothing was found that must stay here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearedState {
    checkpoint: CheckpointId,
    snapshot: ObjectId,
    allowed: Vec<String>,
}

impl ClearedState {
    /// The checkpoint.
    pub fn checkpoint(&self) -> CheckpointId {
        self.checkpoint
    }

    /// The rules that somebody passed for it.
    pub(crate) fn allowed(&self) -> &[String] {
        &self.allowed
    }

    /// The snapshot commit.
    pub(crate) fn snapshot(&self) -> ObjectId {
        self.snapshot
    }

    /// What makes git give it only where nothing else is under its id: a snapshot may be a descendant of that.
    pub(crate) fn lease(&self) -> String {
        format!("--force-with-lease={}:", self.checkpoint.ref_name())
    }

    pub(crate) fn refspec(&self) -> String {
        format!("{}:{}", self.snapshot, self.checkpoint.ref_name())
    }
}

/// States, and the secrets that were found in what would be published of them.
#[derive(Debug, Clone, Default)]
pub struct Screened {
    states: Vec<ClearedState>,
    /// What was found.
    pub findings: Findings,
    remote: String,
}

impl Screened {
    /// The states, if nothing was found. Fails with [`ShareError::Secrets`], or with [`ShareError::Unscanned`] where
    /// something could not be looked at.
    pub fn cleared(self) -> Result<Vec<ClearedState>, ShareError> {
        let remote = self.remote;
        if let Some(first) = self.findings.findings.first() {
            return Err(ShareError::Secrets {
                remote,
                path: first.path.to_string(),
                line: first.line,
                rule: first.rule,
                more: self.findings.findings.len() - 1,
                states: self.states.iter().map(|state| state.checkpoint).collect(),
            });
        }
        match self.findings.missing.first() {
            Some(blob) => Err(ShareError::Unscanned {
                remote,
                path: blob.path.to_string(),
            }),
            None => Ok(self.states),
        }
    }
}

/// How states are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Screen<'a> {
    /// What is looked for.
    pub rules: &'a Rules,
    /// The rules that somebody passes for this push; they are recorded.
    pub allowed: &'a [String],
    /// Counts the files that were looked at.
    pub done: &'a AtomicU64,
}

/// Looks through all that would be published by these states, and is not at the remote: also through the commits that
/// they stand on.
///
/// Fails with [`ShareError::Private`] where a state holds what never leaves the machine.
pub fn screen(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    wanted: &[&Stored],
    how: Screen<'_>,
) -> Result<Screened, ShareError> {
    for stored in wanted {
        refuse_private(repo, stored)?;
    }
    let there = advertised(repo, remote, manner, &[])?;
    let known: Vec<_> = there.into_values().collect();
    let snapshots: Vec<_> = wanted.iter().map(|stored| stored.snapshot).collect();
    let blobs = published(repo, &snapshots, &known)?;
    let findings = scan(repo, &blobs, how.rules, how.done)?;
    let states = wanted.iter().map(|stored| ClearedState {
        checkpoint: stored.checkpoint.id,
        snapshot: stored.snapshot,
        allowed: how.allowed.to_vec(),
    });
    Ok(Screened {
        states: states.collect(),
        findings,
        remote: remote.shown(),
    })
}

/// The blobs that would be published, with every path that they have in the states.
fn published(
    repo: &Repository,
    snapshots: &[ObjectId],
    known: &[ObjectId],
) -> Result<Vec<Blob>, ShareError> {
    let mut blobs = reachable(repo, snapshots, known)?;
    let ids: HashSet<_> = blobs.iter().map(|blob| blob.id).collect();
    let mut seen: HashSet<_> = blobs.iter().cloned().collect();
    // git tells of one path only, and a file may be a secret by its name.
    for snapshot in snapshots {
        for commit in commits_of(repo, *snapshot)? {
            let commit = commit.to_string();
            let list = repo
                .git(["ls-tree", "-r", "-z", "--full-tree", &commit])
                .output()?;
            let paths = list.split_str(b"\0").filter_map(entry);
            let more = paths.filter(|blob| ids.contains(&blob.id) && seen.insert(blob.clone()));
            blobs.extend(more.collect::<Vec<_>>());
        }
    }
    Ok(blobs)
}

/// `<mode> <type> <id>\t<path>`
fn entry(line: &[u8]) -> Option<Blob> {
    let (head, path) = line.split_once_str("\t")?;
    let hex = head.rsplit_str(" ").next()?;
    Some(Blob {
        id: ObjectId::from_hex(hex).ok()?,
        path: BString::from(path),
    })
}

/// The snapshot's own commits: the working tree, the index, and what lies beside them.
fn commits_of(repo: &Repository, snapshot: ObjectId) -> Result<Vec<ObjectId>, ShareError> {
    let parents = |id: ObjectId| -> Result<Vec<ObjectId>, ShareError> {
        let unreadable = |source| StoreError::unreadable(id, source);
        let commit = repo.gix().find_commit(id).map_err(unreadable)?;
        Ok(commit.parent_ids().map(gix::Id::detach).collect())
    };
    let mut commits = vec![snapshot];
    let above = parents(snapshot)?;
    if let Some(index) = above.last() {
        commits.push(*index);
        let beside = parents(*index)?;
        commits.extend(beside.into_iter().filter(|id| Some(id) != above.first()));
    }
    Ok(commits)
}

fn refuse_private(repo: &Repository, stored: &Stored) -> Result<(), ShareError> {
    let id = stored.checkpoint.id;
    if stored.place != Place::Here {
        return Err(StoreError::StateMissing { id }.into());
    }
    // Working tree and index are what they are; a folder of theirs may have any name.
    for commit in commits_of(repo, stored.snapshot)?.into_iter().skip(2) {
        if let Some(path) = private(repo, commit)? {
            return Err(ShareError::Private { id, path });
        }
    }
    Ok(())
}

/// A file beside the snapshot that never leaves the machine.
fn private(repo: &Repository, commit: ObjectId) -> Result<Option<String>, ShareError> {
    let name = commit.to_string();
    let words = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", &name];
    let list = repo
        .git(words.iter().copied().chain(["--"]).chain(PRIVATE))
        .output()?;
    let path = list.split_str(b"\0").find(|path| !path.is_empty());
    if let Some(path) = path {
        return Ok(Some(place(path.as_bstr())));
    }
    let meta = repo
        .git(["cat-file", "blob", &format!("{name}:meta.json")])
        .output();
    let meta = meta.unwrap_or_default();
    let meta: Meta = serde_json::from_slice(&meta).unwrap_or_default();
    let places = meta
        .aside
        .iter()
        .filter_map(|aside| aside.get("place")?.as_str());
    let private = places.into_iter().find(|place| {
        let first = place.split('/').next().unwrap_or_default();
        PRIVATE.contains(&first)
    });
    Ok(private.map(|path| place(path.into())))
}

/// What was set aside, as far as it is asked for here.
#[derive(Debug, Default, serde::Deserialize)]
struct Meta {
    #[serde(default)]
    aside: Vec<BTreeMap<String, serde_json::Value>>,
}

/// Where the file was, without the name of the folder that it is kept in.
fn place(path: &BStr) -> String {
    let (_, path) = path.split_once_str("/").unwrap_or((b"", path));
    path.to_str_lossy().into_owned()
}
