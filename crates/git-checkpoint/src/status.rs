//! `git checkpoint status`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, session::Session};

pub(crate) struct StatusOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>) -> Result<StatusOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for StatusOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
