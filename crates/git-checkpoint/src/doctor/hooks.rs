//! Whether the hooks are in force, in this worktree and in the others.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use bstr::ByteSlice as _;
use checkpoint_cli::{Session, count};
use checkpoint_git::paths::as_path;
use miette::Diagnostic as _;

use super::{finding::Finding, mend::Mend};
use crate::{
    CheckpointError,
    hook::scripts::{Event, HOOKS, Hook, Mode},
    init::is_called,
    setup::{
        ground::{Elsewhere, Ground, Manner, is_same, looked_into},
        installed::Installed,
        programs::{is_program, version_of},
        script,
        there::{There, legacy, look as look_at, set_aside},
    },
};

const WHAT: &str = "hooks";
const INIT: &str = "git checkpoint init";

pub(super) fn look(session: &Session<'_>) -> Vec<Finding> {
    let looked = || -> Result<_, CheckpointError> {
        let installed = Installed::read(&session.repo)?;
        Ok((Ground::read(session)?, installed))
    };
    let (ground, installed) = match looked() {
        Ok(looked) => looked,
        Err(error) => {
            let help = error.help().map(|help| help.to_string());
            let command = help.unwrap_or_else(|| INIT.to_owned());
            return vec![Finding::failure(WHAT, error.to_string()).by(command)];
        }
    };
    let is_strict = installed.as_ref().is_some_and(|it| it.strict);
    let wanted = HOOKS
        .iter()
        .filter(|hook| is_strict || hook.mode == Mode::Usual);
    let mut ward = Ward {
        session,
        ground: &ground,
        installed: installed.as_ref(),
        in_force: 0,
        silent: Vec::new(),
        config: config(session),
        programs: Vec::new(),
        findings: Vec::new(),
    };
    wanted.for_each(|hook| ward.hook(hook));
    if ward.in_force == 0 && installed.is_none() {
        return vec![Finding::warning(WHAT, "not installed: no branch is guarded").by(INIT)];
    }
    ward.silent();
    ward.programs();
    ward.worktrees();
    let Ward {
        in_force, findings, ..
    } = ward;
    if findings.is_empty() {
        let hooks = count(in_force, "hook", "hooks");
        return vec![Finding::ok(
            WHAT,
            format!("{hooks} in force, {}", place(&ground)),
        )];
    }
    findings
}

fn place(ground: &Ground) -> String {
    match (ground.manner(), &ground.elsewhere) {
        (Manner::Config, _) => "by the repository's config".to_owned(),
        (Manner::Files, None) => format!("in '{}'", ground.hooks.display()),
        (Manner::Files, Some(elsewhere)) => format!("called from '{}'", elsewhere.dir.display()),
    }
}

/// Whether the hook that guards commits would be run from this directory.
fn runs_ours(dir: &Path) -> bool {
    let elsewhere = Elsewhere {
        dir: dir.to_owned(),
        why: String::new(),
    };
    let Some(hook) = HOOKS.iter().find(|hook| hook.event == Event::PreCommit) else {
        return false;
    };
    let path = elsewhere.file(hook.name());
    let text = fs_err::read(&path).unwrap_or_default();
    is_called(&elsewhere, hook, &path) || (hook.is_ours(&text.to_str_lossy()) && is_program(&path))
}

/// All values at once; of a key with several, the last one.
fn config(session: &Session<'_>) -> BTreeMap<String, String> {
    let words = ["config", "-z", "--get-regexp", "^hook\\.checkpoint-"];
    let said = session.repo.git(words).answer().ok().flatten();
    let said = said.unwrap_or_default();
    let pairs = said.split_str(b"\0").filter_map(|entry| {
        let (key, value) = entry.split_once_str(b"\n")?;
        let text = |bytes: &[u8]| bytes.to_str_lossy().into_owned();
        Some((text(key), text(value)))
    });
    pairs.collect()
}

struct Ward<'a, 's> {
    session: &'a Session<'s>,
    ground: &'a Ground,
    installed: Option<&'a Installed>,
    in_force: u64,
    /// What git does not find where it looks.
    silent: Vec<&'static str>,
    /// What the hooks hand over to.
    programs: Vec<PathBuf>,
    findings: Vec<Finding>,
    /// What the config says of hooks of ours, by key in lower case but for the middle.
    config: BTreeMap<String, String>,
}

impl Ward<'_, '_> {
    fn hook(&mut self, hook: &'static Hook) {
        if self.is_in_config(hook) {
            self.in_force += 1;
            return;
        }
        match &self.ground.elsewhere {
            Some(elsewhere) => {
                let path = elsewhere.file(hook.name());
                match is_called(elsewhere, hook, &path) {
                    true => self.in_force += 1,
                    false => self.silent.push(hook.name()),
                }
            }
            None => self.file(hook),
        }
    }

