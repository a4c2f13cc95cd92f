//! The subcommands that only look.

use std::ffi::OsString;

use checkpoint_model::words::{CheckpointKind, Phase};
use clap::{ArgGroup, Args};

use super::{git_options::GitOptions, words::Typed};

/// Which checkpoints are meant; all given conditions must hold.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("by-name").args(["named", "automatic", "backups", "deleted"]).multiple(false))]
pub(crate) struct Filters {
    /// Only those of this session
    #[arg(long, value_name = "session")]
    pub(crate) session: Option<String>,
    /// Only those made by this agent
    #[arg(long, value_name = "agent")]
    pub(crate) agent: Option<String>,
    /// Only those of this task
    #[arg(long, value_name = "task")]
    pub(crate) task: Option<String>,
    /// Only those of this type
    #[arg(long = "type", value_name = "type", hide_possible_values = true)]
    pub(crate) kind: Option<Typed<CheckpointKind>>,
    /// Only those made in this phase of the work
    #[arg(long, value_name = "phase")]
    pub(crate) phase: Option<Typed<Phase>>,
    /// Only those made on this branch
    #[arg(long, value_name = "branch")]
    pub(crate) branch: Option<String>,
    /// Only those that have a name
    #[arg(long)]
    pub(crate) named: bool,
    /// Only those that have no name
    #[arg(long)]
    pub(crate) automatic: bool,
    /// Only those that a restore made of what it was about to overwrite
    #[arg(long)]
    pub(crate) backups: bool,
    /// Only those that were deleted and can still be had back
    #[arg(long)]
    pub(crate) deleted: bool,
    /// Only those made since this time: '2h', '3d', or any form git takes
    #[arg(long, value_name = "time")]
    pub(crate) since: Option<String>,
}

/// What `list` takes.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Show at most so many; the default is all
    #[arg(short = 'n', long = "max-count", value_name = "count")]
    pub(crate) max_count: Option<usize>,
}

/// What `show` takes.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The checkpoint to show
    #[arg(default_value = "latest")]
    pub(crate) checkpoint: String,
}

/// What `diff` takes. What is not explained here is git-diff(1)'s.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The checkpoint to compare; the default is the latest
    pub(crate) from: Option<String>,
    /// The checkpoint to compare it with; the default is the working tree
    pub(crate) to: Option<String>,
    /// Show the index of the checkpoint instead of its files
    #[arg(long, visible_alias = "staged")]
    pub(crate) cached: bool,
    #[command(flatten)]
    pub(crate) git: GitOptions,
    /// Only these paths
    #[arg(last = true, value_name = "path")]
    pub(crate) paths: Vec<OsString>,
}

/// What `validate` takes.
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Leave out the policy's checkpoint.test-command
    #[arg(long)]
    pub(crate) no_test: bool,
}

/// What `summary` takes.
#[derive(Debug, Args)]
pub(crate) struct SummaryArgs {
    #[command(flatten)]
    pub(crate) filters: Filters,
}

/// What `log` takes.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Only what happened to these checkpoints; the default is all
    #[arg(value_name = "checkpoint")]
    pub(crate) checkpoints: Vec<String>,
    /// Show at most so many events; the default is all, with --follow 10
    #[arg(short = 'n', long = "max-count", value_name = "count")]
    pub(crate) max_count: Option<usize>,
    /// Only what happened since this time: '2h', '3d', or any form git takes
    #[arg(long, value_name = "time")]
    pub(crate) since: Option<String>,
    /// Go on, and show what happens from now on, the newest last
    #[arg(short, long)]
    pub(crate) follow: bool,
}
