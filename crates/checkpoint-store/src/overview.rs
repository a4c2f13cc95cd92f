//! All checkpoints in brief, as lists and counts need them.
//!
//! What a record comes to is remembered in a file (`cache`), so that of ten thousand records only those that are new
//! have to be read. Nothing depends on that file: it is made of the records, and made again where anything about it is
//! off. What may change without the records (which states and tags are there) is never remembered.

mod cache;
mod rows;

use std::collections::{BTreeSet, HashMap};

use checkpoint_git::Repository;
use checkpoint_model::brief::Brief;
use checkpoint_model::id::CheckpointId;
use gix::ObjectId;

use self::cache::Cached;
use self::rows::{Adding, Origin, Rows};
use crate::StoreError;
use crate::load::{Here, Place, Problem, Stored, fold_note};
use crate::notes::{CHECKPOINTS, Entry, Notes};

const INTACT: &str = "the checksum says that the rows are as they were written";

/// Fewer records than this are read as fast as they are remembered.
const WORTH_WRITING: usize = 64;

/// All checkpoints, as they were when they were read.
#[derive(Debug)]
pub struct Overview {
    rows: Rows,
    /// Whether the state of each row is here.
    has_state: Vec<bool>,
    /// Lines and notes that cannot be read.
    pub problems: Vec<Problem>,
}

/// A checkpoint in brief, and what of it is in the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entered<'a> {
    /// What its record comes to.
    pub brief: Brief<'a>,
    /// The snapshot commit; it may be missing unless the place is [`Place::Here`].
    pub snapshot: ObjectId,
    /// Where its state is.
    pub place: Place,
    /// Its record is lost; tag or snapshot tell.
    pub record_missing: bool,
}

impl<'a> From<&'a Stored> for Entered<'a> {
    fn from(stored: &'a Stored) -> Self {
        Self {
            brief: (&*stored.checkpoint).into(),
            snapshot: stored.snapshot,
            place: stored.place,
            record_missing: stored.record_missing,
        }
    }
}

impl Overview {
    /// The number of checkpoints; also deleted, pruned and foreign ones count.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The checkpoint at this position, oldest first. Panics when there are not so many.
    pub fn get(&self, at: usize) -> Entered<'_> {
        let Origin {
            snapshot, is_lost, ..
        } = self.rows.origin(at);
        let brief = self.rows.brief(at).expect(INTACT);
        Entered {
            brief,
            snapshot,
            place: Place::of(self.has_state[at], brief.is_kept),
            record_missing: is_lost,
        }
    }

    /// Their ids, oldest first.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = CheckpointId> {
        (0..self.len()).map(|at| self.rows.id(at))
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Entered<'_>> + ExactSizeIterator {
        (0..self.len()).map(|at| self.get(at))
    }
}

/// Tells of all checkpoints what [`crate::load()`] tells, but in brief, and without reading again what was read before.
///
/// Writes the file that remembers (`checkpoint/list-cache` in the common git directory) when many records had to be
/// read; that it cannot be written is no error.
pub fn overview(repo: &Repository) -> Result<Overview, StoreError> {
    let here = Here::read(repo)?;
    let notes = Notes::read(repo, CHECKPOINTS)?;
    let (rows, problems) = Reading::of(&notes, repo).rows()?;
    let (rows, has_state) = add_lost(repo, &here, rows)?;
    Ok(Overview {
        rows,
        has_state,
        problems,
    })
}

/// The records, and what is remembered of them.
struct Reading<'r> {
    repo: &'r Repository,
    notes: &'r Notes<'r>,
}

impl<'r> Reading<'r> {
    fn of(notes: &'r Notes<'r>, repo: &'r Repository) -> Self {
        Self { repo, notes }
    }

    /// Every record as a row, those that are remembered and those that are not, and what is wrong with them.
    fn rows(&self) -> Result<(Rows, Vec<Problem>), StoreError> {
        let cached = cache::read(self.repo).unwrap_or_else(|| Cached {
            tree: self.empty_tree(),
            rows: Rows::empty(self.empty_tree().kind()),
            odd: Vec::new(),
        });
        if cached.tree == self.notes.tree() && cached.odd.is_empty() {
            return Ok((cached.rows, Vec::new()));
        }
        self.update(cached)
    }

    fn empty_tree(&self) -> ObjectId {
        self.repo.gix().object_hash().empty_tree()
    }

