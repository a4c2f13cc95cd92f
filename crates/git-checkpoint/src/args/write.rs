//! The subcommands that change what is kept.

use clap::Args;

/// What `name` takes.
#[derive(Debug, Args)]
pub(crate) struct NameArgs {
    /// The checkpoint to name
    pub(crate) checkpoint: String,
    /// The name it gets
    pub(crate) name: String,
    /// Take the name from the checkpoint that has it, and give up the name this one has
    #[arg(long)]
    pub(crate) replace: bool,
    /// Sign the tag; the default is the policy's checkpoint.sign, or git's tag.gpgSign
    #[arg(long)]
    pub(crate) sign: bool,
}

/// What `delete` takes.
#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    /// The checkpoints to delete
    #[arg(required = true, value_name = "checkpoint")]
    pub(crate) checkpoints: Vec<String>,
}

/// What `prune` takes.
#[derive(Debug, Args)]
pub(crate) struct PruneArgs {
    /// Show what would be removed, and remove nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}
