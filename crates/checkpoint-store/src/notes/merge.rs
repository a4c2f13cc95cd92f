//! Merging the notes of another repository, by set union of their lines.
//!
//! What `git notes merge -s cat_sort_uniq` makes of records, this makes too, byte for byte, as long as both sides only
//! add. Where one side took away a line or a note, git may follow it; here nothing is ever lost.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_git::refs::{self, RefChange};
use gix::ObjectId;
use gix::objs::Kind;

use super::difference::{Differing, differing};
use super::{Entry, NoteEdit, Notes, commit_of, tree_of, walk};
use crate::contention::{Turn, retry};
use crate::record::Doing;
use crate::{StoreError, objects};

/// What came of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// Where the reference stands now.
    pub tip: ObjectId,
    /// The number of notes that are new here, or hold more than before.
    pub received: usize,
    /// The number of notes that hold more than theirs, or that they do not have.
    pub ahead: usize,
    /// The number of lines that came and are no JSON. They are kept.
    pub odd_lines: usize,
}

/// Merges the notes of the commit `theirs` into `reference`, which moves forward to what holds both.
///
/// Fails with [`StoreError::NotNotes`] where `theirs` is no commit of notes; nothing has moved then.
pub fn merge(
    repo: &Repository,
    reference: &str,
    theirs: ObjectId,
    doing: &Doing,
) -> Result<Merged, StoreError> {
    let their_tree = notes_tree(repo, reference, theirs)?;
    let reflog = format!("{}: merge records", doing.command);
    let who = repo.signature(doing.now);
    let turn = Turn::wait(repo);
    retry(repo, &turn, reference, || {
        let notes = Notes::read(repo, reference)?;
        refuse_others(repo, reference, notes.tip())?;
        let sink = ObjectSink::new(repo.gix())?;
        let side = Side {
            notes: &notes,
            theirs,
            their_tree,
            base: OnceCell::new(),
        };
        let merged = side.merge(&sink, doing)?;
        let placed = sink.place()?;
        if notes.tip() != Some(merged.tip) {
            let change = RefChange::update(reference, notes.tip(), merged.tip);
            refs::transaction_after(repo, &placed.unsynced, &[change], &reflog, &who)?;
        }
        Ok(merged)
    })
}

/// Fails with [`StoreError::NotNotes`] where `reference`, which stands at `tip`, is something else than notes: what is
/// none is neither merged nor given to others.
pub fn refuse_others(
    repo: &Repository,
    reference: &str,
    tip: Option<ObjectId>,
) -> Result<(), StoreError> {
    tip.map_or(Ok(()), |tip| notes_tree(repo, reference, tip).map(drop))
}

/// How many notes of the commit `ours` hold what those of `theirs` do not, and the other way round; `reference` is what
/// both are about.
pub fn compare(
    repo: &Repository,
    reference: &str,
    ours: Option<ObjectId>,
    theirs: Option<ObjectId>,
) -> Result<(usize, usize), StoreError> {
    let tree = |tip: Option<ObjectId>| match tip {
        Some(tip) => notes_tree(repo, reference, tip),
        None => Ok(repo.gix().object_hash().empty_tree()),
    };
    let (mut ahead, mut behind) = (0, 0);
    for note in differing(repo.gix(), tree(ours)?, tree(theirs)?)? {
        match (note.ours.is_empty(), note.theirs.is_empty()) {
            (_, true) => ahead += 1,
            (true, _) => behind += 1,
            (false, false) => {
                let texts = Texts::of(repo, &note)?;
                let [ours, theirs] = texts.lines();
                ahead += usize::from(!ours.is_subset(&theirs));
                behind += usize::from(!theirs.is_subset(&ours));
            }
        }
    }
    Ok((ahead, behind))
}

