//! What git's config says of our hooks, as git reads it from one worktree.

use std::path::Path;

use bstr::ByteSlice as _;
use checkpoint_cli::{Session, shell_word};

use super::{super::finding::Finding, INIT, WHAT};
use crate::{
    hook::scripts::Hook,
    setup::{installed::Installed, script, settings},
};

/// The hooks in the config, those of all files, in the order in which git reads them.
pub(super) struct Config {
    entries: Vec<Entry>,
}

struct Entry {
    /// Such as `local`, as `git config --show-scope` has it.
    scope: String,
    /// In lower case but for the middle.
    key: String,
    value: String,
}

/// How it is with one of our hooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It is not there.
    Missing,
    /// git runs this command.
    InForce(String),
    /// Its command is not the one that was installed.
    Edited { scope: String, key: String },
    /// It is there, and this keeps git from running it.
    Off { scope: String, key: String },
}

impl Config {
    /// Asks git; from `worktree`, or from where this command runs.
    pub(super) fn read(session: &Session<'_>, worktree: Option<&Path>) -> Self {
        let words = ["config", "--show-scope", "-z", "--get-regexp", "^hook\\."];
        let git = session.repo.git(words);
        let git = match worktree {
            Some(worktree) => git.at(worktree),
            None => git,
        };
        let said = git.answer().ok().flatten().unwrap_or_default();
        let mut parts = said.split_str(b"\0");
        let text = |bytes: &[u8]| bytes.to_str_lossy().into_owned();
        let mut entries = Vec::new();
        while let (Some(scope), Some(entry)) = (parts.next(), parts.next()) {
            let (key, value) = entry.split_once_str(b"\n").unwrap_or((entry, b"true"));
            entries.push(Entry {
                scope: text(scope),
                key: text(key),
                value: text(value),
            });
        }
        Self { entries }
    }

    /// What git makes of it. As git-config(1) says of `hook.<name>`: the last command and the last word on whether it is
    /// enabled count, and an empty event takes back those before it.
    pub(super) fn state(&self, hook: &Hook, installed: Option<&Installed>) -> State {
        let name = hook.config_name();
        let place = |entry: &Entry| (entry.scope.clone(), entry.key.clone());
        let last = |key: &str| self.entries.iter().rfind(|entry| entry.key == key);
        let Some(command) = last(&format!("hook.{name}.command")) else {
            return State::Missing;
        };
        let event = format!("hook.{name}.event");
        let events = self.entries.iter().filter(|entry| entry.key == event);
        let is_run = events.fold(false, |is_run, entry| {
            !entry.value.is_empty() && (is_run || entry.value == hook.name())
        });
        if !is_run {
            return match last(&event).filter(|entry| entry.value.is_empty()) {
                Some(entry) => {
                    let (scope, key) = place(entry);
                    State::Off { scope, key }
                }
                None => State::Missing,
            };
        }
        let switches = [name.as_str(), hook.name()].map(|name| format!("hook.{name}.enabled"));
        let mut switches = switches.iter().filter_map(|key| last(key));
        if let Some(entry) = switches.find(|entry| is_false(&entry.value)) {
            let (scope, key) = place(entry);
            return State::Off { scope, key };
        }
        match is_as_installed(hook, &command.value, installed) {
            true => State::InForce(command.value.clone()),
            false => {
                let (scope, key) = place(command);
                State::Edited { scope, key }
            }
        }
    }
}

fn is_as_installed(hook: &Hook, command: &str, installed: Option<&Installed>) -> bool {
    let recorded = installed.is_some_and(|it| {
        let line = settings::block(&settings::of_hook_as(hook, command));
        it.config.contains(&line)
    });
    recorded || script::is_our_command_as_written(hook, command)
}

/// A no, as git-config(1) spells it.
fn is_false(value: &str) -> bool {
    ["", "false", "no", "off", "0"]
        .iter()
        .any(|no| value.eq_ignore_ascii_case(no))
}

impl State {
    /// What is wrong, and what mends it; none where nothing is, or nothing is there. `worktree`: that of another one.
    pub(super) fn finding(&self, hook: &Hook, worktree: Option<&Path>) -> Option<Finding> {
        let name = hook.name();
        let (place, at) = match worktree {
            None => (String::new(), String::new()),
            Some(worktree) => (
                format!(" in the worktree '{}'", worktree.display()),
                format!(" -C {}", shell_word(&worktree.display().to_string())),
            ),
        };
        let unset = |scope: &str, key: &str| match scope {
            "command" => format!("take '{key}' out of what git is started with"),
            scope => format!("git{at} config --{scope} --unset-all {key}"),
        };
        match self {
            Self::Missing | Self::InForce(_) => None,
            Self::Off { scope, key } => {
                let says =
                    format!("'{name}' is switched off{place}, by '{key}' of the {scope} config");
                Some(Finding::failure(WHAT, says).by(unset(scope, key)))
            }
            Self::Edited { scope, key } => {
                let says = format!("'{key}' is not as it was installed{place}");
                let mend = format!(
                    "keep what you need of it, then: {}; {INIT}",
                    unset(scope, key)
                );
                Some(Finding::failure(WHAT, says).by(mend))
            }
        }
    }
}
