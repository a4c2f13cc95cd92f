//! What `agent-commit` tells.

use std::io;

use checkpoint_cli::{
    Envelope, ErrorReport, Outcome, Output, Schema, Style, Talk, count, tell_uncommitted,
    write_line,
};
use checkpoint_model::{
    id::{CheckpointId, RunId},
    path::TreePath,
    verdict::Skipped,
    who::{AgentName, ModelName, SessionName, TaskName, Who},
};
use checkpoint_run::Started;
use checkpoint_work::Committed;
use chrono::{DateTime, Utc};
use gix::ObjectId;
use schemars::JsonSchema;
use serde::Serialize;

/// What became of `agent-commit`.
pub enum CommitOutcome {
    /// There is a commit.
    Done(Box<Done>),
    /// There is none, and the caller does not want to stop for it.
    Failed(Box<Failed>),
}

/// Why there is no commit, and whose it would have been.
pub struct Failed {
    pub(crate) error: ErrorReport,
    pub(crate) who: Option<Who>,
    pub(crate) run: Option<RunId>,
    pub(crate) branch: Option<String>,
}

/// A commit, and whose it is.
pub struct Done {
    pub(crate) committed: Committed,
    /// The tip of its branch, where it is no longer on it.
    pub(crate) replaced_by: Option<ObjectId>,
    pub(crate) who: Who,
    pub(crate) run: Option<RunId>,
    /// The run that was started for it.
    pub(crate) started: Option<Started>,
}

/// Fields that do not apply are null.
#[derive(Default, Serialize, JsonSchema)]
struct CommitJson {
    /// Whether there is a commit; false only with --best-effort.
    success: bool,
    /// The commit.
    commit_hash: Option<String>,
    /// The tip of the branch, where the commit is no longer on it, as when a hook has amended it.
    replaced_by: Option<String>,
    /// Its message, as git has it.
    message: Option<String>,
    /// Its time.
    timestamp: Option<DateTime<Utc>>,
    /// Its branch, without refs/heads/.
    branch: Option<String>,
    /// The paths that it changes, sorted.
    files: Vec<TreePath>,
    /// The checkpoint that has the state before it.
    checkpoint: Option<CheckpointId>,
    /// The agent.
    agent: Option<AgentName>,
    /// What the agent works on.
    task: Option<TaskName>,
    /// Its session.
    session: Option<SessionName>,
    /// Its model.
    model: Option<ModelName>,
    /// The run that the commit belongs to.
    run: Option<RunId>,
    /// Whether that was started for it.
    run_started: bool,
    /// What is in no checkpoint, and so not in the commit unless it was named; with the reasons.
    skipped: Vec<Skipped>,
    /// Whether the index still shows what was committed as changed, since others held it.
    index_behind: bool,
    /// Why there is no commit.
    error: Option<ErrorReport>,
}

pub(crate) fn schema() -> Schema {
    Schema::of::<Envelope<CommitJson>>("agent-commit")
}

impl Outcome for CommitOutcome {
    fn text(&self, out: &mut Output) -> io::Result<()> {
        let Self::Done(done) = self else {
            return Ok(());
        };
        let committed = &done.committed;
        let subject = committed.message.lines().next().unwrap_or_default();
        let id = out.paint(Style::Id, committed.id.to_hex_with_len(7));
        writeln!(out, "{id} {subject}")?;
        let files = count(committed.files.len() as u64, "file", "files");
        let branch = out.paint(Style::Branch, &committed.branch);
        write!(out, "  {files} on {branch}")?;
        match &committed.checkpoint {
            Some(before) => writeln!(out, ", after checkpoint {}", before.checkpoint.id.short()),
            None => writeln!(out),
        }
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = match self {
            Self::Done(done) => done.json(),
            Self::Failed(failed) => failed.json(),
        };
        write_line(out, &Envelope::new("agent-commit", body))
    }

    fn done(&self) -> String {
        match self {
            Self::Done(done) => format!("committed {}", done.committed.id),
            Self::Failed(_) => "nothing was committed".to_owned(),
        }
    }

