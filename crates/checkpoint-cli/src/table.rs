//! Columns that line up.

use std::{borrow::Cow, fmt, io};

use unicode_width::UnicodeWidthStr;

use crate::{
    Output, Style,
    escape::{Keep, safe},
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
pub struct Cell<'a> {
    text: Cow<'a, str>,
    width: usize,
    style: Style,
}

impl<'a> Cell<'a> {
    /// A cell; what could drive the terminal is spelled out, so that the width is the one seen.
    pub fn new(style: Style, text: impl fmt::Display) -> Self {
        Self::text(style, text.to_string())
    }

    /// Like [`new`](Self::new), for text that need not be formatted; what is harmless is not copied.
    pub fn text(style: Style, text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            let width = text.len();
            return Self { text, width, style };
        }
        let text = safe(&text, Keep::OneLine);
        Self {
            width: text.width(),
            text: text.into(),
            style,
        }
    }
}

impl<T: fmt::Display> From<T> for Cell<'_> {
    fn from(text: T) -> Self {
        Self::new(Style::Plain, text)
    }
}

/// Rows whose cells line up, two columns of space between; wide characters count as two, combining ones as none.
#[derive(Debug, Clone)]
pub struct Table<const N: usize> {
    aligns: [Align; N],
    widths: [usize; N],
    /// The texts of all cells, one after the other: ten thousand rows are one piece of memory.
    texts: String,
    cells: Vec<Placed>,
}

/// A cell whose text ends here, and begins where that of the cell before it ends.
#[derive(Debug, Clone, Copy)]
struct Placed {
    end: u32,
    width: u32,
    style: Style,
}

impl<const N: usize> Table<N> {
    /// An empty table with these columns.
    pub const fn new(aligns: [Align; N]) -> Self {
        Self {
            aligns,
            widths: [0; N],
            texts: String::new(),
            cells: Vec::new(),
        }
    }

    /// Adds a row below the others.
    pub fn row(&mut self, cells: [Cell<'_>; N]) {
        for (cell, widest) in cells.iter().zip(&mut self.widths) {
            *widest = cell.width.max(*widest);
            self.texts.push_str(&cell.text);
            let short = |length| u32::try_from(length).expect("nobody prints four gigabytes");
            self.cells.push(Placed {
                end: short(self.texts.len()),
                width: short(cell.width),
                style: cell.style,
            });
        }
    }

    /// Writes the rows, each after `indent` spaces and without spaces at its end. A column that is empty in all rows
    /// is left out.
    pub fn write(&self, out: &mut Output, indent: usize) -> io::Result<()> {
        let mut line = String::new();
        let mut start = 0;
        for row in self.cells.chunks_exact(N) {
            line.clear();
            // Spaces wait until there is text to their right.
            let mut pending = indent;
            for (column, cell) in row.iter().enumerate() {
                let (end, width) = (cell.end as usize, cell.width as usize);
                let text = &self.texts[start..end];
                start = end;
                if self.widths[column] == 0 {
                    continue;
                }
                let fill = self.widths[column] - width;
                if width == 0 {
                    pending += fill + 2;
                    continue;
                }
                let (before, after) = match self.aligns[column] {
                    Align::Right => (fill, 0),
                    Align::Left => (0, fill),
                };
                push_spaces(&mut line, pending + before);
                out.paint_onto(&mut line, cell.style, text);
                pending = after + 2;
            }
            line.push('\n');
            // Cells have no control characters left; looking again shows in a list of ten thousand.
            out.write_bytes(line.as_bytes())?;
        }
        Ok(())
    }
}

/// Many spaces at once; `{:1$}` would write them one by one.
fn push_spaces(line: &mut String, count: usize) {
    const SPACES: &str = "                                ";
    let mut left = count;
    while left > 0 {
        let now = left.min(SPACES.len());
        line.push_str(&SPACES[..now]);
        left -= now;
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
        let mut line = String::new();
        push_spaces(&mut line, 70);
        assert_eq!(line, " ".repeat(70), "more than are added at once");
        assert_eq!(
            Output::captured(DateTime::UNIX_EPOCH, |out| table.write(out, 1)).unwrap(),
            " a         5  first\n 検査  10000\n e\u{301}\\n          third\\u{1b}[2J\n",
        );
    }
}
