//! `git checkpoint delete`.

use std::{convert::Infallible, io};

use checkpoint_cli::{Outcome, Output};

use crate::{CheckpointError, args::DeleteArgs, session::Session};

pub(crate) struct DeleteOutcome(Infallible);

pub(crate) fn run(_: &Session<'_>, _: DeleteArgs) -> Result<DeleteOutcome, CheckpointError> {
    unimplemented!()
}

impl Outcome for DeleteOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        match self.0 {}
    }

    fn json(&self, _: &mut dyn io::Write) -> io::Result<()> {
        match self.0 {}
    }
}
