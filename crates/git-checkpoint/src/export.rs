//! `git checkpoint export`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::ExportArgs, session::Session};

pub(crate) struct ExportOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: ExportArgs) -> Result<ExportOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for ExportOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
