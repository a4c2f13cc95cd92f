//! Records: sets of events, kept as lines of a git note.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt::Write as _,
};

use bstr::{BStr, BString, ByteSlice};
use sha2::{Digest, Sha256};

use crate::event::{Event, EventBody, EventError};

/// A set of events, such as the note of one checkpoint.
///
/// Every line is kept with the very bytes it was read with, also one that we cannot read; so what this type
/// writes merges with what others write as `git notes merge --strategy=cat_sort_uniq` merges: by set union.
#[derive(Clone, Debug, Default)]
pub struct Record {
    lines: BTreeMap<BString, Result<Event, String>>,
}

/// A line of a record that is no event to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadableLine<'a> {
    /// The bytes, without the line end.
    pub line: &'a BStr,
    /// What is wrong with it.
    pub why: &'a str,
}

impl Record {
    /// Reads lines in any order. Blank ones (`git notes append` puts them) and repeated ones are nothing; those
    /// that are no event are kept and reported by [`Record::unreadable`].
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let mut record = Self::default();
        for line in text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.trim_ascii().is_empty())
        {
            record.insert_line(line);
        }
        record
    }

    /// Adds an event; returns whether its line is new.
    pub fn insert(&mut self, event: Event) -> bool {
        match self.lines.entry(event.to_line().into()) {
            Entry::Vacant(place) => {
                place.insert(Ok(event));
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    /// Adds every line of another record.
    pub fn merge(&mut self, other: Self) {
        for (line, event) in other.lines {
            self.lines.entry(line).or_insert(event);
        }
    }

    /// The events, oldest first. Of several lines with one id only the first counts, in the order of their bytes:
    /// the same one wherever the record is read.
    #[must_use]
    pub fn events(&self) -> Vec<&Event> {
        let mut events: Vec<_> = self
            .lines
            .values()
            .filter_map(|event| event.as_ref().ok())
            .collect();
        // Stable, so lines of one id stay in the order of their bytes.
        events.sort_by_key(|event| event.id);
        events.dedup_by_key(|event| event.id);
        events
    }

    /// The lines that are no event to us, in the order of their bytes.
    pub fn unreadable(&self) -> impl Iterator<Item = UnreadableLine<'_>> {
        self.lines.iter().filter_map(|(line, event)| {
            let why = event.as_ref().err()?;
            Some(UnreadableLine {
                line: line.as_bstr(),
                why,
            })
        })
    }

    /// Whether there is not one line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The number of lines, readable or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The content of the note: sorted unique lines, each ended by a line feed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.lines
            .keys()
            .flat_map(|line| line.iter().copied().chain([b'\n']))
            .collect()
    }

    /// `sha256:<hex>` of the line of the `checkpoint_created` event, without its line end; `None` when there is no
    /// such event. Later events do not change it, so a tag can vouch for it.
    #[must_use]
    pub fn digest(&self) -> Option<String> {
        let created = self.created()?;
        let (line, _) = self.lines.iter().find(|(_, event)| {
            event
                .as_ref()
                .is_ok_and(|event| std::ptr::eq(event, created))
        })?;
        Some(digest_of(line))
    }

    /// The event that made the checkpoint: the oldest one, should there be several.
    pub(crate) fn created(&self) -> Option<&Event> {
        self.events()
            .into_iter()
            .find(|event| matches!(event.body, EventBody::CheckpointCreated(_)))
    }

    fn insert_line(&mut self, line: &[u8]) {
        if let Entry::Vacant(place) = self.lines.entry(line.into()) {
            place.insert(Event::parse(line).map_err(|EventError { why }| why));
        }
    }
}

/// Records are equal when they hold the same lines.
impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.lines.keys().eq(other.lines.keys())
    }
}

impl Eq for Record {}

impl Event {
    /// What [`Record::digest`] gives for a record made by this event.
    #[must_use]
    pub fn digest(&self) -> String {
        digest_of(self.to_line().as_bytes())
    }
}

impl FromIterator<Event> for Record {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        let mut record = Self::default();
        record.extend(events);
        record
    }
}

impl Extend<Event> for Record {
    fn extend<I: IntoIterator<Item = Event>>(&mut self, events: I) {
        for event in events {
            self.insert(event);
        }
    }
}

fn digest_of(line: &[u8]) -> String {
    let mut digest = String::from("sha256:");
    for byte in Sha256::digest(line) {
        write!(digest, "{byte:02x}").expect("a String takes everything");
    }
    digest
}

#[cfg(test)]
mod tests;
