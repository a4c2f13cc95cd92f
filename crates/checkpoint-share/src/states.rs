//! States that are to be given: what must not leave the machine is looked for first.
//!
//! There is no other way to a [`ClearedState`], and nothing but that is pushed.

use std::sync::atomic::AtomicU64;

use checkpoint_git::Repository;
use checkpoint_model::id::CheckpointId;
use checkpoint_scan::{Findings, Rules, reachable, scan};
use checkpoint_store::{Place, StoreError, Stored, private};
use gix::ObjectId;

use crate::{Remote, ShareError, There, commits_along, hidden};

/// A state in which nothing was found that must stay here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearedState {
    checkpoint: CheckpointId,
    snapshot: ObjectId,
}

impl ClearedState {
    /// The checkpoint.
    pub fn checkpoint(&self) -> CheckpointId {
        self.checkpoint
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
    /// something could not be looked at. `asked` are the checkpoints that were to go, and `with_state` whether with
    /// their states.
    pub fn cleared(
        self,
        asked: &[&Stored],
        with_state: bool,
    ) -> Result<Vec<ClearedState>, ShareError> {
        let remote = self.remote;
        if let Some(first) = self.findings.findings.first() {
            return Err(ShareError::Secrets {
                remote,
                path: first.path.to_string(),
                line: first.line,
                rule: first.rule,
                more: self.findings.findings.len() - 1,
                with_state,
                checkpoints: asked.iter().map(|stored| stored.checkpoint.id).collect(),
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
    /// What is looked for; without the rules that somebody passes for this push.
    pub rules: &'a Rules,
    /// Counts the files that were looked at.
    pub done: &'a AtomicU64,
}

/// Looks through all that would be published by the names of checkpoints, which stand on `commits`, and is not `there`.
pub fn screen_commits(
    repo: &Repository,
    remote: &Remote,
    there: &There,
    commits: &[ObjectId],
    how: Screen<'_>,
) -> Result<Screened, ShareError> {
    let mut screened = Screened {
        remote: remote.shown(),
        ..Screened::default()
    };
    if commits_along(repo, there, commits)? > 0 {
        let objects = reachable(repo, commits, &there.tips)?;
        screened.findings = scan(repo, &objects, how.rules, how.done)?;
    }
    Ok(screened)
}

/// Looks through all that would be published by these states, and is not `there`: also through the commits that they
/// stand on.
///
/// Fails with [`StoreError::Private`] where a state holds what never leaves the machine, and with
/// [`ShareError::Hidden`] where it holds what git would not commit.
pub fn screen(
    repo: &Repository,
    remote: &Remote,
    there: &There,
    wanted: &[&Stored],
    how: Screen<'_>,
) -> Result<Screened, ShareError> {
    for stored in wanted {
        if stored.place != Place::Here {
            let id = stored.checkpoint.id;
            return Err(StoreError::StateMissing { id }.into());
        }
        private::refuse(repo, stored)?;
        hidden::refuse(repo, stored)?;
    }
    let snapshots: Vec<_> = wanted.iter().map(|stored| stored.snapshot).collect();
    let mut objects = reachable(repo, &snapshots, &there.tips)?;
    // What snapshots say themselves is looked at with the records, which say the same.
    objects.retain(|object| !snapshots.contains(&object.id));
    let findings = scan(repo, &objects, how.rules, how.done)?;
    let states = wanted.iter().map(|stored| ClearedState {
        checkpoint: stored.checkpoint.id,
        snapshot: stored.snapshot,
    });
    Ok(Screened {
        states: states.collect(),
        findings,
        remote: remote.shown(),
    })
}
