//! What a command hands back to be told.

use std::io;

use crate::{Exit, Output, Talk};

/// What a command did, as values; told once, at the edge, as text or as JSON.
pub trait Outcome {
    /// Writes the form for people. Standard output is data that can be piped; what is said beside it belongs to
    /// [`Outcome::talk`].
    fn text(&self, out: &mut Output) -> io::Result<()>;

    /// Writes the form for machines: one [`Envelope`](crate::Envelope) by [`write_line`](crate::write_line), or JSON
    /// Lines where a command streams.
    fn json(&self, out: &mut dyn io::Write) -> io::Result<()>;

    /// Says what belongs beside the data: a status, a warning, the next command as a hint. Comes after the data, when
    /// the pager was left; also with `--json`, since it goes to standard error.
    fn talk(&self, talk: &Talk) {
        let _: &Talk = talk;
    }

    /// What was done although the answer cannot be written, in a few words: who reads of a failure must not think that
    /// nothing happened. [`Outcome::talk`] comes behind it.
    fn done(&self) -> String {
        let done = match self.exit() {
            Exit::Done => "all else was done",
            _ => "the answer is lost",
        };
        done.to_owned()
    }

    /// Whether the text is worth a pager when standard output is a terminal.
    fn wants_pager(&self) -> bool {
        false
    }

    /// Whether the answer was no although there is data to show, as when a check found something: exit 1.
    fn is_refusal(&self) -> bool {
        false
    }

    /// How the command ends.
    fn exit(&self) -> Exit {
        match self.is_refusal() {
            true => Exit::Refused,
            false => Exit::Done,
        }
    }
}
