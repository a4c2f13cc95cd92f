//! `git checkpoint diff`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::DiffArgs, session::Session};

pub(crate) struct DiffOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: DiffArgs) -> Result<DiffOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for DiffOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