    fn talk(&self, talk: &Talk) {
        match self {
            Self::Done(done) => done.talk(talk),
            Self::Failed(failed) => {
                let error = &failed.error;
                talk.warning(format_args!("not committed: {}", error.message));
                for cause in &error.causes {
                    talk.status(format_args!("  {cause}"));
                }
                if let Some(help) = &error.help {
                    talk.hint(help);
                }
            }
        }
    }
}

impl Failed {
    fn json(&self) -> CommitJson {
        let who = self.who.as_ref();
        CommitJson {
            branch: self.branch.clone(),
            agent: who.map(|who| who.agent.clone()),
            task: who.and_then(|who| who.task.clone()),
            session: who.and_then(|who| who.session.clone()),
            model: who.and_then(|who| who.model.clone()),
            run: self.run,
            error: Some(self.error.clone()),
            ..CommitJson::default()
        }
    }
}

impl Done {
    fn json(&self) -> CommitJson {
        let (committed, who) = (&self.committed, self.who.clone());
        let before = committed.checkpoint.as_ref();
        CommitJson {
            success: true,
            commit_hash: Some(committed.id.to_string()),
            replaced_by: self.replaced_by.map(|tip| tip.to_string()),
            message: Some(committed.message.clone()),
            timestamp: Some(committed.at),
            branch: Some(committed.branch.clone()),
            files: committed.files.clone(),
            checkpoint: before.map(|before| before.checkpoint.id),
            agent: Some(who.agent),
            task: who.task,
            session: who.session,
            model: who.model,
            run: self.run,
            run_started: self.started.is_some(),
            skipped: committed.skipped.clone(),
            index_behind: committed.index_is_behind.is_some(),
            error: None,
        }
    }

    fn talk(&self, talk: &Talk) {
        let committed = &self.committed;
        if let Some(started) = &self.started {
            let run = started.run.short_branch();
            talk.status(format_args!(
                "run {run} is started, with the work that was here"
            ));
            if let Some(why) = &started.unasked {
                talk.warning(format_args!(
                    "its number was not asked of the remote: {why}"
                ));
            }
        }
        if let Some(tip) = &self.replaced_by {
            talk.warning(format_args!(
                "{} is no longer on '{}': a hook, or somebody, has put {} in its place",
                committed.id.to_hex_with_len(7),
                committed.branch,
                tip.to_hex_with_len(7)
            ));
        }
        tell_uncommitted(&committed.left_out, talk);
        if let Some(error) = &committed.index_is_behind {
            talk.warning(format_args!(
                "the index does not show the commit yet: {error}"
            ));
            talk.hint(catch_up(&committed.files, committed.id));
        }
        match (&self.run, &committed.checkpoint) {
            (Some(_), _) => talk.hint("when the task is done:\n  git agent-run finish"),
            (None, Some(before)) => talk.hint(format_args!(
                "to go back to the state before it:\n  git safe-restore --exact {}",
                before.checkpoint.id.short()
            )),
            (None, None) => {}
        }
    }
}

/// How the index gets what was committed; what is staged of the same paths goes by it.
fn catch_up(files: &[TreePath], id: ObjectId) -> String {
    let when = "when the others are done, with what is staged in mind";
    if files.len() > MAX_PATHS {
        return format!("{when}, git reset these paths:\n  git show --format= --name-only {id}");
    }
    let mut line = "git --literal-pathspecs reset -q --".to_owned();
    for file in files {
        line += " \"$(git rev-parse --show-cdup)\"";
        line += &file.shell_word();
    }
    format!("{when}:\n  {line}")
}

/// So many paths are named in a line that is to be pasted.
const MAX_PATHS: usize = 5;

#[cfg(test)]
mod tests {
    use gix::hash::Kind;

    use super::*;

    #[test]
    fn the_paths_that_the_index_lacks_are_named_while_they_are_few() {
        let id = ObjectId::null(Kind::Sha1);
        let file = || TreePath::from("a b");
        let few = catch_up(&[file()], id);
        let line = r#"git --literal-pathspecs reset -q -- "$(git rev-parse --show-cdup)"'a b'"#;
        assert!(few.ends_with(line), "{few}");
        let many = catch_up(&vec![file(); 6], id);
        assert!(
            many.contains("git show --format= --name-only 000"),
            "{many}"
        );
    }
}