    fn is_in_config(&mut self, hook: &Hook) -> bool {
        if self.ground.manner() != Manner::Config {
            return false;
        }
        let get = |variable: &str| {
            let key = format!("hook.{}.{variable}", hook.config_name());
            self.config.get(&key).cloned().unwrap_or_default()
        };
        let (command, event) = (get("command"), get("event"));
        let is_on = hook.is_ours(&command) && event == hook.name() && get("enabled") != "false";
        if is_on {
            self.programs.extend(script::program(&command));
        }
        is_on
    }

    fn file(&mut self, hook: &'static Hook) {
        let path = self.ground.hooks.join(hook.name());
        let name = hook.name();
        let broken = match look_at(hook, &path, self.installed) {
            There::Ours(text) | There::Changed { now: text, .. } if is_program(&path) => {
                self.programs.extend(script::program(&text));
                self.in_force += 1;
                return;
            }
            There::ByHand if is_program(&path) => {
                self.in_force += 1;
                return;
            }
            There::Nothing => format!("'{name}' is gone"),
            There::Foreign(_) if set_aside(hook, &path, self.installed) == Some(legacy(&path)) => {
                let says = format!("'{name}' is called by another one, which has set it aside");
                let finding = Finding::warning(WHAT, says).by(INIT);
                self.findings.push(finding.fixed_by(Mend::Install));
                self.in_force += 1;
                return;
            }
            There::Foreign(_) => format!("'{name}' was replaced by another one"),
            _ => format!("'{name}' is not executable, so git does not run it"),
        };
        let finding = Finding::failure(WHAT, broken).by(INIT);
        self.findings.push(finding.fixed_by(Mend::Install));
    }

    fn silent(&mut self) {
        let Some(elsewhere) = &self.ground.elsewhere else {
            return;
        };
        if !self.silent.is_empty() {
            let hooks = self.silent.join(", ");
            let (dir, why) = (elsewhere.dir.display(), &elsewhere.why);
            let says =
                format!("git takes hooks from '{dir}' ({why}), where these are not: {hooks}");
            self.findings.push(Finding::failure(WHAT, says).by(INIT));
        }
    }

    /// What the hooks hand over to has to be there, and to be a program of this machine.
    fn programs(&mut self) {
        self.programs.sort();
        self.programs.dedup();
        for path in std::mem::take(&mut self.programs) {
            let why = match (path.exists(), is_program(&path)) {
                (false, _) => "is gone",
                (true, false) => "is not executable",
                (true, true) if version_of(&path).is_none() => "cannot be run on this machine",
                (true, true) => continue,
            };
            let says = format!("'{}', which the hooks call, {why}", path.display());
            let finding = Finding::failure(WHAT, says).by(INIT);
            self.findings.push(finding.fixed_by(Mend::Install));
        }
    }

    /// A relative `core.hooksPath`, or one of a single worktree, may leave others without a hook.
    fn worktrees(&mut self) {
        if self.ground.manner() == Manner::Config {
            return;
        }
        let here = match &self.ground.elsewhere {
            Some(elsewhere) => elsewhere.dir.clone(),
            None => self.ground.hooks.clone(),
        };
        for worktree in self.others() {
            let looked = looked_into(self.session, Some(&worktree));
            let Some(dir) = looked.ok().filter(|dir| !is_same(dir, &here)) else {
                continue;
            };
            if !runs_ours(&dir) {
                let (worktree, dir) = (worktree.display(), dir.display());
                let says = format!(
                    "no hook of ours runs in the worktree '{worktree}': git takes them from '{dir}'"
                );
                let command = format!("git -C '{worktree}' config --show-origin core.hooksPath");
                self.findings.push(Finding::failure(WHAT, says).by(command));
            }
        }
    }

    /// The linked worktrees that are there.
    fn others(&self) -> Vec<PathBuf> {
        let git = self
            .session
            .repo
            .git(["worktree", "list", "--porcelain", "-z"]);
        let said = git.output().unwrap_or_default();
        let paths = said.split_str(b"\0").filter_map(|line| {
            let path = line.strip_prefix(b"worktree ")?;
            Some(as_path(path.as_bstr()).to_owned())
        });
        let is_other = |path: &PathBuf| {
            path.join(".git").exists() && Some(path.as_path()) != self.session.repo.work_tree()
        };
        paths.filter(is_other).collect::<Vec<_>>()
    }
}
