//! One content, read piece by piece.

use std::{
    io::{self, Read},
    ops::Range,
};

use bstr::ByteSlice as _;
use sha2::{Digest as _, Sha256};

use crate::{
    matcher::{AHEAD, BEHIND, Hit, Matcher},
    rules::{Rule, Shape},
};

/// What was found in a content.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// Secrets, in the order of their places; none within another.
    pub(crate) found: Vec<Found>,
    /// How it begins.
    pub(crate) head: Vec<u8>,
    /// The hash of all of it, where that was asked for.
    pub(crate) sha256: Option<String>,
    pub(crate) bytes: u64,
    pub(crate) is_binary: bool,
}

/// A secret in it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) rule: &'static Rule,
    pub(crate) line: u64,
    pub(crate) excerpt: String,
    pub(crate) sha256: String,
    pub(crate) place: Range<u64>,
}

/// More than that in one content is not told one by one.
pub(crate) const MOST: usize = 100;

/// Bytes that are read at a time.
const PIECE: usize = 1024 * 1024;
/// What git looks at to tell a binary file.
const BINARY_HEAD: usize = 8000;

/// Reads all of `reader`, with the same memory whatever its length.
pub(crate) fn search(reader: &mut dyn Read, wants_hash: bool) -> io::Result<Content> {
    let mut window = Window::default();
    let mut content = Content::default();
    let mut hasher = wants_hash.then(Sha256::new);
    let mut matcher = Matcher::of_text();
    loop {
        let read = window.fill(reader)?;
        if content.bytes == 0 {
            content.head = window.text[..window.text.len().min(64 * 1024)].to_vec();
            window.is_wide = is_wide(&window.text);
            content.is_binary =
                window.text[..read.min(BINARY_HEAD)].contains(&0) && !window.is_wide;
            if content.is_binary {
                matcher = Matcher::of_binary();
            }
        }
        content.bytes += read as u64;
        if let Some(hasher) = &mut hasher {
            hasher.update(&window.text[window.text.len() - read..]);
        }
        window.narrow(read);
        let is_last = read < PIECE;
        let end = window
            .text
            .len()
            .saturating_sub(if is_last { 0 } else { AHEAD });
        window.search(matcher, end, &mut content.found);
        if is_last {
            content.sha256 = hasher.map(|hasher| hex(&hasher.finalize()));
            content.found = without_overlaps(content.found);
            return Ok(content);
        }
        window.forget(end);
    }
}

/// The same for a text that is held whole, such as a path: without a buffer of its own for pieces.
pub(crate) fn search_short(text: &[u8], matcher: &Matcher) -> Vec<Found> {
    let window = Window::default();
    let mut found = Vec::new();
    matcher.search(text, 0..text.len(), |hit| {
        found.push(window.found(text, hit))
    });
    without_overlaps(found)
}

/// Text of two bytes for each character, as it is written on Windows: it says so, or nearly every other byte is zero, and
/// nearly no other.
fn is_wide(text: &[u8]) -> bool {
    if text.starts_with(&[0xff, 0xfe]) || text.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    let head = &text[..text.len().min(BINARY_HEAD)];
    let (mut even, mut odd) = (0, 0);
    for pair in head.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let pairs = head.len() / 2;
    even.max(odd) * 10 > pairs * 7 && even.min(odd) * 10 < pairs
}

/// The part of a content that is held.
#[derive(Debug, Default)]
struct Window {
    text: Vec<u8>,
    /// Whether its zero bytes are left out, since each stands beside one that counts.
    is_wide: bool,
    /// From here on no anchor was looked for.
    fresh: usize,
    /// The number of bytes before it, and of the line it begins in, counted from 0.
    before: u64,
    lines: u64,
}

impl Window {
    /// Adds a piece; less than a whole one is the last.
    fn fill(&mut self, reader: &mut dyn Read) -> io::Result<usize> {
        self.text.reserve(PIECE);
        reader.take(PIECE as u64).read_to_end(&mut self.text)
    }

    /// Leaves one byte of each character, in the last piece.
    fn narrow(&mut self, read: usize) {
        if self.is_wide {
            let from = self.text.len() - read;
            let piece = self.text.split_off(from);
            self.text
                .extend(piece.into_iter().filter(|byte| *byte != 0));
        }
    }

    fn search(&mut self, matcher: &Matcher, end: usize, found: &mut Vec<Found>) {
        if end <= self.fresh {
            return;
        }
        let text = self.text.as_slice();
        matcher.search(text, self.fresh..end, |hit| {
            if found.len() < MOST * 4 {
                found.push(self.found(text, hit));
            }
        });
        self.fresh = end;
    }

    fn found(&self, text: &[u8], hit: Hit) -> Found {
        let secret = &text[hit.secret.clone()];
        let n_lines = text[..hit.secret.start]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        let label = text[hit.label].to_str_lossy();
        let excerpt = match hit.rule.shape {
            Shape::Assignment(_) => format!("{label} = … ({} characters)", secret.len()),
            _ => format!("{label}… ({} characters)", secret.len()),
        };
        Found {
            rule: hit.rule,
            line: self.lines + n_lines as u64 + 1,
            excerpt,
            sha256: hex(&Sha256::digest(secret)),
            place: self.before + hit.secret.start as u64..self.before + hit.secret.end as u64,
        }
    }

    /// Lets go of what is before `end`, but for what an anchor there may look back at.
    fn forget(&mut self, end: usize) {
        let from = end.saturating_sub(BEHIND);
        self.lines += self.text[..from]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count() as u64;
        self.before += from as u64;
        self.text.drain(..from);
        self.fresh = end - from;
    }
}

/// Leaves one finding for each place: the one that tells most, then the first.
fn without_overlaps(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| {
        (
            found.rule.is_general(),
            found.place.start,
            std::cmp::Reverse(found.place.end),
        )
    });
    let mut kept: Vec<Found> = Vec::new();
    for one in found {
        let overlaps =
            |other: &Found| other.place.start < one.place.end && one.place.start < other.place.end;
        if !kept.iter().any(overlaps) {
            kept.push(one);
        }
    }
    kept.sort_by_key(|found| found.place.start);
    kept
}

/// The digits of a hash.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