/// Writes a commit that has the notes of `ours`, but where `is_held` says of the text of one that it stays here: that
/// note is as `theirs` has it, or not there. It stands on `theirs` alone, so that nothing of the history of `ours` goes
/// with it. It is on disk then, and no reference moves. None where it would say nothing new.
pub fn without(
    repo: &Repository,
    reference: &str,
    ours: ObjectId,
    theirs: Option<ObjectId>,
    doing: &Doing,
    is_held: impl Fn(&[u8]) -> bool,
) -> Result<Option<ObjectId>, StoreError> {
    let sink = ObjectSink::new(repo.gix())?;
    let notes = Notes {
        repo,
        reference: reference.to_owned(),
        tip: theirs,
        tree: match theirs {
            Some(theirs) => notes_tree(repo, reference, theirs)?,
            None => repo.gix().object_hash().empty_tree(),
        },
    };
    let mut edits = Vec::new();
    for note in differing(repo.gix(), notes_tree(repo, reference, ours)?, notes.tree)? {
        let texts = Texts::of(repo, &note)?;
        let [our_lines, their_lines] = texts.lines();
        if our_lines.is_subset(&their_lines) || is_held(&texts.ours) {
            continue;
        }
        let union: BTreeSet<_> = our_lines.union(&their_lines).collect();
        let joined = union.iter().flat_map(|line| line.iter().chain(b"\n"));
        let content = joined.copied().collect();
        edits.push(NoteEdit {
            key: note.key,
            content: Some(content),
        });
    }
    let message = format!("Notes added by '{}'", doing.command);
    let who = repo.signature(doing.now);
    let commit = notes.commit(&edits, &message, &who, &objects::Into(&sink))?;
    sink.finish()?;
    Ok(commit)
}

/// Ours, and what is to be merged into it.
struct Side<'a> {
    notes: &'a Notes<'a>,
    theirs: ObjectId,
    their_tree: ObjectId,
    /// See [`Side::base`].
    base: OnceCell<Option<ObjectId>>,
}

impl Side<'_> {
    fn merge(&self, sink: &ObjectSink, doing: &Doing) -> Result<Merged, StoreError> {
        let repo = self.notes.repo;
        let (mut edits, mut received, mut ahead) = (Vec::new(), Vec::new(), 0);
        let differing = differing(repo.gix(), self.notes.tree, self.their_tree)?;
        for note in &differing {
            let blob = self.union(note, sink)?;
            ahead += usize::from(note.theirs != [blob]);
            if note.ours != [blob] {
                edits.push((note.key, Some(blob)));
                received.push(note);
            }
        }
        let tip = self.tip(&edits, ahead, sink, doing)?;
        Ok(Merged {
            tip,
            received: edits.len(),
            ahead,
            odd_lines: odd_lines(self.notes, &received),
        })
    }

    /// The commit that both histories have; none where they have none, or where it is not here. Only asked for where it
    /// counts: both histories have to be walked for it.
    fn base(&self) -> Option<ObjectId> {
        *self.base.get_or_init(|| {
            let ours = self.notes.tip()?;
            let repo = self.notes.repo.gix();
            let base = repo.merge_base(ours, self.theirs).ok().flatten();
            base.map(gix::Id::detach)
        })
    }

    /// The blob that holds the lines of both sides: one that is there, where it does.
    fn union(&self, note: &Differing, sink: &ObjectSink) -> Result<ObjectId, StoreError> {
        match (note.ours.as_slice(), note.theirs.as_slice()) {
            ([one], []) | ([], [one]) => return Ok(*one),
            _ => {}
        }
        let repo = self.notes.repo;
        let texts = Texts::of(repo, note)?;
        let [our_lines, their_lines] = texts.lines();
        let union: BTreeSet<_> = our_lines.union(&their_lines).collect();
        let joined = union.iter().flat_map(|line| line.iter().chain(b"\n"));
        let joined: Vec<u8> = joined.copied().collect();
        if let ([ours], [theirs]) = (note.ours.as_slice(), note.theirs.as_slice()) {
            if joined == texts.ours {
                return Ok(*ours);
            }
            if joined == texts.theirs {
                return Ok(*theirs);
            }
            // Where only one side has changed, it stays as it was written, sorted or not, as git leaves it.
            let base = self.base().and_then(|base| tree_of(repo, base).ok());
            let base = base.and_then(|base| walk::blobs_of(repo.gix(), base, &note.key).ok());
            match base.as_deref() {
                Some([base]) if base == theirs && union.len() == our_lines.len() => {
                    return Ok(*ours);
                }
                Some([base]) if base == ours && union.len() == their_lines.len() => {
                    return Ok(*theirs);
                }
                _ => {}
            }
        }
        Ok(sink.write(Kind::Blob, joined)?)
    }

    /// Where the reference goes: nowhere, forward to theirs, or to a commit of both.
    fn tip(
        &self,
        edits: &[(ObjectId, Option<ObjectId>)],
        ahead: usize,
        sink: &ObjectSink,
        doing: &Doing,
    ) -> Result<ObjectId, StoreError> {
        let ours = self.notes.tip();
        let is_behind = edits.is_empty() && self.base() == Some(self.theirs);
        if let Some(ours) = ours.filter(|_| is_behind) {
            return Ok(ours);
        }
        if ahead == 0 && self.base() == ours {
            return Ok(self.theirs);
        }
        let tree = match edits {
            [] => self.notes.tree,
            edits => self.notes.tree_with(edits, &objects::Into(sink))?,
        };
        let who = self.notes.repo.signature(doing.now);
        let message = format!("Notes added by '{}'", doing.command);
        let parents: Vec<_> = ours.into_iter().chain([self.theirs]).collect();
        commit_of(tree, &parents, &message, &who, &objects::Into(sink))
    }
}

