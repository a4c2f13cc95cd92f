//! What can be typed. The doc comments are the help texts and the manual; no work is done here.

#![expect(
    rustdoc::invalid_html_tags,
    reason = "the comments are the help, where <…> stands for a word"
)]

use std::path::PathBuf;

use checkpoint_cli::Common;
use checkpoint_model::{event::TaskState, policy::Cleanup};
use clap::{Args as ClapArgs, Parser, Subcommand, builder::PossibleValuesParser};

/// Give an agent's task its branch, push it, and keep the record of it
///
/// A run is one execution of a task by an agent, on a branch of its own: <prefix>/<task>/run-<n>. What happens in it is
/// recorded in git notes (refs/notes/agents), for every worktree to see. Without a subcommand, list the runs.
#[derive(Debug, Parser)]
#[command(
    name = "git-agent-run",
    bin_name = "git agent-run",
    version,
    disable_help_subcommand = true,
    infer_long_args = true,
    after_long_help = "A <run> is a run's id or a unique beginning of one, its branch, or <task>/run-<n>. Without one, \
                       the run of the branch HEAD is on is meant, else the one that GIT_AGENT_RUN names."
)]
pub struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

/// The subcommands, in the order in which they are explained.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin a run: keep what is there, make its branch, and put a working tree on it
    ///
    /// The branch is <prefix>/<task>/run-<n>, the next number that is free here and at the remote; it follows no other
    /// branch. Work that is not committed is carried over to it, untouched. With --worktree the run gets a working tree
    /// of its own, beside the repository in <repository>.runs, and nothing moves here.
    ///
    /// What is printed are lines for a shell: they set what the agent's processes need to know of the run.
    Start(Box<StartArgs>),
    /// Tell what the agent is at
    Progress(ProgressArgs),
    /// Hand the work in: commit what is left, push, open a draft pull request, clean up
    ///
    /// What is wanted is in the policy's [runs]; options say otherwise for this run. Each step is recorded. Nothing is
    /// pushed by force, and hooks run. When a step fails, what was done before stays; the next 'finish' goes on from
    /// there, and commits, pushes and opens nothing twice.
    ///
    /// Exit status: 1 nothing was done, 128 committed but not pushed, 3 pushed but there is no pull request (or it was
    /// not merged).
    Finish(FinishArgs),
    /// Go on with a run, also one that was abandoned
    ///
    /// Its branch and its working tree are made again where they are gone, and the checkpoint that was made when it was
    /// abandoned is put back; what is there is backed up before.
    ///
    /// A run belongs to the clone that it was started in, by host and path; others show it and leave it alone. With
    /// --take-over it belongs to this one, where its branch is, or its last commit.
    Resume(ResumeArgs),
    /// Give a run up, keeping its work as a checkpoint
    ///
    /// A named checkpoint keeps commits and files. Then the working tree that was made for the run goes, and its branch.
    /// Nothing is done where ignored files would go with it, which the checkpoint does not hold, unless you let them. A
    /// working tree that was there before goes back to where the run began, as 'git switch' does that: what is not
    /// committed stays in the files, what the run has committed is in the checkpoint. Where the branch is checked out
    /// nowhere there are no files to keep: no checkpoint is made, and a branch with commits that are not pushed stays.
    Abandon(AbandonArgs),
    /// List the runs, the newest first
    List(ListArgs),
    /// Show a run: its branch, its commits, its steps, what failed
    Show(ShowArgs),
    /// Show what happened in runs, the newest first
    Log(LogArgs),
}

/// `start`
#[derive(Debug, ClapArgs)]
pub(crate) struct StartArgs {
    /// What is to be done, in a few words; the branch is named after it
    #[arg(long, value_name = "name")]
    pub(crate) task: String,
    /// Name the task as it is called elsewhere, such as API-17
    #[arg(long, value_name = "id")]
    pub(crate) id: Option<String>,
    /// Make a working tree for the run; without <dir> in <repository>.runs, beside the repository
    #[arg(long, value_name = "dir", num_args = 0..=1)]
    pub(crate) worktree: Option<Option<PathBuf>>,
    /// Begin at this commit; default: HEAD
    #[arg(long, value_name = "commit-ish")]
    pub(crate) base: Option<String>,
    /// Begin the branch with this; default: the policy's runs.branch-prefix
    #[arg(long, value_name = "prefix")]
    pub(crate) prefix: Option<String>,
    /// Word the subjects of the run's commits like this; default: the policy's runs.commit-template
    #[arg(long, value_name = "template")]
    pub(crate) template: Option<String>,
    /// Begin a run of the same task in this repository; may be repeated. Default: the repository we are in
    #[arg(long = "repo", value_name = "dir")]
    pub(crate) repositories: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) who: WhoArgs,
}

/// Who works.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Who")]
pub(crate) struct WhoArgs {
    /// The agent; default: GIT_AGENT_NAME, else the one that runs this
    #[arg(long, value_name = "name")]
    pub(crate) agent: Option<String>,
    /// The agent's session; default: GIT_AGENT_SESSION, else as the agent tells
    #[arg(long, value_name = "id")]
    pub(crate) session: Option<String>,
    /// The agent's model; default: GIT_AGENT_MODEL
    #[arg(long, value_name = "name")]
    pub(crate) model: Option<String>,
}

