//! A log of events: those there are, and then, if wanted, those that come.

use std::{cell::RefCell, io};

use crate::{Follow, Outcome, Output, SessionError, Talk};

/// With `--follow`, so many events are shown before the new ones, as tail(1) does.
const BEFORE_NEW: usize = 10;

/// An event as a command tells it.
pub trait LogEntry {
    /// Its line for a person.
    fn text(&self, out: &mut Output) -> io::Result<()>;

    /// Its line of JSON.
    fn json(&self, out: &mut dyn io::Write) -> io::Result<()>;
}

/// Tells what has not been told yet, oldest first.
type News<E> = Box<dyn FnMut() -> Result<Vec<E>, SessionError>>;

/// Events, in the order in which they are told.
pub struct EventLog<E> {
    entries: Vec<E>,
    news: Option<RefCell<News<E>>>,
}

impl<E> EventLog<E> {
    /// These events, and no more.
    #[must_use]
    pub fn of(entries: Vec<E>) -> Self {
        Self {
            entries,
            news: None,
        }
    }

    /// The last of what `news` has to tell, `n_shown` or a few, and then what it tells from now on, until nobody listens.
    pub fn following(
        mut news: impl FnMut() -> Result<Vec<E>, SessionError> + 'static,
        n_shown: Option<usize>,
    ) -> Result<Self, SessionError> {
        let mut entries = news()?;
        let n_shown = n_shown.unwrap_or(BEFORE_NEW);
        entries.drain(..entries.len().saturating_sub(n_shown));
        let news: News<E> = Box::new(news);
        Ok(Self {
            entries,
            news: Some(news.into()),
        })
    }

    fn tell<W: ?Sized>(
        &self,
        out: &mut W,
        entry: fn(&E, &mut W) -> io::Result<()>,
        flush: fn(&mut W) -> io::Result<()>,
    ) -> io::Result<()> {
        self.entries.iter().try_for_each(|it| entry(it, out))?;
        let Some(news) = &self.news else {
            return Ok(());
        };
        loop {
            flush(out)?;
            Follow::pause()?;
            for it in (*news.borrow_mut())().map_err(io::Error::other)? {
                entry(&it, out)?;
            }
        }
    }
}

impl<E: LogEntry> Outcome for EventLog<E> {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        self.tell(out, E::text, Output::flush)
    }

    fn json(&self, mut out: &mut dyn io::Write) -> io::Result<()> {
        self.tell(&mut out, |it, out| it.json(*out), |out| out.flush())
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
