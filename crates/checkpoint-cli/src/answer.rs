//! What a command answers that can have more than one outcome, as one type for the edge.

use std::io;

use crate::{Exit, Outcome, Output, Talk};

/// The outcome of whichever work was done.
pub struct Answer(Box<dyn Outcome>);

impl Answer {
    /// Wraps an outcome.
    pub fn of(outcome: impl Outcome + 'static) -> Self {
        Self(Box::new(outcome))
    }
}

impl Outcome for Answer {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        self.0.text(out)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.0.json(out)
    }

    fn talk(&self, talk: &Talk) {
        self.0.talk(talk);
    }

    fn done(&self) -> String {
        self.0.done()
    }

    fn wants_pager(&self) -> bool {
        self.0.wants_pager()
    }

    fn is_refusal(&self) -> bool {
        self.0.is_refusal()
    }

    fn exit(&self) -> Exit {
        self.0.exit()
    }
}