/// `progress`
#[derive(Debug, ClapArgs)]
#[command(group(clap::ArgGroup::new("told").required(true).multiple(true)))]
pub(crate) struct ProgressArgs {
    /// The run: its id or the beginning of one, its branch, or <task>/run-<n>; default: that of the branch HEAD is on,
    /// else of GIT_AGENT_RUN
    #[arg(value_name = "run")]
    pub(crate) run: Option<String>,
    /// The step that is begun
    #[arg(long, value_name = "text", group = "told")]
    pub(crate) step: Option<String>,
    /// How much of the task is done, 0 to 100
    #[arg(long, value_name = "n", group = "told", allow_hyphen_values = true)]
    pub(crate) percent: Option<String>,
    /// The state of the task
    #[arg(long, value_name = "state", group = "told", value_parser = states())]
    pub(crate) state: Option<String>,
}

fn states() -> PossibleValuesParser {
    PossibleValuesParser::new(TaskState::ALL.iter().map(|state| state.as_str()))
}

/// `finish`
#[derive(Debug, ClapArgs)]
pub(crate) struct FinishArgs {
    /// The run: its id or the beginning of one, its branch, or <task>/run-<n>; default: that of the branch HEAD is on,
    /// else of GIT_AGENT_RUN
    #[arg(value_name = "run")]
    pub(crate) run: Option<String>,
    /// Push the branch; default: the policy's runs.push
    #[arg(long)]
    pub(crate) push: bool,
    /// Do not push the branch
    #[arg(long, conflicts_with_all = ["push", "pull_request", "merge"])]
    pub(crate) no_push: bool,
    /// Open a pull request; default: the policy's runs.pull-request
    #[arg(long)]
    pub(crate) pull_request: bool,
    /// Open no pull request
    #[arg(long, conflicts_with_all = ["pull_request", "merge"])]
    pub(crate) no_pull_request: bool,
    /// Remove here what is no longer needed: the working tree that was made for the run, or also its branch when it is
    /// pushed; default: the policy's runs.cleanup
    #[arg(long, value_name = "what", num_args = 0..=1, require_equals = true, default_missing_value = "worktree", value_parser = cleanups())]
    pub(crate) cleanup: Option<String>,
    /// Let ignored files go with the working tree, which no checkpoint holds; default: those of the policy's
    /// runs.discard-ignored
    #[arg(long)]
    pub(crate) discard_ignored: bool,
    /// Merge the pull request when its checks have passed; it is then opened ready, not as a draft
    #[arg(long)]
    pub(crate) merge: bool,
    /// What the commit of what is left says; default: the last step
    #[arg(short, long, value_name = "text")]
    pub(crate) message: Option<String>,
}

fn cleanups() -> PossibleValuesParser {
    PossibleValuesParser::new(Cleanup::ALL.iter().map(|what| what.as_str()))
}

/// `resume`
#[derive(Debug, ClapArgs)]
pub(crate) struct ResumeArgs {
    /// The run: its id or the beginning of one, its branch, or <task>/run-<n>; default: that of the branch HEAD is on,
    /// else of GIT_AGENT_RUN
    #[arg(value_name = "run")]
    pub(crate) run: Option<String>,
    /// Put back this checkpoint
    #[arg(long, value_name = "checkpoint")]
    pub(crate) at: Option<String>,
    /// Let a run of another clone belong to this one from now on, as after a repository was moved or its host renamed
    #[arg(long)]
    pub(crate) take_over: bool,
}

/// `abandon`
#[derive(Debug, ClapArgs)]
pub(crate) struct AbandonArgs {
    /// The run: its id or the beginning of one, its branch, or <task>/run-<n>; default: that of the branch HEAD is on,
    /// else of GIT_AGENT_RUN
    #[arg(value_name = "run")]
    pub(crate) run: Option<String>,
    /// Why, for the record
    #[arg(short, long, value_name = "text")]
    pub(crate) message: Option<String>,
    /// Let ignored files go with the working tree, which no checkpoint holds; default: those of the policy's
    /// runs.discard-ignored
    #[arg(long)]
    pub(crate) discard_ignored: bool,
    /// Close its pull request, too
    #[arg(long)]
    pub(crate) close: bool,
}

/// `list`
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct ListArgs {
    /// Only runs that are not over
    #[arg(long)]
    pub(crate) active: bool,
    /// Only those of this agent
    #[arg(long, value_name = "name")]
    pub(crate) agent: Option<String>,
    /// Only those of the task with this id or name
    #[arg(long, value_name = "task")]
    pub(crate) task: Option<String>,
    /// At most so many
    #[arg(short = 'n', long, value_name = "n")]
    pub(crate) max_count: Option<usize>,
}

/// `show`
#[derive(Debug, ClapArgs)]
pub(crate) struct ShowArgs {
    /// The run: its id or the beginning of one, its branch, or <task>/run-<n>; default: that of the branch HEAD is on,
    /// else of GIT_AGENT_RUN
    #[arg(value_name = "run")]
    pub(crate) run: Option<String>,
}

/// `log`
#[derive(Debug, ClapArgs)]
pub(crate) struct LogArgs {
    /// Only this run: its id or the beginning of one, its branch, or <task>/run-<n>
    #[arg(value_name = "run")]
    pub(crate) run: Option<String>,
    /// Go on with what happens from now on, in whichever worktree
    #[arg(short, long)]
    pub(crate) follow: bool,
    /// At most so many; with --follow, so many of those before, 10 unless said
    #[arg(short = 'n', long, value_name = "n")]
    pub(crate) max_count: Option<usize>,
}

#[cfg(test)]
mod tests;