    fn update(&self, cached: Cached) -> Result<(Rows, Vec<Problem>), StoreError> {
        let Cached {
            tree,
            mut rows,
            odd,
        } = cached;
        let changed = self.notes.changed_since(tree)?;
        let known: HashMap<_, _> = (0..rows.len())
            .map(|at| rows.origin(at))
            .filter(|origin| changed.may_hold(&origin.snapshot))
            .map(|origin| (origin.snapshot, origin.blob))
            .collect();
        let mut open: Vec<Entry> = changed.entries.clone();
        for key in odd.iter().filter(|key| !changed.may_hold(key)) {
            let blobs = self.notes.blobs_of(key)?;
            open.extend(blobs.into_iter().map(|blob| (*key, blob)));
        }
        open.sort_unstable();
        let single = |group: &[Entry]| match group {
            [(_, blob)] => Some(*blob),
            _ => None,
        };
        let groups: Vec<&[Entry]> = open.chunk_by(|one, other| one.0 == other.0).collect();
        let is_known = |group: &[Entry]| {
            single(group).is_some_and(|blob| known.get(&group[0].0) == Some(&blob))
        };
        let (same, fresh): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| is_known(group));
        if same.len() < known.len() {
            let same: BTreeSet<_> = same.iter().map(|group| group[0].0).collect();
            rows.retain(|origin| {
                !changed.may_hold(&origin.snapshot) || same.contains(&origin.snapshot)
            });
        }
        let n_open = fresh
            .iter()
            .filter(|group| odd.binary_search(&group[0].0).is_err())
            .count();
        self.read(rows, &fresh, n_open >= WORTH_WRITING)
    }

    /// Adds what `fresh` notes come to.
    fn read(
        &self,
        rows: Rows,
        fresh: &[&[Entry]],
        is_worth_writing: bool,
    ) -> Result<(Rows, Vec<Problem>), StoreError> {
        let mut adding = Adding::to(rows);
        let mut all_problems = Vec::new();
        // What cannot be remembered comes last.
        let (mut odd, mut rest) = (Vec::new(), Vec::new());
        let folded = self.notes.read_some(fresh, fold_note);
        for (group, (snapshot, checkpoint, problems)) in fresh.iter().zip(folded) {
            let blob = match group {
                [(_, blob)] if problems.is_empty() && checkpoint.is_some() => Some(*blob),
                _ => None,
            };
            all_problems.extend(problems);
            match (blob, checkpoint) {
                (Some(blob), Some(checkpoint)) => {
                    let origin = Origin {
                        snapshot,
                        blob,
                        is_lost: false,
                    };
                    push(&mut adding, &(&*checkpoint).into(), origin)?;
                }
                (_, checkpoint) => {
                    odd.push(snapshot);
                    rest.extend(checkpoint.map(|checkpoint| (snapshot, checkpoint)));
                }
            }
        }
        if is_worth_writing {
            adding = Adding::to(self.remember(adding.rows, odd)?);
        }
        for (snapshot, checkpoint) in rest {
            let blob = snapshot.kind().null();
            let origin = Origin {
                snapshot,
                blob,
                is_lost: false,
            };
            push(&mut adding, &(&*checkpoint).into(), origin)?;
        }
        Ok((adding.rows, all_problems))
    }

    /// Writes the cache, without the texts that no row needs any more.
    fn remember(&self, mut rows: Rows, odd: Vec<ObjectId>) -> Result<Rows, StoreError> {
        rows.sort();
        let mut tidy = Adding::to(Rows::empty(self.empty_tree().kind()));
        for at in 0..rows.len() {
            let brief = rows.brief(at).expect(INTACT);
            push(&mut tidy, &brief, rows.origin(at))?;
        }
        let cached = Cached {
            tree: self.notes.tree(),
            rows: tidy.rows,
            odd,
        };
        cache::write(self.repo, &cached);
        Ok(cached.rows)
    }
}

fn push(adding: &mut Adding, brief: &Brief<'_>, origin: Origin) -> Result<(), StoreError> {
    adding.push(brief, origin).ok_or_else(|| {
        StoreError::unreadable(
            origin.snapshot,
            "the records hold more text than fits into memory",
        )
    })
}

/// Adds the checkpoints that have a tag or a state, but no record; sorts all, and tells whose state is here.
fn add_lost(
    repo: &Repository,
    here: &Here,
    mut rows: Rows,
) -> Result<(Rows, Vec<bool>), StoreError> {
    rows.sort();
    let (has_state, unknown) = compare(&rows, here.states());
    let is_known = |id| rows.holds(id);
    let names = (0..rows.len()).filter_map(|at| rows.name(at));
    let lost = here.lost(repo, is_known, unknown.into_iter(), names)?;
    if lost.is_empty() {
        return Ok((rows, has_state));
    }
    let mut adding = Adding::to(rows);
    for lost in lost {
        let origin = Origin {
            snapshot: lost.snapshot,
            blob: lost.snapshot.kind().null(),
            is_lost: true,
        };
        push(&mut adding, &(&lost.checkpoint()).into(), origin)?;
    }
    let mut rows = adding.rows;
    rows.sort();
    let (has_state, _) = compare(&rows, here.states());
    Ok((rows, has_state))
}

/// Goes through both sorted sides at once: whether each row has a state, and the states that no row has.
fn compare(rows: &Rows, states: &[CheckpointId]) -> (Vec<bool>, Vec<CheckpointId>) {
    let mut unknown = Vec::new();
    let mut left = states;
    let mut before = None;
    let has_state = (0..rows.len()).map(|at| {
        let id = rows.id(at);
        while let Some((state, rest)) = left.split_first().filter(|(state, _)| **state < id) {
            if before != Some(*state) {
                unknown.push(*state);
            }
            left = rest;
        }
        before = Some(id);
        left.first() == Some(&id)
    });
    let has_state = has_state.collect();
    unknown.extend(left.iter().filter(|state| before != Some(**state)));
    (has_state, unknown)
}
