//! Columns that line up.

use std::{
    fmt::{self, Write as _},
    io,
};

use unicode_width::UnicodeWidthStr;

use crate::{
    Output, Style,
    escape::{Keep, Safe},
};

/// At which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// One cell: text on one line, and what it means.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    width: usize,
    style: Style,
}

impl Cell {
    /// A cell; what could drive the terminal is spelled out, so that the width is the one seen.
    pub fn new(style: Style, text: impl fmt::Display) -> Self {
        let mut shown = String::new();
        write!(
            Safe {
                out: &mut shown,
                keep: Keep::OneLine
            },
            "{text}"
        )
        .expect("a string takes all that is written");
        Self {
            width: shown.width(),
            text: shown,
            style,
        }
    }
}

impl<T: fmt::Display> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(Style::Plain, text)
    }
}

/// Rows whose cells line up, two columns of space between; wide characters count as two, combining ones as none.
#[derive(Debug, Clone)]
pub struct Table<const N: usize> {
    aligns: [Align; N],
    rows: Vec<[Cell; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table with these columns.
    pub const fn new(aligns: [Align; N]) -> Self {
        Self {
            aligns,
            rows: Vec::new(),
        }
    }

    /// Adds a row below the others.
    pub fn row(&mut self, cells: [Cell; N]) {
        self.rows.push(cells);
    }

    /// Writes the rows, each after `indent` spaces and without spaces at its end. A column that is empty in all rows
    /// is left out.
    pub fn write(&self, out: &mut Output, indent: usize) -> io::Result<()> {
        let widths = self.widths();
        for row in &self.rows {
            // Spaces wait until there is text to their right.
            let mut pending = indent;
            for (column, cell) in row
                .iter()
                .enumerate()
                .filter(|(column, _)| widths[*column] > 0)
            {
                let fill = widths[column] - cell.width;
                let (before, after) = if self.aligns[column] == Align::Right {
                    (fill, 0)
                } else {
                    (0, fill)
                };
                if cell.width > 0 {
                    let painted = out.paint(cell.style, &cell.text);
                    write!(out, "{}{painted}", Spaces(pending + before))?;
                    pending = after + 2;
                } else {
                    pending += fill + 2;
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn widths(&self) -> [usize; N] {
        let mut widths = [0; N];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width.max(*width);
            }
        }
        widths
    }
}

/// Many spaces at once; `{:1$}` would write them one by one, which shows in a list of ten thousand.
struct Spaces(usize);

impl fmt::Display for Spaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SPACES: &str = "                                ";
        let mut left = self.0;
        while left > 0 {
            let now = left.min(SPACES.len());
            f.write_str(&SPACES[..now])?;
            left -= now;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn columns_line_up_by_the_width_that_is_seen() {
        let mut table = Table::new([Align::Left, Align::Right, Align::Left, Align::Left]);
        table.row(["a".into(), 5.into(), "".into(), "first".into()]);
        table.row(["検査".into(), 10_000.into(), "".into(), "".into()]);
        table.row([
            Cell::new(Style::Id, "e\u{301}\n"),
            "".into(),
            "".into(),
            "third\x1b[2J".into(),
        ]);
        assert_eq!(
            Spaces(70).to_string(),
            " ".repeat(70),
            "more than are written at once"
        );
        assert_eq!(
            Output::captured(DateTime::UNIX_EPOCH, |out| table.write(out, 1)).unwrap(),
            " a         5  first\n 検査  10000\n e\u{301}\\n          third\\u{1b}[2J\n",
        );
    }
}
