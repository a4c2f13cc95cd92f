//! Checkpoints as rows of bytes: all of one length, sorted by id, their texts in one string beside them.

use std::cmp::Ordering;
use std::collections::HashMap;

use checkpoint_model::brief::Brief;
use checkpoint_model::id::CheckpointId;
use checkpoint_model::verdict::Verdict;
use checkpoint_model::words::{CheckpointKind, Phase};
use chrono::DateTime;
use gix::ObjectId;

/// Bytes of a row before its two object ids: id, time, four numbers, four small ones, six texts.
const FIXED: usize = 16 + 8 + 4 + 8 + 8 + 8 + 4 + 6 * 8;
/// Where the place of the name is.
const NAME: usize = FIXED - 6 * 8;
/// The offset of a text that is not there.
const NO_TEXT: u32 = u32::MAX;

const IS_PARTIAL: u8 = 1;
const IS_KEPT: u8 = 2;
const IS_RESTORED: u8 = 4;
const IS_LOST: u8 = 8;

/// Where a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    /// The snapshot, whose note it is.
    pub(super) snapshot: ObjectId,
    /// The blob of the note; null where there is not exactly one.
    pub(super) blob: ObjectId,
    /// There is no note: tag or snapshot tell.
    pub(super) is_lost: bool,
}

/// Many checkpoints.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    kind: gix::hash::Kind,
    bytes: Vec<u8>,
    /// Where the first row begins: a file is read in one piece.
    start: usize,
    pub(super) texts: String,
}

impl Rows {
    /// No rows.
    pub(super) fn empty(kind: gix::hash::Kind) -> Self {
        Self::read(kind, Vec::new(), 0, String::new())
    }

    /// The rows that stand in `bytes` from `start` on.
    pub(super) fn read(kind: gix::hash::Kind, bytes: Vec<u8>, start: usize, texts: String) -> Self {
        Self {
            kind,
            bytes,
            start,
            texts,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// The length of each row.
    pub(super) fn width(kind: gix::hash::Kind) -> usize {
        FIXED + 2 * kind.len_in_bytes()
    }

    pub(super) fn len(&self) -> usize {
        self.bytes().len() / Self::width(self.kind)
    }

    pub(super) fn id(&self, at: usize) -> CheckpointId {
        let bytes = self.id_bytes(at);
        CheckpointId::from_bytes(bytes).expect("only rows of checkpoints are added")
    }

    /// Whether there is a row of this checkpoint; they must be sorted.
    pub(super) fn holds(&self, id: CheckpointId) -> bool {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            match self.id(middle).cmp(&id) {
                Ordering::Less => from = middle + 1,
                Ordering::Equal => return true,
                Ordering::Greater => to = middle,
            }
        }
        false
    }

    fn id_bytes(&self, at: usize) -> [u8; 16] {
        *self.row(at).first_chunk().expect("a row begins with an id")
    }

    pub(super) fn origin(&self, at: usize) -> Origin {
        let row = self.row(at);
        let (snapshot, blob) = row[FIXED..].split_at(self.kind.len_in_bytes());
        Origin {
            snapshot: ObjectId::from_bytes_or_panic(snapshot),
            blob: ObjectId::from_bytes_or_panic(blob),
            is_lost: Fields(row).flags() & IS_LOST != 0,
        }
    }

    /// What the checkpoint is called.
    pub(super) fn name(&self, at: usize) -> Option<&str> {
        Fields(&self.row(at)[NAME..]).text(&self.texts)?
    }

    /// None only for bytes that [`Rows::push`] did not write.
    pub(super) fn brief(&self, at: usize) -> Option<Brief<'_>> {
        let mut row = Fields(self.row(at));
        let id = CheckpointId::from_bytes(row.take())?;
        let at = DateTime::from_timestamp(
            i64::from_le_bytes(row.take()),
            u32::from_le_bytes(row.take()),
        )?;
        let [n_changed, n_untracked, n_skipped] = [(); 3].map(|()| u64::from_le_bytes(row.take()));
        let [kind, phase, flags, _] = row.take();
        let mut text = || row.text(&self.texts);
        let (name, title) = (text()?, text()?);
        Some(Brief {
            id,
            at,
            name,
            title: title?,
            kind: *CheckpointKind::ALL.get(usize::from(kind))?,
            phase: match phase {
                0 => None,
                n => Some(*Phase::ALL.get(usize::from(n) - 1)?),
            },
            branch: text()?,
            session: text()?,
            agent: text()?,
            task: text()?,
            n_changed,
            n_untracked,
            verdict: match flags & IS_PARTIAL {
                0 => Verdict::Full,
                _ => Verdict::Partial,
            },
            n_skipped,
            is_kept: flags & IS_KEPT != 0,
            is_restored: flags & IS_RESTORED != 0,
        })
    }

