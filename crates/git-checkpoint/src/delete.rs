//! `git checkpoint delete`: says that checkpoints are no longer wanted.

use std::io;

use checkpoint_cli::{
    Envelope, Outcome, Output, Schema, Session, Talk, count, shell_word, write_line,
};
use checkpoint_model::{id::CheckpointId, name::CheckpointName};
use checkpoint_store::{Place, Stored};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CheckpointError, args::DeleteArgs};

/// Deletes all that are named, or none: one that is unknown stops it before anything is changed. Their states stay
/// until `prune`, after the days of grace.
pub(crate) fn run(
    session: &Session<'_>,
    args: DeleteArgs,
) -> Result<DeleteOutcome, CheckpointError> {
    let grace_days = session.policy()?.retention.grace_days;
    let chosen = session.choose_all(&args.checkpoints)?;
    let doing = session.doing("git checkpoint delete");
    let all: Vec<_> = chosen.iter().collect();
    let ids = checkpoint_store::delete(&session.repo, &all, &doing)?;
    let (deleted, before) = chosen
        .into_iter()
        .partition(|stored| ids.contains(&stored.checkpoint.id));
    Ok(DeleteOutcome {
        deleted,
        before,
        grace_days,
    })
}

/// Checkpoints that were deleted.
pub(crate) struct DeleteOutcome {
    deleted: Vec<Stored>,
    /// Those that had been deleted before.
    before: Vec<Stored>,
    grace_days: u64,
}

#[derive(Serialize, JsonSchema)]
struct DeleteJson<'a> {
    /// In the order in which they were named.
    deleted: Vec<DeletedJson<'a>>,
    /// Those that had been deleted before.
    unchanged: Vec<CheckpointId>,
    /// For so many days their states can be had back.
    grace_days: u64,
}

#[derive(Serialize, JsonSchema)]
struct DeletedJson<'a> {
    checkpoint: CheckpointId,
    /// The name it had, which is free now.
    name: Option<&'a CheckpointName>,
    /// The snapshot commit.
    snapshot: &'a str,
}

/// The schema of `delete --json`.
pub(crate) fn schema() -> Schema {
    Schema::of::<Envelope<DeleteJson<'_>>>("delete")
}

impl Outcome for DeleteOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        for stored in &self.deleted {
            let id = stored.checkpoint.id;
            match &stored.checkpoint.name {
                Some(name) => writeln!(out, "Deleted checkpoint '{name}' (was {id})")?,
                None => writeln!(out, "Deleted checkpoint {id}")?,
            }
        }
        Ok(())
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let deleted = self.deleted.iter().map(|stored| DeletedJson {
            checkpoint: stored.checkpoint.id,
            name: stored.checkpoint.name.as_ref(),
            snapshot: &stored.checkpoint.created.snapshot,
        });
        let body = DeleteJson {
            deleted: deleted.collect(),
            unchanged: self.before.iter().map(|it| it.checkpoint.id).collect(),
            grace_days: self.grace_days,
        };
        write_line(out, &Envelope::new("checkpoint delete", body))
    }

    fn talk(&self, talk: &Talk) {
        for stored in &self.before {
            let id = stored.checkpoint.id;
            talk.warning(format_args!("checkpoint {id} was deleted before"));
        }
        let restorable = self.deleted.iter().find(|it| it.place == Place::Here);
        if let Some(stored) = restorable {
            let name = stored.checkpoint.name.as_deref().map(shell_word);
            let name = name.unwrap_or_else(|| "<name>".into());
            let days = count(self.grace_days, "day", "days");
            let id = stored.checkpoint.id;
            talk.hint(format_args!(
                "use \"git checkpoint name {id} {name}\" to have it back; \"git checkpoint prune\" takes it away \
                 after {days}"
            ));
        }
    }
}
