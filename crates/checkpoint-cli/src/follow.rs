//! Waiting for events that happen from now on.

use std::{io, time::Duration};

use checkpoint_git::Repository;
use checkpoint_model::event::Event;
use checkpoint_store::Watch;
use gix::ObjectId;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

use crate::{Session, SessionError};

/// How often the records are looked at. One look is a few lstat calls while nothing happens.
const PAUSE: Duration = Duration::from_millis(250);

/// Tells of events as they happen, in whichever worktree, until nobody listens.
pub struct Follow(Watch);

impl Follow {
    /// Begins with all events untold.
    pub fn start(session: &Session<'_>) -> Result<Self, SessionError> {
        // The session ends before the first event is shown.
        let repo = Repository::open(&session.surroundings)?;
        Ok(Self(Watch::new(repo)))
    }

    /// What has not been told yet, oldest first, each with the object whose record it is from.
    pub fn news(&mut self) -> Result<Vec<(ObjectId, Event)>, SessionError> {
        Ok(self.0.news()?)
    }

    /// Waits a moment. An error when nobody reads any more, which nothing else would show while nothing happens.
    pub fn pause() -> io::Result<()> {
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
