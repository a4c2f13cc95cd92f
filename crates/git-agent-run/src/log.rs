//! `git agent-run log`: what happened in runs, also as it happens.

mod entry;

use std::{cell::RefCell, io};

use checkpoint_cli::{Follow, Outcome, Output, Schema, Session, SessionError, Talk};
use checkpoint_model::id::RunId;

use self::entry::Entry;
use crate::{AgentRunError, args::LogArgs};

/// With `--follow`, so many events are shown before the new ones, as tail(1) does.
const BEFORE_NEW: usize = 10;

/// Reads the events of runs, newest first; with `--follow` they are told oldest first, and go on.
pub(crate) fn run(session: &Session<'_>, args: &LogArgs) -> Result<LogOutcome, AgentRunError> {
    let wanted = match &args.run {
        Some(typed) => Some(checkpoint_run::choose(session, Some(typed))?.id),
        None => None,
    };
    let mut news = News {
        follow: Follow::start(session)?,
        wanted,
    };
    let mut entries = news.take()?;
    if args.follow {
        let n_shown = args.max_count.unwrap_or(BEFORE_NEW);
        entries.drain(..entries.len().saturating_sub(n_shown));
        let news = Some(news.into());
        return Ok(LogOutcome { entries, news });
    }
    entries.reverse();
    entries.truncate(args.max_count.unwrap_or(usize::MAX));
    Ok(LogOutcome {
        entries,
        news: None,
    })
}

/// The schema of each line of `log --json`.
pub(crate) fn schema() -> Schema {
    entry::schema()
}

/// Events of runs, as they come.
struct News {
    follow: Follow,
    /// None: of all runs.
    wanted: Option<RunId>,
}

impl News {
    /// What has not been told yet, oldest first.
    fn take(&mut self) -> Result<Vec<Entry>, SessionError> {
        let wanted = self.wanted;
        let news = self.follow.news()?.into_iter();
        let entries = news.filter_map(|(_, event)| Entry::of(event));
        Ok(entries
            .filter(|entry| wanted.is_none_or(|wanted| wanted == entry.run))
            .collect())
    }
}

/// Events, in the order in which they are told.
pub(crate) struct LogOutcome {
    entries: Vec<Entry>,
    news: Option<RefCell<News>>,
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
