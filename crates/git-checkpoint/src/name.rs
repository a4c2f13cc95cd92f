//! `git checkpoint name`: gives a checkpoint a name, which keeps it until it is deleted.

use std::io;

use checkpoint_cli::{Envelope, Outcome, Output, Schema, Session, Style, Talk, write_line};
use checkpoint_model::{id::CheckpointId, name::CheckpointName};
use checkpoint_store::{Named, Naming};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CheckpointError, args::NameArgs};

/// Gives the name; all or nothing.
pub(crate) fn run(session: &Session<'_>, args: NameArgs) -> Result<NameOutcome, CheckpointError> {
    let naming = Naming {
        name: args.name.parse()?,
        replace: args.replace,
        sign: args.sign || session.policy()?.checkpoint.sign,
    };
    let stored = session.choose(&args.checkpoint)?;
    let doing = session.doing("git checkpoint name");
    let named = checkpoint_store::name(&session.repo, &stored, &naming, &doing)?;
    Ok(NameOutcome {
        named,
        name: naming.name,
        was_deleted: !stored.checkpoint.is_kept(),
    })
}

/// A checkpoint that was named.
pub(crate) struct NameOutcome {
    named: Named,
    name: CheckpointName,
    was_deleted: bool,
}

#[derive(Serialize, JsonSchema)]
struct NameJson<'a> {
    /// The checkpoint.
    checkpoint: CheckpointId,
    /// Its name from now on.
    name: &'a CheckpointName,
    /// The checkpoint that had the name before.
    replaced: Option<CheckpointId>,
    /// Whether it had been deleted, and is wanted again.
    was_deleted: bool,
}

/// The schema of `name --json`.
pub(crate) fn schema() -> Schema {
    Schema::of::<Envelope<NameJson<'_>>>("name")
}

impl Outcome for NameOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let id = out.paint(Style::Id, self.named.id.short());
        let name = out.paint(Style::Name, &self.name);
        writeln!(out, "{id} {name}")
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = NameJson {
            checkpoint: self.named.id,
            name: &self.name,
            replaced: self.named.replaced,
            was_deleted: self.was_deleted,
        };
        write_line(out, &Envelope::new("checkpoint name", body))
    }

    fn talk(&self, talk: &Talk) {
        if self.was_deleted {
            talk.status("it had been deleted, and is back");
        }
        if let Some(replaced) = self.named.replaced {
            talk.status(format_args!(
                "'{}' was checkpoint {replaced}, which stays",
                self.name
            ));
        }
    }
}
