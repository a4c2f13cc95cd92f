//! What `create` tells.

use std::io;

use checkpoint_cli::{
    CheckpointView, Envelope, Outcome, Output, Schema, Style, Talk, tell_skipped, write_line,
};
use checkpoint_model::{id::CheckpointId, name::CheckpointName};
use checkpoint_store::Stored;
use gix::ObjectId;
use schemars::JsonSchema;
use serde::Serialize;

/// What became of `create`.
pub(crate) enum CreateOutcome {
    /// A checkpoint was made.
    Created {
        stored: Stored,
        /// Whether the index differed from HEAD.
        has_staged: bool,
        /// The checkpoint that had the name before.
        replaced: Option<CheckpointId>,
        /// What `--commit` committed, if there was anything to commit.
        commit: Option<ObjectId>,
    },
    /// `--if-changed`, and the latest one holds this state.
    Unchanged {
        latest: Stored,
        /// The name that was asked for.
        asked_name: Option<CheckpointName>,
    },
}

#[derive(Serialize, JsonSchema)]
struct CreateJson {
    /// Whether a checkpoint was made; false only with --if-changed.
    created: bool,
    /// The checkpoint; where none was made, the latest, which holds the same state.
    checkpoint: CheckpointView,
    /// The id of the checkpoint that had the name before.
    replaced: Option<CheckpointId>,
    /// The commit that --commit made; null when there was nothing to commit.
    commit: Option<String>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<CreateJson>>("create")
}

impl Outcome for CreateOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let Self::Created {
            stored, has_staged, ..
        } = self
        else {
            return Ok(());
        };
        let id = out.paint(Style::Id, stored.checkpoint.id.short());
        write!(out, "{id}")?;
        if let Some(name) = &stored.checkpoint.name {
            write!(out, " {}", out.paint(Style::Name, name))?;
        }
        writeln!(out, "  {}", holds(stored, *has_staged))
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = match self {
            Self::Created {
                stored,
                replaced,
                commit,
                ..
            } => CreateJson {
                created: true,
                checkpoint: stored.into(),
                replaced: *replaced,
                commit: commit.map(|id| id.to_string()),
            },
            Self::Unchanged { latest, .. } => CreateJson {
                created: false,
                checkpoint: latest.into(),
                replaced: None,
                commit: None,
            },
        };
        write_line(out, &Envelope::new("checkpoint create", body))
    }

    fn talk(&self, talk: &Talk) {
        match self {
            Self::Created {
                stored,
                replaced,
                has_staged,
                commit,
                ..
            } => {
                if let Some(commit) = commit {
                    talk.status(format_args!("committed {}", commit.to_hex_with_len(7)));
                }
                if let (Some(replaced), Some(name)) = (replaced, &stored.checkpoint.name) {
                    talk.status(format_args!(
                        "'{name}' was {replaced}, which stays by its id"
                    ));
                }
                tell_skipped(&stored.checkpoint.created.skipped, talk);
                hint_at_return(stored, *has_staged, talk);
            }
            Self::Unchanged { latest, asked_name } => {
                let id = latest.checkpoint.id.short();
                talk.status(format_args!("nothing has changed since checkpoint {id}"));
                if let Some(name) = asked_name
                    .as_ref()
                    .filter(|_| latest.checkpoint.name.is_none())
                {
                    talk.hint(format_args!(
                        "use \"git checkpoint name {id} {name}\" to name it"
                    ));
                }
            }
        }
    }
}

/// What stands out in the state, in few words.
fn holds(stored: &Stored, has_staged: bool) -> String {
    let created = &stored.checkpoint.created;
    let mut parts: Vec<String> = match created.operations.is_empty() {
        true => created.operation.iter().map(ToString::to_string).collect(),
        false => created.operations.iter().map(ToString::to_string).collect(),
    };
    if has_staged {
        parts.push("staged changes".to_owned());
    }
    for (n, what) in [
        (created.files.changed, "changed"),
        (created.files.untracked, "untracked"),
    ] {
        if n > 0 {
            parts.push(format!("{n} {what}"));
        }
    }
    match parts.is_empty() {
        true => "clean".to_owned(),
        false => parts.join(", "),
    }
}

/// Plain git can bring back what a stash can hold: changes on a HEAD that is still there.
fn hint_at_return(stored: &Stored, has_staged: bool, talk: &Talk) {
    let created = &stored.checkpoint.created;
    let files = created.files;
    let has_changes = has_staged || files.changed + files.untracked > 0;
    if has_changes && created.head.is_some() && created.operation.is_none() {
        let state = stored.checkpoint.id.ref_name();
        // With nothing staged git leaves untracked files staged as new.
        let unstage = if has_staged { "" } else { " && git reset -q" };
        talk.hint(format_args!(
            "on a clean working tree, plain git brings it back:\n  git stash apply --index {state}{unstage}"
        ));
    }
}
