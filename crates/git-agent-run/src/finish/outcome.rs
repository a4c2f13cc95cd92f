//! What `finish` tells.

use std::io;

use checkpoint_cli::{
    Envelope, Exit, Outcome, Output, Schema, Style, Talk, shell_word, tell_uncommitted, write_line,
};
use checkpoint_model::{
    event::{GitPushFailed, PushFailure},
    verdict::Skipped,
};
use checkpoint_run::{Done, Finished, RunError, Trouble};
use miette::Diagnostic as _;
use schemars::JsonSchema;
use serde::Serialize;

use crate::view::RunView;

/// What was done, and why it went no further.
pub(crate) struct FinishOutcome {
    pub(super) finished: Finished,
    /// What was typed of options, each with a space before it.
    pub(super) options: String,
}

#[derive(Serialize, JsonSchema)]
struct FinishJson {
    /// Whether everything that was wanted is done.
    finished: bool,
    /// The run as it is now.
    run: RunView,
    /// What was done, in order.
    done: Vec<DoneJson>,
    /// Why it went no further; null where it did.
    trouble: Option<TroubleJson>,
}

/// A step that was made, or found to be made.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
enum DoneJson {
    /// What was left is committed.
    Committed { commit: String },
    /// What was left, but is in no commit, since no checkpoint holds it either.
    LeftOut { paths: Vec<Skipped> },
    /// There is no commit on the branch.
    NothingToPush,
    /// The branch is at the remote.
    Pushed {
        remote: String,
        commit: String,
        /// Whether it was there before.
        existed: bool,
    },
    /// It stays here, since that was asked for.
    NotPushed,
    /// There is no remote.
    NoRemote,
    /// There is a pull request.
    PullRequest { url: String, existed: bool },
    /// A person opens the pull request there.
    CompareUrl { url: String },
    /// The pull request is merged.
    Merged { url: String },
    /// The working tree is gone.
    WorktreeRemoved { path: String },
    /// The branch is gone.
    BranchRemoved { branch: String },
    /// Something is not removed.
    Kept { why: String },
}

/// Why a run was not finished.
#[derive(Serialize, JsonSchema)]
struct TroubleJson {
    /// Which step failed: push, pull_request or merge.
    step: &'static str,
    /// What kind of failure it was, of a push.
    reason: Option<PushFailure>,
    /// What was said about it.
    message: String,
    /// The page on which a person opens the pull request.
    compare_url: Option<String>,
    /// What to type next.
    next: String,
}

pub(super) fn schema() -> Schema {
    Schema::of::<Envelope<FinishJson>>("run-finish")
}

impl From<&Done> for DoneJson {
    fn from(done: &Done) -> Self {
        match done.clone() {
            Done::Committed(commit) => Self::Committed {
                commit: commit.to_string(),
            },
            Done::LeftOut(paths) => Self::LeftOut { paths },
            Done::NothingToPush => Self::NothingToPush,
            Done::Pushed {
                remote,
                commit,
                existed,
            } => Self::Pushed {
                remote,
                commit: commit.to_string(),
                existed,
            },
            Done::NotPushed => Self::NotPushed,
            Done::NoRemote => Self::NoRemote,
            Done::PullRequest { url, existed } => Self::PullRequest { url, existed },
            Done::CompareUrl(url) => Self::CompareUrl { url },
            Done::Merged(url) => Self::Merged { url },
            Done::WorktreeRemoved(path) => Self::WorktreeRemoved {
                path: path.display().to_string(),
            },
            Done::BranchRemoved(branch) => Self::BranchRemoved { branch },
            Done::Kept(why) => Self::Kept { why },
        }
    }
}

impl FinishOutcome {
    /// Takes in what others have pushed to the branch: where that is checked out, not where one happens to be.
    fn pull(&self, failed: &GitPushFailed) -> String {
        let [remote, branch] = [&failed.remote, &failed.branch].map(|word| shell_word(word));
        match &self.finished.worktree {
            Some(dir) => {
                let dir = dir.to_string_lossy();
                let dir = shell_word(&dir);
                format!("git -C {dir} pull --rebase {remote} {branch}")
            }
            None => format!("git switch {branch} && git pull --rebase {remote} {branch}"),
        }
    }

    fn trouble(&self) -> Option<TroubleJson> {
        let with = |options: &str| {
            let run = shell_word(self.finished.run.short_branch());
            format!("git agent-run finish {run}{options}")
        };
        let again = || with(&self.options);
        Some(match self.finished.trouble.as_ref()? {
            Trouble::NotPushed(failed) => TroubleJson {
                step: "push",
                reason: Some(failed.reason),
                message: failed.message.clone(),
                compare_url: None,
                next: match failed.reason {
                    PushFailure::NonFastForward => match self.number_anew() {
                        Some(line) => line,
                        None => format!("{} && {}", self.pull(failed), again()),
                    },
                    _ => again(),
                },
            },
            Trouble::NoRequest(failed) => TroubleJson {
                step: "push",
                reason: Some(failed.reason),
                message: failed.message.clone(),
                compare_url: None,
                next: format!("{} --no-pull-request", again()),
            },
            Trouble::NoPullRequest {
                compare_url,
                why,
                error,
            } => TroubleJson {
                step: "pull_request",
                reason: None,
                message: why.clone(),
                compare_url: compare_url.clone(),
                next: match error {
                    Some(error) => match waits(error) {
                        Some(first) => format!("{first}{}", again()),
                        None => again(),
                    },
                    None => with(&self.without_request()),
                },
            },
            Trouble::NotMerged { why, .. } => TroubleJson {
                step: "merge",
                reason: None,
                message: why.clone(),
                compare_url: None,
                next: again(),
            },
        })
    }
}

