//! `git checkpoint create`.

use checkpoint_model::words::{CheckpointKind, Phase};
use clap::Args;

use super::words::Typed;

/// What `create` takes.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Name the checkpoint; a name has the form of a branch's
    pub(crate) name: Option<String>,
    /// Say what it is about; given more than once, each is a paragraph
    #[arg(short, long, value_name = "text")]
    pub(crate) message: Vec<String>,
    /// Say why it is made; the default is 'manual'
    #[arg(long = "type", value_name = "type", hide_possible_values = true)]
    pub(crate) kind: Option<Typed<CheckpointKind>>,
    /// Say in which phase of the work it is made
    #[arg(long, value_name = "phase")]
    pub(crate) phase: Option<Typed<Phase>>,
    /// Name the session it belongs to
    #[arg(long, value_name = "session")]
    pub(crate) session: Option<String>,
    /// Name the agent that makes it
    #[arg(long, value_name = "agent")]
    pub(crate) agent: Option<String>,
    /// Name the task it belongs to
    #[arg(long, value_name = "task")]
    pub(crate) task: Option<String>,
    /// Record a count of the work: tasks_completed, decisions_made, files_modified, files_created, tests_passing,
    /// tests_failing
    #[arg(long, value_name = "key>=<n")]
    pub(crate) state: Vec<String>,
    /// Keep ignored files that match as well, beside those of the policy's capture.include
    #[arg(long, value_name = "glob")]
    pub(crate) include: Vec<String>,
    /// Leave out untracked files that match, beside those of the policy's capture.exclude
    #[arg(long, value_name = "glob")]
    pub(crate) exclude: Vec<String>,
    /// Leave out what never leaves the machine, so that the state can be given to others: ignored files and those outside
    /// of the working tree, which the policy's capture.include and capture.extra name
    #[arg(long, conflicts_with = "include")]
    pub(crate) shareable: bool,
    /// Leave out all untracked files
    #[arg(long)]
    pub(crate) no_untracked: bool,
    /// Commit everything on the branch first; if a hook refuses, nothing is changed and no checkpoint made
    #[arg(long)]
    pub(crate) commit: bool,
    /// Make no checkpoint if nothing has changed since the latest one of this worktree
    #[arg(long)]
    pub(crate) if_changed: bool,
    /// Sign the tag; the default is the policy's checkpoint.sign, or git's tag.gpgSign
    #[arg(long, requires = "name")]
    pub(crate) sign: bool,
    /// Take the name from the checkpoint that has it; its state stays, by its id
    #[arg(long, requires = "name")]
    pub(crate) replace: bool,
}
