//! `git checkpoint summary`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::SummaryArgs, session::Session};

pub(crate) struct SummaryOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: SummaryArgs) -> Result<SummaryOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for SummaryOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
