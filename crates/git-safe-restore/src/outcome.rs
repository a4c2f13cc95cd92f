//! What became of a restore.

use std::io;

use checkpoint_cli::{
    CheckpointView, Envelope, Outcome, Output, Schema, Style, Talk, count, write_line,
};
use checkpoint_model::{
    id::CheckpointId,
    restore::{Action, Plan},
};
use checkpoint_restore::{RestoreError, Restored};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{picture, target::Subject};

/// A restore that was done, or not.
pub(crate) struct RestoreOutcome {
    subject: Subject,
    /// None where it did not come to one: HEAD has moved, and neither of the choices was taken.
    plan: Option<Plan>,
    told: Told,
    backup: Option<CheckpointId>,
    /// Why the restore would be refused, where it was only to be shown.
    refusal: Option<String>,
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
    pub(crate) fn new(subject: &Subject, plan: Plan, told: Told) -> Self {
        Self {
            subject: subject.clone(),
            plan: Some(plan),
            told,
            backup: None,
            refusal: None,
        }
    }

    pub(crate) fn done(subject: &Subject, restored: Restored) -> Self {
        let told = match restored.backup {
            Some(_) => Told::Restored,
            None => Told::Unchanged,
        };
        Self {
            backup: restored.backup,
            ..Self::new(subject, restored.plan, told)
        }
    }

    /// The same, and what would be said if it were to be done.
    pub(crate) fn but(self, refusal: Option<RestoreError>) -> Self {
        Self {
            refusal: refusal.map(|refusal| refusal.to_string()),
            ..self
        }
    }

    pub(crate) fn declined_unplanned(subject: Subject) -> Self {
        Self {
            subject,
            plan: None,
            told: Told::Declined,
            backup: None,
            refusal: None,
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct RestoreJson<'a> {
    /// What became of it.
    outcome: Told,
    /// What the restore counts as.
    action: Action,
    /// What is, or would be, put back; null when commits are gone back, which the plan tells then.
    checkpoint: Option<CheckpointView>,
    /// What was done, or would be; null when HEAD has moved and neither of the choices was taken.
    plan: Option<&'a Plan>,
    /// The checkpoint of what was there before; null when nothing was done.
    backup: Option<CheckpointId>,
    /// Why the restore would be refused; null when it would not, or was not only to be shown.
    refusal: Option<&'a str>,
}

/// The schema of `--json`.
pub(crate) fn schema() -> Schema {
    Schema::of::<Envelope<RestoreJson<'_>>>("safe-restore")
}

impl Outcome for RestoreOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        match (self.told, &self.plan) {
            (Told::Planned | Told::Refused, Some(plan)) => {
                picture::draw(out, &self.subject, plan, usize::MAX)
            }
            (Told::Restored, Some(plan)) => {
                self.write_done(out, plan)?;
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
            action: self.action(),
            checkpoint: match &self.subject {
                Subject::Checkpoint(stored, _) => Some(stored.as_ref().into()),
                Subject::Commits => None,
            },
            plan: self.plan.as_ref(),
            backup: self.backup,
            refusal: self.refusal.as_deref(),
        };
        write_line(out, &Envelope::new("safe-restore", body))
    }

    fn talk(&self, talk: &Talk) {
        match self.told {
            Told::Planned => {
                if let Some(refusal) = &self.refusal {
                    talk.warning(format_args!("it would be refused: {refusal}"));
                }
            }
            Told::Restored => self.tell_way_back(talk),
            Told::Declined => talk.status("nothing was changed"),
            Told::Unchanged => {
                let what = match &self.subject {
                    Subject::Checkpoint(stored, _) => {
                        format!("checkpoint {}", stored.checkpoint.id.short())
                    }
                    Subject::Commits => "that commit".to_owned(),
                };
                talk.status(format_args!("nothing to do: all is as in {what}"));
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
    fn action(&self) -> Action {
        match &self.subject {
            Subject::Checkpoint(_, action) => *action,
            Subject::Commits => Action::Restore,
        }
    }

    /// What was done, without what it changed.
    fn write_done(&self, out: &mut Output, plan: &Plan) -> io::Result<()> {
        match (&self.subject, &plan.rollback) {
            (Subject::Checkpoint(stored, action), _) => {
                let id = out.paint(Style::Id, stored.checkpoint.id.short());
                write!(out, "{} {id}", verb(*action))?;
                match &stored.checkpoint.name {
                    Some(name) => write!(out, " {}", out.paint(Style::Name, name)),
                    None => Ok(()),
                }
            }
            (Subject::Commits, Some(told)) => {
                let commits = count(told.rollback.commits.into(), "commit", "commits");
                write!(out, "Went {commits} back")
            }
            (Subject::Commits, None) => Ok(()),
        }
    }

    /// The backup, and the line that goes back to it.
    fn tell_way_back(&self, talk: &Talk) {
        let Some(backup) = self.backup else { return };
        let back = match self.action() {
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
