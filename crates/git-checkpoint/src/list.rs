//! `git checkpoint list`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::ListArgs, session::Session};

pub(crate) struct ListOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: ListArgs) -> Result<ListOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for ListOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
