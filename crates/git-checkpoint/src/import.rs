//! `git checkpoint import`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::ImportArgs, session::Session};

pub(crate) struct ImportOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: ImportArgs) -> Result<ImportOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for ImportOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