/// The tree of `theirs`, if it is a commit of notes.
fn notes_tree(
    repo: &Repository,
    reference: &str,
    theirs: ObjectId,
) -> Result<ObjectId, StoreError> {
    let not_notes = || StoreError::NotNotes {
        reference: reference.to_owned(),
        id: theirs,
    };
    let object = repo.gix().find_object(theirs);
    let object = object.map_err(|source| StoreError::unreadable(theirs, source))?;
    if object.kind != Kind::Commit {
        return Err(not_notes());
    }
    let tree = tree_of(repo, theirs)?;
    match walk::is_of_notes(repo.gix(), tree)? {
        true => Ok(tree),
        false => Err(not_notes()),
    }
}

/// Both sides of one note.
struct Texts {
    ours: Vec<u8>,
    theirs: Vec<u8>,
}

impl Texts {
    fn of(repo: &Repository, note: &Differing) -> Result<Self, StoreError> {
        Ok(Self {
            ours: walk::content(repo.gix(), &note.ours)?,
            theirs: walk::content(repo.gix(), &note.theirs)?,
        })
    }

    fn lines(&self) -> [BTreeSet<&[u8]>; 2] {
        [lines(&self.ours), lines(&self.theirs)]
    }
}

/// The lines of a note; empty ones do not count.
fn lines(text: &[u8]) -> BTreeSet<&[u8]> {
    let lines = text.split(|byte| *byte == b'\n');
    lines.filter(|line| !line.is_empty()).collect()
}

/// How many lines of these notes of theirs are no JSON object.
fn odd_lines(notes: &Notes<'_>, received: &[&Differing]) -> usize {
    let entries: Vec<Vec<Entry>> = received
        .iter()
        .map(|note| note.theirs.iter().map(|blob| (note.key, *blob)).collect())
        .collect();
    let entries: Vec<&[Entry]> = entries.iter().map(Vec::as_slice).collect();
    let count = |_, text: Result<&[u8], StoreError>| {
        let lines = lines(text.unwrap_or_default());
        lines.into_iter().filter(|line| is_odd(line)).count()
    };
    notes.read_some(&entries, count).into_iter().sum()
}

fn is_odd(line: &[u8]) -> bool {
    !line.starts_with(b"{") || serde_json::from_slice::<serde::de::IgnoredAny>(line).is_err()
}
