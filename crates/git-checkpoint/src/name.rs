//! `git checkpoint name`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::NameArgs, session::Session};

pub(crate) struct NameOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: NameArgs) -> Result<NameOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for NameOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
