//! What `init` tells.

use std::{io, path::Path};

use checkpoint_cli::{
    Align, Cell, Envelope, Outcome, Output, Schema, Style, Table, Talk, count, write_line,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    hooks::{Does, Row},
    plan::Plan,
};
use crate::setup::{ground::Manner, settings::Setting};

/// What was done, or would be.
pub(crate) struct InitOutcome {
    pub(super) plan: Plan,
    pub(super) is_dry_run: bool,
}

#[derive(Serialize, JsonSchema)]
struct InitJson<'a> {
    /// Whether this is only what would be done.
    dry_run: bool,
    /// Whether there was nothing to do.
    unchanged: bool,
    /// Where hooks go.
    manner: Manner,
    hooks: Vec<RowJson<'a>>,
    /// What was added to the repository's config beside hooks.
    settings: &'a [Setting],
    /// The policy file that was written.
    policy: Option<String>,
    /// The reference for records that was begun.
    notes: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct RowJson<'a> {
    hook: &'a str,
    does: DoesJson,
    /// The file; none in git config.
    path: Option<String>,
    /// What was there before, and is called after ours.
    chains: Option<String>,
}

/// What is done about a hook.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum DoesJson {
    /// It is in the repository's config.
    Config,
    /// It is put where nothing was.
    Add,
    /// It is put before what was there.
    Chain,
    /// It is written anew.
    Update,
    /// It is as it should be.
    Keep,
    /// A line that somebody has put into a hook calls it.
    ByHand,
    /// Somebody has changed our file, which stays as it is.
    Changed,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<InitJson<'_>>>("init")
}

impl Outcome for InitOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let mut table = Table::new([Align::Left; 3]);
        for row in &self.plan.rows {
            table.row([
                Cell::new(style(row.does), row.word()),
                row.hook.name().into(),
                Cell::new(Style::Dim, row.note()),
            ]);
        }
        for Setting { key, value } in &self.plan.settings {
            let added = Cell::new(Style::Added, "set");
            table.row([added, key.into(), Cell::new(Style::Dim, value)]);
        }
        if let Some(reference) = self.plan.notes {
            let note = "for records of commits, none so far";
            table.row([
                Cell::new(Style::Added, "begin"),
                reference.into(),
                Cell::new(Style::Dim, note),
            ]);
        }
        if let Some(path) = &self.plan.policy {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let note = "the policy, all of it as comments";
            table.row([Cell::new(Style::Added, "write"), name.into(), note.into()]);
        }
        table.write(out, 0)
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let plan = &self.plan;
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let hooks = plan.rows.iter().map(|row| RowJson {
            hook: row.hook.name(),
            does: row.does.into(),
            path: row.path.as_deref().map(path),
            chains: row.chains.as_deref().map(path),
        });
        let body = InitJson {
            dry_run: self.is_dry_run,
            unchanged: plan.is_done(),
            manner: plan.manner,
            hooks: hooks.collect(),
            settings: &plan.settings,
            policy: plan.policy.as_deref().map(path),
            notes: plan.notes,
        };
        write_line(out, &Envelope::new("checkpoint init", body))
    }

    fn talk(&self, talk: &Talk) {
        let hooks = count(self.plan.rows.len() as u64, "hook", "hooks");
        let place = match (self.plan.manner, &self.plan.ground.elsewhere) {
            (Manner::Config, _) => "the repository's config".to_owned(),
            (Manner::Files, None) => format!("'{}'", self.plan.ground.hooks.display()),
            (Manner::Files, Some(elsewhere)) => format!("'{}'", elsewhere.dir.display()),
        };
        for row in self
            .plan
            .rows
            .iter()
            .filter(|row| row.does == Does::Changed)
        {
            let name = row.hook.name();
            talk.warning(format_args!(
                "'{name}' was changed by somebody, and stays so"
            ));
        }
        if self.plan.is_done() {
            talk.status(format_args!("nothing to do: {hooks} in {place}"));
        } else if self.is_dry_run {
            talk.status(format_args!("would install {hooks} in {place}"));
            talk.hint("use \"git checkpoint init\" to install them");
        } else {
            match &self.plan.ground.elsewhere {
                Some(_) if self.plan.manner == Manner::Files => {
                    talk.status(format_args!("{hooks} are called from {place}"));
                }
                _ => talk.status(format_args!("installed {hooks} in {place}")),
            }
            if let Some(add) = &self.plan.add {
                talk.hint(add);
            }
            talk.hint("\"git checkpoint doctor\" looks whether all is well; \"uninstall\" takes it out again");
        }
    }
}

impl Row {
    fn word(&self) -> &'static str {
        match self.does {
            Does::Config | Does::Add => "add",
            Does::Chain => "chain",
            Does::Update => "update",
            Does::Keep => "keep",
            Does::ByHand => "called",
            Does::Changed => "leave",
        }
    }

    fn note(&self) -> String {
        let name = |path: &Path| {
            let name = path.file_name().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        match (self.does, &self.chains, &self.path) {
            (Does::ByHand, _, Some(path)) => format!("by a line in '{}'", path.display()),
            (_, Some(kept), _) => format!("then {}", name(kept)),
            _ => String::new(),
        }
    }
}

fn style(does: Does) -> Style {
    match does {
        Does::Config | Does::Add | Does::Chain | Does::Update => Style::Added,
        Does::Keep | Does::ByHand => Style::Plain,
        Does::Changed => Style::Warning,
    }
}

impl From<Does> for DoesJson {
    fn from(does: Does) -> Self {
        match does {
            Does::Config => Self::Config,
            Does::Add => Self::Add,
            Does::Chain => Self::Chain,
            Does::Update => Self::Update,
            Does::Keep => Self::Keep,
            Does::ByHand => Self::ByHand,
            Does::Changed => Self::Changed,
        }
    }
}
