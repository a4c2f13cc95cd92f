//! `git agent-run abandon`.

use std::{io, path::Path};

use checkpoint_cli::{
    CheckpointView, Envelope, Outcome, Output, Schema, Session, Talk, shell_word, write_line,
};
use checkpoint_model::run::Line;
use checkpoint_run::{Abandon, Abandoned};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{AgentRunError, args::AbandonArgs, view::RunView};

/// Gives the run up; what it has made stays restorable.
pub(crate) fn run(
    session: &Session<'_>,
    args: &AbandonArgs,
) -> Result<AbandonOutcome, AgentRunError> {
    let reason: Option<Line> = args.message.as_deref().map(str::parse).transpose()?;
    let run = checkpoint_run::choose_here(session, args.run.as_deref())?;
    let wish = Abandon {
        reason: reason.map(String::from),
        discard_ignored: args.discard_ignored,
    };
    let abandoned = checkpoint_run::abandon(session, &run, &wish)?;
    let closed = match args.close {
        true => checkpoint_run::close(session, &run)?,
        false => None,
    };
    let cwd = &session.surroundings.cwd;
    let mut gone = abandoned.worktree.iter();
    let is_adrift = gone.any(|dir| cwd.starts_with(dir));
    Ok(AbandonOutcome {
        abandoned,
        closed,
        is_adrift,
    })
}

/// A run that was given up.
pub(crate) struct AbandonOutcome {
    abandoned: Abandoned,
    /// The pull request that was closed.
    closed: Option<String>,
    /// Whether the directory that we are in is gone.
    is_adrift: bool,
}

#[derive(Serialize, JsonSchema)]
struct AbandonJson {
    /// The run as it is now.
    run: RunView,
    /// The checkpoint that has its work; null where there was nothing to keep.
    checkpoint: Option<CheckpointView>,
    /// The working tree that was removed.
    worktree_removed: Option<String>,
    /// The ignored files and directories that went with it.
    ignored_removed: Vec<String>,
    /// Whether the branch was removed.
    branch_removed: bool,
    /// The page of the pull request that was closed.
    closed: Option<String>,
    /// What stays, and why.
    kept: Vec<String>,
}

/// The schema of `abandon --json`.
pub(crate) fn schema() -> Schema {
    Schema::of::<Envelope<AbandonJson>>("run-abandon")
}

impl Outcome for AbandonOutcome {
    fn text(&self, _: &mut Output) -> io::Result<()> {
        Ok(())
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let abandoned = &self.abandoned;
        let body = AbandonJson {
            run: (&abandoned.run).into(),
            checkpoint: abandoned.checkpoint.as_ref().map(Into::into),
            worktree_removed: abandoned
                .worktree
                .as_ref()
                .map(|dir| dir.display().to_string()),
            ignored_removed: abandoned.ignored.clone(),
            branch_removed: abandoned.is_branch_removed,
            closed: self.closed.clone(),
            kept: abandoned.kept.clone(),
        };
        write_line(out, &Envelope::new("agent-run abandon", body))
    }

    fn talk(&self, talk: &Talk) {
        let abandoned = &self.abandoned;
        let run = &abandoned.run;
        talk.status(format_args!("abandoned {}", run.short_branch()));
        if let Some(dir) = &abandoned.worktree {
            talk.status(format_args!("removed {}", dir.display()));
        }
        if !abandoned.ignored.is_empty() {
            let ignored = in_short(&abandoned.ignored);
            talk.warning(format_args!("with ignored files: {ignored}"));
        }
        if abandoned.is_branch_removed {
            talk.status(format_args!("removed {}", run.started.branch));
        }
        if let Some(url) = &self.closed {
            talk.status(format_args!("closed {url}"));
        }
        abandoned.kept.iter().for_each(|why| talk.warning(why));
        if let Some(stored) = &abandoned.checkpoint {
            let name = stored.checkpoint.name.as_ref();
            let name = name.map_or_else(|| stored.checkpoint.id.to_string(), ToString::to_string);
            talk.status(format_args!("its work is checkpoint {name}"));
        }
        if abandoned.is_restorable {
            talk.hint(format_args!("to have it back: {}", self.resume()));
        }
    }
}

impl AbandonOutcome {
    /// The line that brings the run back, as it can be typed here: git begins nowhere in a directory that is gone.
    fn resume(&self) -> String {
        let run = &self.abandoned.run;
        let word = shell_word(run.short_branch());
        if !self.is_adrift {
            return format!("git agent-run resume {word}");
        }
        let common = Path::new(&run.repository);
        let top = common.parent().filter(|_| common.ends_with(".git"));
        let top = shell_word(&top.unwrap_or(common).to_string_lossy()).into_owned();
        format!("git -C {top} agent-run resume {word}")
    }
}

/// How many paths are named.
const N_NAMED: usize = 5;

fn in_short(paths: &[String]) -> String {
    let named = paths[..paths.len().min(N_NAMED)].join(", ");
    match paths.len().saturating_sub(N_NAMED) {
        0 => named,
        more => format!("{named}, and {more} more"),
    }
}