impl Outcome for FinishOutcome {
    /// The page of the pull request is the data; the rest is talk.
    fn text(&self, out: &mut Output) -> io::Result<()> {
        for done in &self.finished.done {
            if let Done::PullRequest { url, .. } | Done::CompareUrl(url) = done {
                writeln!(out, "{}", out.paint(Style::Name, url))?;
            }
        }
        if let Some(Trouble::NoPullRequest {
            compare_url: Some(url),
            ..
        }) = &self.finished.trouble
        {
            writeln!(out, "{}", out.paint(Style::Name, url))?;
        }
        Ok(())
    }

    fn json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let body = FinishJson {
            finished: self.finished.trouble.is_none(),
            run: (&self.finished.run).into(),
            done: self.finished.done.iter().map(Into::into).collect(),
            trouble: self.trouble(),
        };
        write_line(out, &Envelope::new("agent-run finish", body))
    }

    fn talk(&self, talk: &Talk) {
        let branch = &self.finished.run.started.branch;
        for done in &self.finished.done {
            tell(done, branch, talk);
        }
        let Some(trouble) = self.trouble() else {
            return;
        };
        let what = match trouble.step {
            "push" => "not pushed",
            "merge" => "the pull request is not merged",
            _ => "pushed, but there is no pull request",
        };
        let message = trouble.message.lines().next().unwrap_or_default();
        match &self.finished.trouble {
            Some(Trouble::NoPullRequest {
                error: Some(error), ..
            }) if waits(error).is_none() => talk.warning_of(what, error),
            _ => talk.warning(format_args!("{what}: {message}")),
        }
        let how = match self.number_anew().filter(|line| *line == trouble.next) {
            Some(_) => "another run has this name there; to go on by the next number",
            None => "to go on",
        };
        talk.hint(format_args!("{how}: {}", trouble.next));
    }

    fn exit(&self) -> Exit {
        match &self.finished.trouble {
            None => Exit::Done,
            Some(Trouble::NotPushed(_) | Trouble::NoRequest(_)) => Exit::Fatal,
            Some(Trouble::NoPullRequest { .. } | Trouble::NotMerged { .. }) => Exit::Partly,
        }
    }
}

impl FinishOutcome {
    /// The line that takes the commits to a run with the next number, where the branch of this one was never pushed from
    /// here: what is there under its name is the work of somebody else, and nothing to be built on.
    fn number_anew(&self) -> Option<String> {
        let run = &self.finished.run;
        let dir = self.finished.worktree.as_ref()?.to_string_lossy();
        let begun = run.started.commit.as_ref()?;
        if run.push.is_some() {
            return None;
        }
        let git = format!("git -C {}", shell_word(&dir));
        let task = shell_word(&run.started.task);
        let base = shell_word(run.started.base.as_ref().unwrap_or(begun));
        let commits = format!("{begun:.12}..{}", run.started.branch);
        let commits = shell_word(&commits);
        let options = &self.options;
        Some(format!(
            "{git} agent-run start --task {task} --base {base} && {git} cherry-pick {commits} && \
             {git} agent-run finish{options}"
        ))
    }
}

/// What stands before `git agent-run finish` where the error proposes that: nothing, or a while of waiting.
fn waits(error: &RunError) -> Option<String> {
    let help = error.help()?.to_string();
    help.strip_suffix("git agent-run finish").map(str::to_owned)
}

impl FinishOutcome {
    /// The options of a finish that leaves the pull request to a person.
    fn without_request(&self) -> String {
        let asks = [" --pull-request", " --no-pull-request", " --merge"];
        let others = asks.iter().fold(self.options.clone(), |options, asks| {
            options.replace(asks, "")
        });
        format!(" --no-pull-request{others}")
    }
}

fn tell(done: &Done, branch: &str, talk: &Talk) {
    match done {
        Done::Committed(commit) => {
            talk.status(format_args!("committed {}", commit.to_hex_with_len(7)))
        }
        Done::LeftOut(paths) => tell_uncommitted(paths, talk),
        Done::NothingToPush => talk.status(format_args!("nothing to push: no commit on {branch}")),
        Done::Pushed {
            remote, existed, ..
        } => match existed {
            true => talk.status(format_args!("{branch} is at {remote} already")),
            false => talk.status(format_args!("pushed {branch} to {remote}")),
        },
        Done::NotPushed => talk.status(format_args!("{branch} stays here")),
        Done::NoRemote => talk.status(format_args!("{branch} stays here: there is no remote")),
        Done::PullRequest { existed, .. } => match existed {
            true => talk.status("the pull request is there already"),
            false => talk.status("opened a pull request"),
        },
        Done::CompareUrl(_) => talk.status("open the pull request on that page"),
        Done::Merged(url) => talk.status(format_args!("merged {url}")),
        Done::WorktreeRemoved(dir) => talk.status(format_args!("removed {}", dir.display())),
        Done::BranchRemoved(branch) => talk.status(format_args!("removed {branch}")),
        Done::Kept(why) => talk.warning(why),
    }
}
