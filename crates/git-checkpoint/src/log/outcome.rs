//! What `log` tells.

use std::{cell::RefCell, io};

use checkpoint_cli::{Envelope, Outcome, Output, Schema, Talk};

use super::{Entry, Follow, entry::EntryJson};

/// Events, in the order in which they are told.
pub(crate) struct LogOutcome {
    entries: Vec<Entry>,
    follow: Option<RefCell<Follow>>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<EntryJson<'_>>>("log")
}

impl LogOutcome {
    pub(super) fn of(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            follow: None,
        }
    }

    /// Those, and then what `follow` has to tell, until nobody listens.
    pub(super) fn following(entries: Vec<Entry>, follow: Follow) -> Self {
        Self {
            entries,
            follow: Some(follow.into()),
        }
    }
}

impl Outcome for LogOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        self.entries.iter().try_for_each(|entry| entry.text(out))?;
        let Some(follow) = &self.follow else {
            return Ok(());
        };
        loop {
            out.flush()?;
            Follow::pause()?;
            for entry in follow.borrow_mut().news().map_err(io::Error::other)? {
                entry.text(out)?;
            }
        }
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.entries.iter().try_for_each(|entry| entry.json(out))?;
        let Some(follow) = &self.follow else {
            return Ok(());
        };
        loop {
            out.flush()?;
            Follow::pause()?;
            for entry in follow.borrow_mut().news().map_err(io::Error::other)? {
                entry.json(out)?;
            }
        }
    }

    fn talk(&self, talk: &Talk) {
        if self.entries.is_empty() && self.follow.is_none() {
            talk.status("nothing has happened");
        }
    }

    fn wants_pager(&self) -> bool {
        self.follow.is_none()
    }
}
