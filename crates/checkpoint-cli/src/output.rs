//! Standard output: data for people, in colour where they can see it, by a pager where it is long.

use std::{cell::RefCell, fmt, io, rc::Rc};

use chrono::{DateTime, Utc};

use crate::{
    Painted, Style, ago,
    escape::{self, Keep},
    pager::{self, Pager},
    shown,
};

/// Where an outcome is written. `write!` and `writeln!` work on it; whatever is written, no control character but line
/// ends, tabs and the colours of [`Output::paint`] reaches the terminal.
pub struct Output {
    // Before the pager, so that it is dropped first: the pager waits for the end of what is written here, and we wait
    // for the pager.
    out: io::BufWriter<Box<dyn io::Write>>,
    pager: Option<Pager>,
    has_colour: bool,
    now: DateTime<Utc>,
}

impl Output {
    pub(crate) fn new(
        out: Box<dyn io::Write>,
        pager: Option<Pager>,
        has_colour: bool,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            out: io::BufWriter::with_capacity(64 * 1024, out),
            pager,
            has_colour,
            now,
        }
    }

    /// What is written, as text without colours; for tests of an outcome. Fails as `write` does.
    pub fn captured(
        now: DateTime<Utc>,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<String> {
        let memory = Memory::default();
        let mut out = Self::new(Box::new(memory.clone()), None, false, now);
        write(&mut out)?;
        out.finish()?;
        Ok(shown(&memory.0.take()).into_owned())
    }

    /// Text with the colour of its meaning, kept on one line. It does not borrow the output, so it can stand among the
    /// arguments of `writeln!`.
    pub fn paint<T: fmt::Display>(&self, style: Style, text: T) -> Painted<T> {
        Painted {
            text,
            style,
            is_on: self.has_colour,
        }
    }

    /// Adds text that was made harmless before to a line, with the colour of its meaning.
    pub(crate) fn paint_onto(&self, line: &mut String, style: Style, text: &str) {
        match (self.has_colour, style) {
            (false, _) | (_, Style::Plain) => line.push_str(text),
            _ => line.push_str(&self.paint(style, text).to_string()),
        }
    }

    /// Whether there are colours; for a git program that is to have them too.
    pub fn has_colour(&self) -> bool {
        self.has_colour
    }

    /// What a child process that prints beside us must have in its environment: that a pager is in use, where one is,
    /// so that it keeps its colours. For [`Command::envs`](std::process::Command::envs).
    pub fn child_env(&self) -> Option<(&'static str, &'static str)> {
        self.pager.as_ref().map(|_| pager::IN_USE)
    }

    /// How long ago a time was, in git's words; the present is the start of the process.
    pub fn ago(&self, at: DateTime<Utc>) -> String {
        ago(at, self.now)
    }

    /// The time at which the process started.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// What `write!` and `writeln!` call.
    pub fn write_fmt(&mut self, args: fmt::Arguments<'_>) -> io::Result<()> {
        let keep = if self.has_colour {
            Keep::LinesAndColours
        } else {
            Keep::Lines
        };
        escape::write_fmt(&mut self.out, keep, args)
    }

    /// Bytes exactly as they are, such as a file that is exported.
    pub fn write_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        io::Write::write_all(&mut self.out, bytes)
    }

    /// Hands everything written so far to the reader; for output that goes on for long.
    pub fn flush(&mut self) -> io::Result<()> {
        io::Write::flush(&mut self.out)
    }

    /// Writes what is left and waits until the pager was left. An error of the stream shows here at the latest.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.flush()
    }

    pub(crate) fn raw(&mut self) -> &mut dyn io::Write {
        &mut self.out
    }
}

#[derive(Clone, Default)]
struct Memory(Rc<RefCell<Vec<u8>>>);

impl io::Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_written_can_drive_the_terminal() {
        let text = Output::captured(DateTime::UNIX_EPOCH, |out| {
            let name = out.paint(Style::Name, "a\nb");
            writeln!(out, "{name} \x1b[2J {}", out.ago(DateTime::UNIX_EPOCH))?;
            out.write_bytes(b"\x1b: as it is\n")
        });
        assert_eq!(
            text.unwrap(),
            "a\\nb \\u{1b}[2J 0 seconds ago\n\x1b: as it is\n"
        );
    }
}
