//! Whether the hooks are in force, in this worktree and in the others.

mod config;
mod worktrees;

use std::path::{Path, PathBuf};

use checkpoint_cli::{Session, count, shell_word};
use checkpoint_policy::MARK;
use miette::Diagnostic as _;

use self::config::{Config, State};
use super::{finding::Finding, mend::Mend};
use crate::{
    CheckpointError,
    hook::scripts::{HOOKS, Hook, Mode},
    init::called,
    setup::{
        call::{Call, Line},
        ground::{Ground, Manner},
        installed::Installed,
        programs::{Version, is_program, said_to_version},
        script,
        there::{There, legacy, look as look_at, replaced, set_aside},
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
    let mut ward = Ward {
        session,
        ground: &ground,
        installed: installed.as_ref(),
        config: Config::read(session, None),
        wanted: HOOKS
            .iter()
            .filter(|hook| is_strict || hook.mode == Mode::Usual)
            .collect(),
        in_force: 0,
        silent: Vec::new(),
        unread: Vec::new(),
        programs: Vec::new(),
        findings: Vec::new(),
    };
    ward.look();
    if ward.in_force == 0 && ward.unread.is_empty() && installed.is_none() {
        return vec![Finding::warning(WHAT, "not installed: no branch is guarded").by(INIT)];
    }
    let Ward {
        in_force, findings, ..
    } = ward;
    if findings.is_empty() {
        let hooks = count(in_force, "hook", "hooks");
        let says = format!("{hooks} in force, {}", place(&ground));
        return vec![Finding::ok(WHAT, says)];
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

struct Ward<'a, 's> {
    session: &'a Session<'s>,
    ground: &'a Ground,
    installed: Option<&'a Installed>,
    config: Config,
    /// The hooks that are to be in force.
    wanted: Vec<&'static Hook>,
    in_force: u64,
    /// What git does not find where it looks.
    silent: Vec<&'static str>,
    /// What is in the config, where the git that is found first does not look.
    unread: Vec<&'static str>,
    /// What the hooks hand over to.
    programs: Vec<PathBuf>,
    findings: Vec<Finding>,
}

impl Ward<'_, '_> {
    fn look(&mut self) {
        for hook in self.wanted.clone() {
            match self.ground.manner() {
                Manner::Config => self.in_config(hook),
                Manner::Files => self.by_file(hook),
            }
        }
        self.unread();
        self.silent();
        self.programs();
        match self.ground.manner() {
            Manner::Config => self.configs(),
            Manner::Files => self.directories(),
        }
    }

    fn in_config(&mut self, hook: &'static Hook) {
        match self.config.state(hook, self.installed) {
            State::Missing => self.by_file(hook),
            State::InForce(command) => {
                self.in_force += 1;
                self.programs.extend(script::program(&command));
            }
            state => self.findings.extend(state.finding(hook, None)),
        }
    }

    fn by_file(&mut self, hook: &'static Hook) {
        let Some(elsewhere) = &self.ground.elsewhere else {
            return self.file(hook);
        };
        let path = elsewhere.file(hook.name());
        match called(elsewhere, hook, &path) {
            Call::None => match self.config.state(hook, self.installed) {
                State::InForce(_) => self.unread.push(hook.name()),
                _ => self.silent.push(hook.name()),
            },
            Call::Sure => self.in_force += 1,
            Call::Doubtful(line) => self.doubtful(hook, &path, &line),
        }
    }

    fn file(&mut self, hook: &'static Hook) {
        let path = self.ground.hooks.join(hook.name());
        let word = shell_word(&path.display().to_string()).into_owned();
        let name = hook.name();
        let is_run = is_program(&path);
        let broken = match look_at(hook, &path, self.installed) {
            There::Ours(text) if is_run => {
                self.programs.extend(script::program(&text));
                self.in_force += 1;
                return;
            }
            There::ByHand(None) if is_run => {
                self.in_force += 1;
                return;
            }
            There::ByHand(Some(line)) if is_run => return self.doubtful(hook, &path, &line),
            There::ByHand(_) => {
                let says = format!("'{name}' is not executable, so git does not run it");
                return self.fails(says, format!("chmod +x {word}"));
            }
            There::Changed { now, ours } => {
                let (line, text) = script::difference(&ours, &now).unwrap_or_default();
                let says =
                    format!("'{name}' was changed since it was installed, in line {line}: {text}");
                let mend = format!("keep what you need of it, then: rm {word}; {INIT}");
                return self.fails(says, mend);
            }
            There::Nothing => match self.config.state(hook, self.installed) {
                State::InForce(_) => return self.unread.push(name),
                _ => format!("'{name}' is gone"),
            },
            There::Foreign(_) if set_aside(hook, &path, self.installed) == Some(legacy(&path)) => {
                let says = format!("'{name}' is called by another one, which has set it aside");
                let finding = Finding::warning(WHAT, says).by(INIT);
                self.findings.push(finding.fixed_by(Mend::Install));
                self.in_force += 1;
                return;
            }
            There::Foreign(_) => match replaced(hook, &path, self.installed) {
                Some(replaced) => {
                    let says = replaced.to_string();
                    return self.fails(says, format!("{}; {INIT}", replaced.aside()));
                }
                None => format!("'{name}' was replaced by another one"),
            },
            There::Ours(_) => format!("'{name}' is not executable, so git does not run it"),
        };
        let finding = Finding::failure(WHAT, broken).by(INIT);
        self.findings.push(finding.fixed_by(Mend::Install));
    }

    fn fails(&mut self, says: String, command: String) {
        self.findings.push(Finding::failure(WHAT, says).by(command));
    }

    fn doubtful(&mut self, hook: &Hook, path: &Path, Line { number, text }: &Line) {
        let path = path.display();
        let says = format!(
            "cannot tell whether '{}' is in force, by line {number} of '{path}': {text}",
            hook.name()
        );
        let line = script::line(hook, Path::new(&path.to_string()));
        let mend = format!("put this above all other commands there: {line}");
        self.findings.push(Finding::warning(WHAT, says).by(mend));
    }

    /// One git puts hooks into the config, and another one, which came since, does not look there.
    fn unread(&mut self) {
        if self.unread.is_empty() {
            return;
        }
        let reads = |version: &Version| version.is_at_least(Version::CONFIG_HOOKS);
        let mut gits = self.ground.gits.iter();
        let old = gits.find(|git| !git.version.as_ref().is_some_and(reads));
        let old = old.map_or_else(String::new, |git| {
            let version = git.version.as_ref().map_or("unknown", Version::text);
            format!(", {version} at '{}',", git.path.display())
        });
        let says = format!(
            "the hooks are in the config, and a git on PATH{old} does not read them from there"
        );
        let finding = Finding::failure(WHAT, says).by(INIT);
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
                (true, true) => match said_to_version(&path) {
                    None => "cannot be run on this machine",
                    Some(said) if !said.starts_with(MARK) => "is no git-checkpoint",
                    Some(_) => continue,
                },
            };
            let says = format!("'{}', which the hooks call, {why}", path.display());
            let finding = Finding::failure(WHAT, says).by(INIT);
            self.findings.push(finding.fixed_by(Mend::Install));
        }
    }
}
