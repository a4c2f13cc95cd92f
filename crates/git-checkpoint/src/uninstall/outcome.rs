//! What `uninstall` tells.

use std::io;

use checkpoint_cli::{
    Align, Cell, Envelope, Outcome, Output, Schema, Style, Table, Talk, write_line,
};
use checkpoint_model::policy::Policy;
use schemars::JsonSchema;
use serde::Serialize;

use super::plan::{LINE, Left, Plan, PolicyFile};
use crate::setup::out::Out;

/// What was taken out, or would be.
pub(crate) struct UninstallOutcome {
    pub(super) plan: Plan,
    pub(super) is_dry_run: bool,
}

#[derive(Serialize, JsonSchema)]
struct UninstallJson<'a> {
    /// Whether this is only what would be done.
    dry_run: bool,
    /// Whether there was nothing to do.
    unchanged: bool,
    hooks: Vec<RowJson<'a>>,
    /// Whether the repository's config was given back.
    config: bool,
    policy: PolicyJson,
    /// What stays beside that, in words: files with a line of ours, settings that may be somebody's.
    left: Vec<&'a str>,
    /// The reference for records that went, since it held none.
    notes: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct RowJson<'a> {
    hook: &'a str,
    does: OutJson,
}

/// What becomes of one file.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum OutJson {
    /// Ours goes; nothing was there before.
    Removed,
    /// What was there before comes back.
    GivenBack,
    /// A line of ours that somebody has put there stays.
    ByHand,
}

/// What becomes of the policy file.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PolicyJson {
    /// 'init' has written none.
    None,
    /// It goes: as it was written, and not tracked.
    Removed,
    /// It stays.
    Left,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<UninstallJson<'_>>>("uninstall")
}

impl Outcome for UninstallOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new([Align::Left; 3]);
        for (hook, what) in &self.plan.rows {
            let (word, note) = match what {
                Out::Removed => ("remove", ""),
                Out::GivenBack => ("give back", "as it was"),
                Out::ByHand => ("leave", LINE),
            };
            table.row([word.into(), hook.name().into(), Cell::new(Style::Dim, note)]);
        }
        if self.plan.config {
            table.row(["give back".into(), "config".into(), "without ours".into()]);
        }
        if let Some(reference) = self.plan.notes {
            let note = Cell::new(Style::Dim, "there are no records");
            table.row(["remove".into(), reference.into(), note]);
        }
        match self.plan.policy {
            PolicyFile::None => {}
            PolicyFile::Removed => {
                table.row(["remove".into(), Policy::FILE_NAME.into(), "".into()]);
            }
            PolicyFile::Left => {
                let note = "the repository's own by now".into();
                table.row(["leave".into(), Policy::FILE_NAME.into(), note]);
            }
        }
        for Left { what, why } in &self.plan.left {
            table.row(["leave".into(), what.into(), Cell::new(Style::Dim, why)]);
        }
        table.write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let hooks = self.plan.rows.iter().map(|(hook, what)| RowJson {
            hook: hook.name(),
            does: match what {
                Out::Removed => OutJson::Removed,
                Out::GivenBack => OutJson::GivenBack,
                Out::ByHand => OutJson::ByHand,
            },
        });
        let body = UninstallJson {
            dry_run: self.is_dry_run,
            unchanged: self.plan.is_empty(),
            hooks: hooks.collect(),
            config: self.plan.config,
            policy: match self.plan.policy {
                PolicyFile::None => PolicyJson::None,
                PolicyFile::Removed => PolicyJson::Removed,
                PolicyFile::Left => PolicyJson::Left,
            },
            left: self.plan.left.iter().map(|left| &*left.what).collect(),
            notes: self.plan.notes,
        };
        write_line(out, &Envelope::new("checkpoint uninstall", body))
    }

    fn talk(&self, talk: &Talk) {
        let stays = self.plan.policy == PolicyFile::Left
            || !self.plan.left.is_empty()
            || self.plan.rows.iter().any(|(_, out)| *out == Out::ByHand);
        if self.plan.is_empty() {
            talk.status(match stays {
                true => "nothing to take out; what is left is yours",
                false => "nothing to do: nothing is installed",
            });
        } else if self.is_dry_run {
            talk.status("nothing was written: this is what would be done");
            talk.hint("use \"git checkpoint uninstall\" to do it");
        } else if stays {
            talk.status("but for what is left, everything is as it was before 'init'; checkpoints and records stay");
        } else {
            talk.status("everything is as it was before 'init'; checkpoints and records stay");
        }
    }
}
