//! `git checkpoint validate`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::ValidateArgs, session::Session};

pub(crate) struct ValidateOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: ValidateArgs) -> Result<ValidateOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for ValidateOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
