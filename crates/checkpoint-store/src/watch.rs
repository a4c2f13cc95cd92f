//! Events as they come in, from whichever worktree of the repository.

use std::collections::HashSet;

use checkpoint_git::Repository;
use checkpoint_git::refs::{self, Stamp};
use checkpoint_model::event::Event;
use checkpoint_model::id::EventId;
use checkpoint_model::record::Record;
use gix::ObjectId;

use crate::StoreError;
use crate::load::RECORDS;
use crate::notes::Notes;

/// How many looks in a row trust the times of files: not all file systems tell all changes at once.
const N_TRUSTED: u32 = 40;

/// Tells of each event once. While nothing happens, a look costs one lstat for each reference of records; when something
/// has, only notes that are new are read.
#[derive(Debug)]
pub struct Watch {
    repo: Repository,
    /// The references when they were last read, and how many looks there were since.
    stamp: Option<(Stamp, u32)>,
    /// Where each reference of records stood, and its tree, when it was last read.
    stood: [Option<(ObjectId, ObjectId)>; RECORDS.len()],
    read: HashSet<ObjectId>,
    told: HashSet<EventId>,
}

impl Watch {
    /// Begins with all events untold.
    pub fn new(repo: Repository) -> Self {
        Self {
            repo,
            stamp: None,
            stood: [None; RECORDS.len()],
            read: HashSet::new(),
            told: HashSet::new(),
        }
    }

    /// What has not been told yet, oldest first, each with the object whose record it is from; nothing when no record
    /// has moved.
    pub fn news(&mut self) -> Result<Vec<(ObjectId, Event)>, StoreError> {
        let stamp = refs::stamp(&self.repo, &RECORDS);
        if let Some((known, n_looks)) = &mut self.stamp
            && *known == stamp
            && *n_looks < N_TRUSTED
        {
            *n_looks += 1;
            return Ok(Vec::new());
        }
        let mut news = Vec::new();
        for (position, reference) in RECORDS.iter().enumerate() {
            news.extend(self.news_of(position, reference)?);
        }
        self.stamp = Some((stamp, 0));
        news.sort_by_key(|(_, event)| event.id);
        let told = &mut self.told;
        news.retain(|(_, event)| told.insert(event.id));
        Ok(news)
    }

    fn news_of(
        &mut self,
        position: usize,
        reference: &str,
    ) -> Result<Vec<(ObjectId, Event)>, StoreError> {
        let notes = Notes::read(&self.repo, reference)?;
        let stood = self.stood[position];
        let Some(tip) = notes
            .tip()
            .filter(|tip| stood.map(|(tip, _)| tip) != Some(*tip))
        else {
            return Ok(Vec::new());
        };
        let empty = self.repo.gix().object_hash().empty_tree();
        let changed = notes.changed_since(stood.map_or(empty, |(_, tree)| tree))?;
        let new: Vec<_> = changed
            .entries
            .chunk_by(|one, other| one.0 == other.0)
            .filter(|note| note.iter().any(|(_, blob)| !self.read.contains(blob)))
            .collect();
        let events = notes.read_some(&new, |subject, bytes| match bytes {
            Ok(bytes) => events_of(subject, bytes),
            Err(_) => Vec::new(),
        });
        let blobs = new.iter().flat_map(|note| note.iter());
        self.read.extend(blobs.map(|(_, blob)| *blob));
        self.stood[position] = Some((tip, notes.tree()));
        Ok(events.into_iter().flatten().collect())
    }
}

fn events_of(subject: ObjectId, bytes: &[u8]) -> Vec<(ObjectId, Event)> {
    let record = Record::parse(bytes);
    let events = record.events().into_iter();
    events.map(|event| (subject, event.clone())).collect()
}
