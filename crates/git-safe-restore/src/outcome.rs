//! What became of a restore.

use std::io;

use checkpoint_cli::{CheckpointView, Envelope, Outcome, Output, Schema, Style, Talk, write_line};
use checkpoint_model::{
    id::CheckpointId,
    restore::{Action, Plan},
};
use checkpoint_restore::Restored;
use checkpoint_store::Stored;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{picture, target::Target};

/// A restore that was done, or not.
pub(crate) struct RestoreOutcome {
    target: Stored,
    action: Action,
    /// None where it did not come to one: HEAD has moved, and neither of the choices was taken.
    plan: Option<Plan>,
    told: Told,
    backup: Option<CheckpointId>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    /// It was done.
    Restored,
    /// Everything is as it should be already.
    Unchanged,
    /// It was only to be shown.
    Planned,
    /// Whoever was asked said no.
    Declined,
    /// Nobody could be asked, and --force was not given.
    Refused,
}

impl RestoreOutcome {
    pub(crate) fn new(target: &Target, plan: Plan, told: Told) -> Self {
        Self {
            target: target.stored.clone(),
            action: target.asked.action,
            plan: Some(plan),
            told,
            backup: None,
        }
    }

    pub(crate) fn done(target: &Target, restored: Restored) -> Self {
        let told = match restored.backup {
            Some(_) => Told::Restored,
            None => Told::Unchanged,
        };
        Self {
            backup: restored.backup,
            ..Self::new(target, restored.plan, told)
        }
    }

    pub(crate) fn declined_unplanned(target: Target) -> Self {
        Self {
            target: target.stored,
            action: target.asked.action,
            plan: None,
            told: Told::Declined,
            backup: None,
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct RestoreJson<'a> {
    /// What became of it.
    outcome: Told,
    /// What the restore counts as.
    action: Action,
    /// What is, or would be, put back.
    checkpoint: CheckpointView,
    /// What was done, or would be; null when HEAD has moved and neither of the choices was taken.
    plan: Option<&'a Plan>,
    /// The checkpoint of what was there before; null when nothing was done.
    backup: Option<CheckpointId>,
}

/// The schema of `--json`.
pub(crate) fn schema() -> Schema {
    Schema::of::<Envelope<RestoreJson<'_>>>("safe-restore")
}

impl Outcome for RestoreOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        match (self.told, &self.plan) {
            (Told::Planned | Told::Refused, Some(plan)) => {
                picture::draw(out, &self.target, plan, usize::MAX)
            }
            (Told::Restored, Some(plan)) => {
                let id = out.paint(Style::Id, self.target.checkpoint.id.short());
                write!(out, "{} {id}", verb(self.action))?;
                if let Some(name) = &self.target.checkpoint.name {
                    write!(out, " {}", out.paint(Style::Name, name))?;
                }
                match picture::summary(plan) {
                    what if what.is_empty() => writeln!(out),
                    what => writeln!(out, ": {what}"),
                }
            }
            _ => Ok(()),
        }
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = RestoreJson {
            outcome: self.told,
            action: self.action,
            checkpoint: (&self.target).into(),
            plan: self.plan.as_ref(),
            backup: self.backup,
        };
        write_line(out, &Envelope::new("safe-restore", body))
    }

    fn talk(&self, talk: &Talk) {
        match self.told {
            Told::Planned => {}
            Told::Restored => self.tell_way_back(talk),
            Told::Declined => talk.status("nothing was changed"),
            Told::Unchanged => {
                let id = self.target.checkpoint.id.short();
                talk.status(format_args!("nothing to do: all is as in checkpoint {id}"));
            }
            Told::Refused => {
                talk.status("nothing was changed: there is no terminal to ask on");
                talk.hint("--force does it without asking, --dry-run only shows it");
            }
        }
    }

    fn is_refusal(&self) -> bool {
        matches!(self.told, Told::Declined | Told::Refused)
    }
}

impl RestoreOutcome {
    /// The backup, and the line that goes back to it.
    fn tell_way_back(&self, talk: &Talk) {
        let Some(backup) = self.backup else { return };
        let back = match self.action {
            Action::Restore | Action::Redo => "git safe-restore --undo".to_owned(),
            Action::Undo => "git safe-restore --redo".to_owned(),
            Action::Abort => format!("git safe-restore {backup} --exact"),
        };
        talk.status(format_args!("what was there before is kept as {backup}"));
        talk.status(format_args!("to take this back: {back}"));
    }
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Restore => "Restored",
        Action::Undo => "Undone, back to",
        Action::Redo => "Redone, back to",
        Action::Abort => "Given up, back to",
    }
}
