//! What was done in a long run, counted.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, time::Duration};

use miette::{IntoDiagnostic as _, Result};

/// How often each thing was done.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<String, u64>);

impl Tally {
    /// Adds what the tests wrote to `counts`, one word for each thing, and removes the file.
    pub(super) fn add(&mut self, counts: &Path) -> Result<()> {
        let Ok(text) = fs_err::read_to_string(counts) else {
            return Ok(());
        };
        for word in text.lines() {
            *self.0.entry(word.to_owned()).or_default() += 1;
        }
        fs_err::remove_file(counts).into_diagnostic()
    }

    /// Whether nothing was done at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One line for each thing, the most frequent first.
    pub(super) fn table(&self, took: Duration) -> String {
        let mut rows: Vec<_> = self.0.iter().collect();
        rows.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
        let mut table = format!("in {} minutes\n", took.as_secs() / 60);
        for (word, n) in rows {
            writeln!(table, "{n:>10}  {word}").expect("a string takes all");
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_comes_first() {
        let dir = tempfile::tempdir().unwrap();
        let counts = dir.path().join("counts");
        fs_err::write(&counts, "undo\nedit\nedit\n").unwrap();
        let mut tally = Tally::default();
        tally.add(&counts).unwrap();
        tally.add(&counts).unwrap();
        let table = tally.table(Duration::from_secs(150));
        assert_eq!(table, "in 2 minutes\n         2  edit\n         1  undo\n");
    }
}
