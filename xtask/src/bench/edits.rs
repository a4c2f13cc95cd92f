//! What was done to the working tree before a run: the cases.

use std::{io::BufWriter, path::Path};

use miette::{IntoDiagnostic as _, Result};

use super::{field::Field, text::Numbers};

/// A kind of edit. Applied again with another seed it gives other content in the same places.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edits {
    /// Nothing is changed.
    Clean,
    /// So many tracked files have new content.
    Changed(usize),
    /// So many new files, spread over the directories.
    Untracked(usize),
    /// One new file of so many bytes that cannot be compressed.
    Huge(u64),
}

impl Edits {
    /// The case as the tables call it.
    pub(crate) fn label(self) -> String {
        match self {
            Self::Clean => "clean".to_owned(),
            Self::Changed(count) => format!("{count} changed"),
            Self::Untracked(count) => format!("{count} untracked"),
            Self::Huge(bytes) => format!("new {} MB file, incompressible", bytes / 1_000_000),
        }
    }

    /// Writes the content of `seed`; on disk when it returns, so that a competitor which syncs
    /// does not pay for our writing.
    pub(crate) fn apply(self, field: &Field, seed: u64) -> Result<()> {
        match self {
            Self::Clean => return Ok(()),
            Self::Changed(count) => {
                for (n, path) in field.sample.iter().take(count).enumerate() {
                    write(&field.top.join(path), seed, n)?;
                }
            }
            Self::Untracked(count) => {
                for n in 0..count {
                    let beside = &field.sample[n % field.sample.len()];
                    let name = format!("untracked_{n}.rs");
                    write(&field.top.join(beside).with_file_name(name), seed, n)?;
                }
            }
            Self::Huge(bytes) => {
                let file = fs_err::File::create(field.top.join("huge.bin")).into_diagnostic()?;
                let mut out = BufWriter::new(file);
                Numbers::new(seed)
                    .noise(bytes, &mut out)
                    .into_diagnostic()?;
                std::io::Write::flush(&mut out).into_diagnostic()?;
            }
        }
        rustix::fs::sync();
        Ok(())
    }

    /// What the first edited file holds, to see whether it came back; of a huge file its beginning.
    pub(crate) fn content(self, field: &Field) -> Result<Vec<u8>> {
        let path = match self {
            Self::Huge(_) => field.top.join("huge.bin"),
            _ => field.top.join(&field.sample[0]),
        };
        let mut start = Vec::new();
        let file = fs_err::File::open(path).into_diagnostic()?;
        std::io::Read::read_to_end(&mut std::io::Read::take(file, 1 << 20), &mut start)
            .into_diagnostic()?;
        Ok(start)
    }
}

pub(super) fn write(path: &Path, seed: u64, n: usize) -> Result<()> {
    let mut numbers = Numbers::new(seed.wrapping_mul(1_000_003).wrapping_add(n as u64));
    let size = numbers.size();
    fs_err::write(path, numbers.text(size)).into_diagnostic()
}