    /// Puts the rows in the order of their ids; of one id, in that of their snapshots, as notes are read.
    pub(super) fn sort(&mut self) {
        let is_sorted =
            |rows: &Self| (1..rows.len()).all(|at| rows.id_bytes(at - 1) < rows.id_bytes(at));
        if is_sorted(self) {
            return;
        }
        let width = Self::width(self.kind);
        let mut rows: Vec<_> = self.bytes().chunks_exact(width).collect();
        rows.sort_by_key(|row| (&row[..16], &row[FIXED..]));
        self.bytes = rows.concat();
        self.start = 0;
    }

    /// Keeps those rows whose origin is wanted.
    pub(super) fn retain(&mut self, is_wanted: impl Fn(Origin) -> bool) {
        let kept = (0..self.len())
            .filter(|at| is_wanted(self.origin(*at)))
            .flat_map(|at| self.row(at));
        self.bytes = kept.copied().collect();
        self.start = 0;
    }

    fn row(&self, at: usize) -> &[u8] {
        let width = Self::width(self.kind);
        &self.bytes[self.start + at * width..][..width]
    }
}

/// A row that is read from its beginning.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (field, rest) = self.0.split_first_chunk().expect("rows are long enough");
        self.0 = rest;
        *field
    }

    fn flags(&self) -> u8 {
        self.0[16 + 8 + 4 + 3 * 8 + 2]
    }

    /// The outer none: there is no such text.
    #[expect(
        clippy::option_option,
        reason = "a text may be absent, or its place wrong"
    )]
    fn text<'t>(&mut self, texts: &'t str) -> Option<Option<&'t str>> {
        let (start, length) = (
            u32::from_le_bytes(self.take()),
            u32::from_le_bytes(self.take()),
        );
        if start == NO_TEXT {
            return Some(None);
        }
        let start = start as usize;
        texts
            .get(start..start.checked_add(length as usize)?)
            .map(Some)
    }
}

/// Adds rows. A text that was added before is not added again.
pub(super) struct Adding {
    pub(super) rows: Rows,
    places: HashMap<Box<str>, u32>,
}

impl Adding {
    pub(super) fn to(rows: Rows) -> Self {
        Self {
            rows,
            places: HashMap::new(),
        }
    }

    /// None, and nothing is added, when the texts of all rows are longer than four gigabytes.
    pub(super) fn push(&mut self, brief: &Brief<'_>, origin: Origin) -> Option<()> {
        let texts = [
            brief.name,
            Some(brief.title),
            brief.branch,
            brief.session,
            brief.agent,
            brief.task,
        ];
        let mut places = [(NO_TEXT, 0); 6];
        for (place, text) in places.iter_mut().zip(texts) {
            if let Some(text) = text {
                *place = (self.place(text)?, u32::try_from(text.len()).ok()?);
            }
        }
        let position = |found: Option<usize>| found.and_then(|at| u8::try_from(at).ok());
        let kind = position(CheckpointKind::ALL.iter().position(|it| *it == brief.kind))?;
        let phase = match brief.phase {
            None => 0,
            Some(phase) => position(Phase::ALL.iter().position(|it| *it == phase))? + 1,
        };
        let flags = [
            (brief.verdict == Verdict::Partial, IS_PARTIAL),
            (brief.is_kept, IS_KEPT),
            (brief.is_restored, IS_RESTORED),
            (origin.is_lost, IS_LOST),
        ];
        let flags = flags
            .iter()
            .filter(|(is_set, _)| *is_set)
            .map(|(_, flag)| flag)
            .sum();
        let row = &mut self.rows.bytes;
        row.extend(brief.id.to_bytes());
        row.extend(brief.at.timestamp().to_le_bytes());
        row.extend(brief.at.timestamp_subsec_nanos().to_le_bytes());
        for number in [brief.n_changed, brief.n_untracked, brief.n_skipped] {
            row.extend(number.to_le_bytes());
        }
        row.extend([kind, phase, flags, 0]);
        for (start, length) in places {
            row.extend(start.to_le_bytes());
            row.extend(length.to_le_bytes());
        }
        row.extend(origin.snapshot.as_slice());
        row.extend(origin.blob.as_slice());
        Some(())
    }

    fn place(&mut self, text: &str) -> Option<u32> {
        if let Some(place) = self.places.get(text) {
            return Some(*place);
        }
        let place = u32::try_from(self.rows.texts.len())
            .ok()
            .filter(|at| *at != NO_TEXT)?;
        self.rows.texts.push_str(text);
        self.places.insert(text.into(), place);
        Some(place)
    }
}
