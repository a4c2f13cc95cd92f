//! The journal of a restore: what a process that comes after a crash has to know.

use std::os::fd::OwnedFd;
use std::path::PathBuf;

use checkpoint_git::Repository;
use checkpoint_model::id::CheckpointId;
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{BranchMove, Rollback, Scope, Unseen};
use rustix::fs::{FlockOperation, Mode, OFlags};
use serde::{Deserialize, Serialize};

use crate::RestoreError;
use crate::faults;
use crate::index::IndexLock;

/// What is written before the first file is touched, and dropped after the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    /// The version of this format; 1.
    pub version: u32,
    /// What is being brought back.
    pub target: CheckpointId,
    /// What was there before.
    pub backup: CheckpointId,
    /// How much is put back.
    pub scope: Scope,
    /// With [`Scope::Paths`], which.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<TreePath>,
    /// What was given up by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discard: Vec<TreePath>,
    /// What the restore counts as.
    pub action: crate::Action,
    /// The branch that it moves beside HEAD's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchMove>,
    /// With [`Action::Abort`](crate::Action::Abort), what was being brought back before it was given up, where that is a checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_up: Option<CheckpointId>,
    /// What makes the names of the temporary files ours; 16 hex digits.
    pub token: String,
    /// The branch that it takes back, with an undo or after a restore that was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take_back: Option<BranchMove>,
    /// The files that it makes where git ignores them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unseen>,
    /// Those that it removes, because the restore that it takes back has made them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made_since: Vec<Unseen>,
    /// The commit that HEAD goes back to, where that is the goal and no checkpoint; `target` is the backup then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Rollback>,
}

impl Journal {
    /// The checkpoint that was being brought back, before it was given up where it was; none where it was a commit.
    pub(crate) fn brought_back(&self) -> Option<CheckpointId> {
        match self.action {
            crate::Action::Abort => self.given_up,
            _ => self.rollback.is_none().then_some(self.target),
        }
    }

    /// The refusal of anything else while this is not finished.
    pub fn unfinished(&self) -> RestoreError {
        RestoreError::Unfinished {
            what: match &self.rollback {
                Some(rollback) => format!("going back to commit {:.7}", rollback.to),
                None => format!("a restore of checkpoint {}", self.target),
            },
        }
    }
}

/// The directory for the files of a restore in a worktree's git directory, locked against other restores.
#[derive(Debug)]
pub struct Desk {
    directory: PathBuf,
    /// Held until dropped; the system lets go of it when the process dies.
    _lock: OwnedFd,
}

impl Desk {
    /// Whether a journal lies on the desk of this worktree.
    pub(crate) fn has_journal(repo: &Repository) -> bool {
        repo.git_dir()
            .join(checkpoint_store::unfinished::JOURNAL)
            .exists()
    }

    /// Removes what a restore that died in this worktree has left of its own files, but its journal.
    pub(crate) fn tidy(&self, repo: &Repository) -> Result<(), RestoreError> {
        let left = [
            "restore.json.tmp",
            "restore.mark",
            "restore.index",
            "restore.index.lock",
            crate::operation::TEMPORARY,
        ];
        for path in left.map(|name| self.directory.join(name)) {
            match fs_err::remove_file(&path) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(RestoreError::GitDir { path, source });
                }
                _ => {}
            }
        }
        IndexLock::remove_stale(repo)
    }

    /// Takes the desk of this worktree; fails with [`RestoreError::Running`] when another restore has it.
    pub fn take(repo: &Repository) -> Result<Self, RestoreError> {
        let directory = repo.git_dir().join("checkpoint");
        fs_err::create_dir_all(&directory).map_err(|source| RestoreError::GitDir {
            path: directory.clone(),
            source,
        })?;
        let path = directory.join("restore.lock");
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let lock = rustix::fs::open(&path, flags, Mode::from_raw_mode(0o666)).map_err(|error| {
            RestoreError::GitDir {
                path,
                source: error.into(),
            }
        })?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self {
                directory,
                _lock: lock,
            }),
            Err(_) => Err(RestoreError::Running),
        }
    }

    /// Where files may be put that are of no use afterwards.
    pub(crate) fn scratch(&self) -> &std::path::Path {
        &self.directory
    }

    /// A failure to write here.
    pub(crate) fn failed(&self, source: std::io::Error) -> RestoreError {
        RestoreError::GitDir {
            path: self.directory.clone(),
            source,
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.join("restore.json")
    }

    /// The journal of a restore that was stopped halfway, if there is one.
    pub fn journal(&self) -> Result<Option<Journal>, RestoreError> {
        let path = self.path();
        let broken = |why: String| RestoreError::JournalBroken {
            path: path.clone(),
            why,
        };
        match fs_err::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|error| broken(error.to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(broken(error.to_string())),
        }
    }

    /// Writes the journal, durably, in one step.
    pub(crate) fn write(&self, journal: &Journal) -> Result<(), RestoreError> {
        let path = self.path();
        let failed = |source| RestoreError::GitDir {
            path: path.clone(),
            source,
        };
        let text = serde_json::to_vec(journal).expect("a journal always becomes JSON");
        faults::point("journal::before_write").map_err(failed)?;
        let beside = self.directory.join("restore.json.tmp");
        let written = (|| {
            let mut file = fs_err::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .open(&beside)?;
            std::io::Write::write_all(&mut file, &text)?;
            file.sync_all()?;
            faults::point("journal::before_rename")?;
            fs_err::rename(&beside, &path)?;
            fs_err::OpenOptions::new()
                .read(true)
                .open(&self.directory)?
                .sync_all()
        })();
        written.map_err(failed)?;
        faults::passed("journal::after_write");
        Ok(())
    }

    /// Drops the journal: the restore is done.
    pub(crate) fn clear(&self) -> Result<(), RestoreError> {
        let path = self.path();
        let failed = |source| RestoreError::GitDir {
            path: path.clone(),
            source,
        };
        faults::point("journal::before_clear").map_err(failed)?;
        match fs_err::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(failed(source)),
            _ => {
                faults::passed("journal::after_clear");
                Ok(())
            }
        }
    }
}
