//! `git checkpoint show`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::ShowArgs, session::Session};

pub(crate) struct ShowOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: ShowArgs) -> Result<ShowOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for ShowOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
