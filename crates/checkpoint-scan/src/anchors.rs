//! Many short texts at once: one look at a table for each byte.
//!
//! Three bytes make a slot of a table that lies in the nearest cache; nearly all slots are empty, and only where one is
//! not, the anchors of it are compared. That is several times faster than an automaton for so many anchors, which
//! changes its state with every byte.

use std::ops::Range;

/// Anchors, each of three bytes or more, by their first three.
#[derive(Debug)]
pub(crate) struct Anchors {
    /// For each slot 0, or one more than the place of its bucket.
    slots: Vec<u8>,
    buckets: Vec<Vec<Anchor>>,
}

#[derive(Debug)]
struct Anchor {
    text: &'static [u8],
    /// What whoever looks for it knows it by.
    rule: usize,
}

const BITS: u32 = 15;
const HEAD: usize = 3;

impl Anchors {
    pub(crate) fn new(anchors: impl Iterator<Item = (&'static str, usize)>) -> Self {
        let mut slots = vec![0_u8; 1 << BITS];
        let mut buckets: Vec<Vec<Anchor>> = Vec::new();
        for (text, rule) in anchors {
            let text = text.as_bytes();
            let slot = &mut slots[slot(text)];
            if *slot == 0 && buckets.len() < usize::from(u8::MAX) {
                buckets.push(Vec::new());
                *slot = buckets.len() as u8;
            } else if *slot == 0 {
                // More than can be counted: the last bucket is for the rest.
                *slot = u8::MAX;
            }
            buckets[usize::from(*slot) - 1].push(Anchor { text, rule });
        }
        Self { slots, buckets }
    }

    /// Calls `take` with the rule and the place of each anchor that begins in `fresh`.
    pub(crate) fn search(
        &self,
        text: &[u8],
        fresh: Range<usize>,
        mut take: impl FnMut(usize, Range<usize>),
    ) {
        let end = text.len().min(fresh.end + HEAD - 1);
        for (offset, head) in text[fresh.start..end].windows(HEAD).enumerate() {
            let bucket = self.slots[slot(head)];
            if bucket == 0 {
                continue;
            }
            let at = fresh.start + offset;
            for anchor in &self.buckets[usize::from(bucket) - 1] {
                if text[at..].starts_with(anchor.text) {
                    take(anchor.rule, at..at + anchor.text.len());
                }
            }
        }
    }
}

/// Of the first three bytes, by multiplication with a large odd number.
fn slot(head: &[u8]) -> usize {
    let word = u32::from(head[0]) | u32::from(head[1]) << 8 | u32::from(head[2]) << 16;
    (word.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_wherever_it_begins() {
        let anchors = Anchors::new([("abc", 0), ("abcd", 1), ("://", 2)].into_iter());
        let all = |text: &str, fresh: Range<usize>| {
            let mut found = Vec::new();
            anchors.search(text.as_bytes(), fresh, |rule, place| {
                found.push((rule, place.start))
            });
            found
        };
        assert_eq!(all("abcd://abc", 0..10), [(0, 0), (1, 0), (2, 4), (0, 7)]);
        assert_eq!(all("abcd://abc", 1..5), [(2, 4)]);
        assert_eq!(all("ab", 0..2), []);
        assert_eq!(all("", 0..0), []);
    }
}
