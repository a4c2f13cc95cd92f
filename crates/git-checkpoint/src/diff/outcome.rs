//! What `diff` tells.

use std::{
    cell::{Cell, RefCell},
    io,
    process::Command,
};

use checkpoint_cli::{Envelope, Outcome, Output, Schema, Talk, write_line};
use checkpoint_model::id::CheckpointId;
use checkpoint_store::Stored;
use schemars::JsonSchema;
use serde::Serialize;

use super::Side;
use crate::changes::Change;

/// What differs, and between which states.
pub(crate) struct DiffOutcome {
    pub(crate) from: Stored,
    pub(crate) to: Side,
    pub(crate) differences: Differences,
}

/// What differs.
pub(crate) enum Differences {
    /// As values.
    Told(Vec<Change>),
    /// As git shows it.
    ByGit(GitDiff),
}

/// A run of git's that is still to come; it prints to our standard output itself.
pub(crate) struct GitDiff {
    command: RefCell<Command>,
    /// Whether git said that there are differences, or errors of white space, where it was asked to.
    has_differences: Cell<bool>,
}

impl From<Command> for GitDiff {
    fn from(command: Command) -> Self {
        Self {
            command: command.into(),
            has_differences: Cell::new(false),
        }
    }
}

impl GitDiff {
    fn show(&self) -> io::Result<()> {
        let status = self.command.borrow_mut().status()?;
        match status.code() {
            Some(0) => Ok(()),
            // 1 of --exit-code, 2 of --check, or both.
            Some(1..=3) => {
                self.has_differences.set(true);
                Ok(())
            }
            // A signal is mostly that of a pager that was left.
            None => Err(io::ErrorKind::BrokenPipe.into()),
            Some(code) => Err(io::Error::other(format!(
                "'git diff' failed with exit status {code}"
            ))),
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct DiffJson<'a> {
    /// The checkpoint that was compared.
    from: CheckpointId,
    /// The one it was compared with; null: the working tree.
    to: Option<CheckpointId>,
    /// The files that differ, sorted by path.
    changes: &'a [Change],
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<DiffJson<'_>>>("diff")
}

impl Outcome for DiffOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        out.flush()?;
        match &self.differences {
            Differences::ByGit(diff) => diff.show(),
            Differences::Told(_) => Ok(()),
        }
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let changes = match &self.differences {
            Differences::Told(changes) => changes.as_slice(),
            Differences::ByGit(_) => &[],
        };
        let body = DiffJson {
            from: self.from.checkpoint.id,
            to: match &self.to {
                Side::Kept(to) => Some(to.checkpoint.id),
                Side::Present(_) => None,
            },
            changes,
        };
        write_line(out, &Envelope::new("checkpoint diff", body))
    }

    fn talk(&self, talk: &Talk) {
        let Side::Present(present) = &self.to else {
            return;
        };
        for skipped in &present.skipped {
            talk.warning(format_args!(
                "'{}' was not compared: {}",
                skipped.path,
                skipped.reason.explain()
            ));
        }
    }

    fn is_refusal(&self) -> bool {
        matches!(&self.differences, Differences::ByGit(diff) if diff.has_differences.get())
    }
}
