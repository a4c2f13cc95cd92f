//! `git checkpoint prune`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::PruneArgs, session::Session};

pub(crate) struct PruneOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: PruneArgs) -> Result<PruneOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for PruneOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
