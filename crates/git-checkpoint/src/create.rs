//! `git checkpoint create`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::CreateArgs, session::Session};

pub(crate) struct CreateOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: CreateArgs) -> Result<CreateOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for CreateOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
