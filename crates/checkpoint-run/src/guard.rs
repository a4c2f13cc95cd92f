//! One at a time: two who finish the same run would open two pull requests.

use std::os::fd::OwnedFd;

use checkpoint_cli::Session;
use checkpoint_model::run::Run;
use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};

use crate::RunError;

/// The right to finish or give up the run of a working tree; dropping it, or dying, gives it back.
///
/// An flock(2) on the top of that working tree, which is there anyway; the git directory is where commits wait for each
/// other. Where the file system knows no such locks, everybody is let in.
pub(crate) struct Guard {
    _lock: Option<OwnedFd>,
}

impl Guard {
    /// Takes it, or says that somebody else has it.
    pub(crate) fn of(session: &Session<'_>, run: &Run) -> Result<Self, RunError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let objects = session.repo.common_dir().join("objects");
        let place = session.repo.work_tree().unwrap_or(&objects);
        let Ok(lock) = open(place, flags, Mode::empty()) else {
            return Ok(Self { _lock: None });
        };
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => Err(RunError::Busy {
                run: run.short_branch().to_owned(),
            }),
            _ => Ok(Self { _lock: Some(lock) }),
        }
    }
}
