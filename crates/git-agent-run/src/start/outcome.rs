//! What `start` tells.

use std::{
    io,
    path::{Path, PathBuf},
};

use checkpoint_cli::{Envelope, Outcome, Output, Schema, Talk, shell_word, write_line};
use checkpoint_model::run::Run;
use checkpoint_run::{Started, task_name};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    environment::{Variable, environment},
    view::RunView,
};

/// The variable that differs from one repository to the next.
const OF_ONE_RUN: &str = "GIT_AGENT_RUN";

/// The runs that were begun: one, or one in each repository.
pub(crate) struct StartOutcome {
    pub(crate) started: Vec<Started>,
    pub(crate) cwd: PathBuf,
}

#[derive(Serialize, JsonSchema)]
struct StartJson {
    /// The run; where there are several repositories, that of the first.
    run: RunView,
    /// What the agent's processes need in their environment.
    environment: Vec<Variable>,
    /// The runs in the other repositories.
    others: Vec<RunView>,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<StartJson>>("run-start")
}

impl Outcome for StartOutcome {
    /// Lines that a shell can read: `eval "$(git agent-run start …)"`. With several repositories nobody can say which
    /// directory to go to, and each has a run of its own, which is found by its branch: what they share is set, the rest
    /// are comments.
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let [started] = self.started.as_slice() else {
            for started in &self.started {
                let run = &started.run;
                let dir = shell_word(&run.worktree);
                writeln!(out, "# {}  {}  {dir}", run.id, run.started.branch)?;
            }
            writeln!(out, "unset {OF_ONE_RUN}")?;
            let first = self
                .started
                .first()
                .map(|started| environment(&started.run));
            let shared = first.into_iter().flatten();
            for Variable { name, value } in shared.filter(|one| one.name != OF_ONE_RUN) {
                writeln!(out, "export {name}={}", shell_word(&value))?;
            }
            return Ok(());
        };
        for Variable { name, value } in environment(&started.run) {
            writeln!(out, "export {name}={}", shell_word(&value))?;
        }
        if started.run.is_linked {
            writeln!(out, "cd {}", shell_word(&started.run.worktree))?;
        }
        Ok(())
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut runs = self.started.iter().map(|started| &started.run);
        let Some(run) = runs.next() else {
            return Ok(());
        };
        let body = StartJson {
            run: run.into(),
            environment: environment(run),
            others: runs.map(Into::into).collect(),
        };
        write_line(out, &Envelope::new("agent-run start", body))
    }

    fn talk(&self, talk: &Talk) {
        for started in &self.started {
            let run = &started.run;
            if let Some(why) = &started.unasked {
                talk.warning(format_args!(
                    "the remote did not say which numbers are taken; what was last fetched counts: {why}"
                ));
            }
            let base = run.started.base.as_deref();
            let base = base.map(|base| format!(" from {base}")).unwrap_or_default();
            talk.status(format_args!("on branch {}{base}", run.started.branch));
            if run.is_linked {
                talk.status(format_args!(
                    "working tree {}",
                    self.seen_from_here(&run.worktree)
                ));
            }
            if let Some(checkpoint) = run.started.checkpoint {
                talk.status(format_args!(
                    "what was there before is checkpoint {}",
                    checkpoint.short()
                ));
            }
        }
        if let Some(run) = self.started.first().map(|started| &started.run) {
            tell_cut(run, talk);
        }
        talk.hint("use \"git agent-run finish\" when the work is done");
    }
}

/// Says by which words commits name a task that is too long for them.
fn tell_cut(run: &Run, talk: &Talk) {
    let named = task_name(run);
    if named.ends_with('…') {
        talk.warning(format_args!(
            "the task is longer than commits can name it; they, and GIT_AGENT_TASK, say: {named}"
        ));
    }
}

impl StartOutcome {
    fn seen_from_here(&self, dir: &str) -> String {
        let dir = Path::new(dir);
        let inside = || dir.strip_prefix(&self.cwd).ok().map(Path::to_owned);
        let beside = || {
            let rest = dir.strip_prefix(self.cwd.parent()?).ok()?;
            Some(Path::new("..").join(rest))
        };
        let seen = inside().or_else(beside);
        seen.unwrap_or_else(|| dir.to_owned()).display().to_string()
    }
}
