//! `git checkpoint log`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::LogArgs, session::Session};

pub(crate) struct LogOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: LogArgs) -> Result<LogOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for LogOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
