//! `git checkpoint show`: all that is known of one checkpoint, and what it holds against its HEAD.

mod outcome;

use bstr::BString;
use checkpoint_cli::{Schema, Session};
use checkpoint_store::{Place, Stored};
use gix::ObjectId;

pub(crate) use self::outcome::ShowOutcome;
use crate::{
    CheckpointError,
    args::ShowArgs,
    changes::{self, Change},
};

/// Shows a checkpoint. Where only its record is here, what it holds cannot be told, and is left out.
pub(crate) fn run(session: &Session<'_>, args: ShowArgs) -> Result<ShowOutcome, CheckpointError> {
    let stored = session.choose(&args.checkpoint)?;
    let holdings = match stored.place {
        Place::Here => Some(Holdings::read(session, &stored)?),
        Place::Pruned | Place::Elsewhere => None,
    };
    Ok(ShowOutcome { stored, holdings })
}

/// The schema of `show --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// What a checkpoint holds against its HEAD; against nothing, where the branch was unborn.
pub(crate) struct Holdings {
    pub(crate) changes: Vec<Change>,
    /// git's own diffstat, with colours.
    pub(crate) stat: BString,
}

impl Holdings {
    fn read(session: &Session<'_>, stored: &Stored) -> Result<Self, CheckpointError> {
        let repo = &session.repo;
        let head = stored.checkpoint.created.head.as_deref();
        let head = head.and_then(|hex| ObjectId::from_hex(hex.as_bytes()).ok());
        let head = head.unwrap_or_else(|| repo.gix().object_hash().empty_tree());
        if session.console.is_json() {
            let changes = changes::between(session, (head, stored.snapshot), &[], None)?;
            let stat = BString::default();
            return Ok(Self { changes, stat });
        }
        // A person's own colours are not among those that pass to the terminal.
        let plain = ["-c", "color.diff.new=green", "-c", "color.diff.old=red"];
        let diff = [
            "diff",
            "--stat",
            "--color=always",
            "--no-ext-diff",
            "--no-relative",
        ];
        let trees = [head.to_string(), stored.snapshot.to_string()];
        let words = plain.into_iter().chain(diff).map(str::to_owned);
        let stat = repo.git(words.chain(trees)).output()?;
        Ok(Self {
            changes: Vec::new(),
            stat,
        })
    }
}
