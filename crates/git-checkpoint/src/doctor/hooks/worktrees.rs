//! Whether the hooks are in force in the other worktrees, too.

use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use checkpoint_cli::shell_word;
use checkpoint_git::paths::as_path;

use super::{WHAT, Ward, config::Config};
use crate::{
    doctor::finding::Finding,
    hook::scripts::{Event, HOOKS},
    init::called,
    setup::{
        call::Call,
        ground::{Elsewhere, is_same, looked_into},
        programs::is_program,
        script,
    },
};

impl Ward<'_, '_> {
    /// A worktree may have a config of its own.
    pub(super) fn configs(&mut self) {
        for worktree in self.others() {
            let there = Config::read(self.session, Some(&worktree));
            for hook in &self.wanted {
                let here = self.config.state(hook, self.installed);
                let state = there.state(hook, self.installed);
                if state != here {
                    self.findings.extend(state.finding(hook, Some(&worktree)));
                }
            }
        }
    }

    /// A relative `core.hooksPath`, or one of a single worktree, may leave others without a hook.
    pub(super) fn directories(&mut self) {
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
                let word = shell_word(&worktree.display().to_string()).into_owned();
                let (worktree, dir) = (worktree.display(), dir.display());
                let says = format!(
                    "no hook of ours runs in the worktree '{worktree}': git takes them from '{dir}'"
                );
                let command = format!("git -C {word} config --show-origin core.hooksPath");
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
    let is_ours = script::is_ours_as_written(hook, &text.to_str_lossy());
    called(&elsewhere, hook, &path) == Call::Sure || (is_ours && is_program(&path))
}
