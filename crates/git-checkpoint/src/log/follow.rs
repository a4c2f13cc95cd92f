//! Waiting for events that happen from now on.

use std::{collections::HashSet, io, time::Duration};

use checkpoint_cli::Session;
use checkpoint_git::Repository;
use checkpoint_model::id::EventId;
use gix::ObjectId;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

use super::{Entry, Wanted};
use crate::CheckpointError;

/// How often the records are looked at. One look reads three references.
const PAUSE: Duration = Duration::from_millis(250);

/// Tells of events, once each.
pub(super) struct Follow {
    repo: Repository,
    wanted: Wanted,
    told: HashSet<EventId>,
    /// The records as they were when they were last read.
    tip: [Option<ObjectId>; 3],
}

impl Follow {
    /// Begins with all events untold.
    pub(super) fn start(session: &Session<'_>, wanted: Wanted) -> Result<Self, CheckpointError> {
        Ok(Self {
            // The session ends before the first event is shown.
            repo: Repository::open(&session.surroundings)?,
            wanted,
            told: HashSet::new(),
            tip: [None; 3],
        })
    }

    /// What has not been told yet, oldest first; nothing when no record has moved.
    pub(super) fn news(&mut self) -> Result<Vec<Entry>, CheckpointError> {
        // Read first: what comes while the records are read is found the next time.
        let tip = checkpoint_store::records_tip(&self.repo)?;
        if tip == self.tip {
            return Ok(Vec::new());
        }
        self.tip = tip;
        let Self { wanted, told, .. } = self;
        let events = checkpoint_store::all_events(&self.repo)?;
        let new = events.into_iter().rev().map(Entry::from);
        let new = new.filter(|entry| told.insert(entry.event.id));
        Ok(new.filter(|entry| wanted.takes(entry)).collect())
    }

    /// Waits a moment. An error when nobody reads any more, which nothing else would show while nothing happens.
    pub(super) fn pause() -> io::Result<()> {
        let stdout = rustix::stdio::stdout();
        let mut streams = [PollFd::new(&stdout, PollFlags::empty())];
        let pause = Timespec::try_from(PAUSE).map_err(io::Error::other)?;
        match poll(&mut streams, Some(&pause)) {
            Ok(0) | Err(Errno::INTR) => Ok(()),
            Ok(_) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(error) => Err(error.into()),
        }
    }
}
