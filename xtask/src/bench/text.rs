//! Content that is the same on every machine, made from a seed.

use std::io::{self, Write};

/// Words of the generated text: it compresses about as well as source code does.
const WORDS: [&str; 32] = [
    "fn",
    "let",
    "return",
    "struct",
    "index",
    "tree",
    "commit",
    "checkpoint",
    "if",
    "else",
    "match",
    "object",
    "path",
    "self",
    "state",
    "working",
    "0x1f",
    "value",
    "->",
    "{",
    "}",
    "();",
    "=",
    "buffer",
    "offset",
    "// the",
    "entry",
    "mode",
    "pub",
    "use",
    "Result",
    "for",
];

/// A sequence of numbers (splitmix64): fast, and good enough to be incompressible.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        // Neighbouring seeds must not give overlapping sequences.
        let mut first = Self(seed ^ 0x5851_f42d_4c95_7f2d);
        Self(first.next().wrapping_mul(0x2545_f491_4f6c_dd1d) ^ seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A file size in bytes, 0.2 to 20 KiB, small ones more often (mean about 4.4 KiB).
    pub(crate) fn size(&mut self) -> usize {
        let step = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (200.0 * 102.4_f64.powf(step)) as usize
    }

    /// `size` bytes of lines of words.
    pub(crate) fn text(&mut self, size: usize) -> Vec<u8> {
        let mut text = Vec::with_capacity(size + 64);
        while text.len() < size {
            let mut bits = self.next();
            for _ in 0..7 {
                text.extend_from_slice(WORDS[(bits & 31) as usize].as_bytes());
                text.push(b' ');
                bits >>= 5;
            }
            // A number on each line keeps any two files apart.
            text.extend_from_slice(format!("{:x}\n", bits & 0xffff).as_bytes());
        }
        text.truncate(size.saturating_sub(1));
        text.push(b'\n');
        text
    }

    /// `bytes` bytes that cannot be compressed.
    pub(crate) fn noise(&mut self, bytes: u64, out: &mut impl Write) -> io::Result<()> {
        let mut left = bytes;
        let mut block = vec![0; 1 << 20];
        while left > 0 {
            for chunk in block.chunks_exact_mut(8) {
                chunk.copy_from_slice(&self.next().to_le_bytes());
            }
            let take = left.min(block.len() as u64);
            out.write_all(&block[..take as usize])?;
            left -= take;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn the_same_seed_gives_the_same_text_and_another_seed_another() {
        let text = |seed| Numbers::new(seed).text(1000);
        assert_eq!(text(1), text(1), "trees must be the same on every machine");
        assert_ne!(
            text(1),
            text(2),
            "each run must find content it has not seen"
        );
        assert_eq!(text(3).len(), 1000);
    }

    #[test]
    fn sizes_stay_in_their_range() {
        let mut numbers = Numbers::new(7);
        let sizes: Vec<usize> = (0..10_000).map(|_| numbers.size()).collect();
        assert!(sizes.iter().all(|size| (200..=20_480).contains(size)));
        let mean = sizes.iter().sum::<usize>() / sizes.len();
        assert!(
            (3_900..4_900).contains(&mean),
            "log-uniform, so the mean is about 4.4 KiB: {mean}"
        );
    }
}
