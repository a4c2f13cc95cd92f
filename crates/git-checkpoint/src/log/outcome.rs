//! What `log` tells.

use std::{cell::RefCell, io};

use checkpoint_cli::{Envelope, Follow, Outcome, Output, Schema, Talk};

use super::{Entry, News, entry::EntryJson};

/// Events, in the order in which they are told.
pub(crate) struct LogOutcome {
    entries: Vec<Entry>,
    news: Option<RefCell<News>>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<EntryJson<'_>>>("log")
}

impl LogOutcome {
    pub(super) fn of(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            news: None,
        }
    }

    /// Those, and then what `news` has to tell, until nobody listens.
    pub(super) fn following(entries: Vec<Entry>, news: News) -> Self {
        Self {
            entries,
            news: Some(news.into()),
        }
    }
}

impl Outcome for LogOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        self.entries.iter().try_for_each(|entry| entry.text(out))?;
        let Some(news) = &self.news else {
            return Ok(());
        };
        loop {
            out.flush()?;
            Follow::pause()?;
            for entry in news.borrow_mut().take().map_err(io::Error::other)? {
                entry.text(out)?;
            }
        }
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.entries.iter().try_for_each(|entry| entry.json(out))?;
        let Some(news) = &self.news else {
            return Ok(());
        };
        loop {
            out.flush()?;
            Follow::pause()?;
            for entry in news.borrow_mut().take().map_err(io::Error::other)? {
                entry.json(out)?;
            }
        }
    }

    fn talk(&self, talk: &Talk) {
        if self.entries.is_empty() && self.news.is_none() {
            talk.status("nothing has happened");
        }
    }

    fn wants_pager(&self) -> bool {
        self.news.is_none()
    }
}
