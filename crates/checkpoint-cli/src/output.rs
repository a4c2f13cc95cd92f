//! Standard output: data for people, in colour where they can see it, by a pager where it is long.

use std::{fmt, io};

use chrono::{DateTime, Utc};

use crate::{
    Painted, Style, ago,
    escape::{self, Keep},
    pager::{self, Pager},
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

    /// An output into memory or any other place, for tests of an outcome's text.
    pub fn plain(out: impl io::Write + 'static, now: DateTime<Utc>) -> Self {
        Self::new(Box::new(out), None, false, now)
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
