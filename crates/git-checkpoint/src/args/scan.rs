//! What `scan` takes.

use clap::Args;

/// What `scan` takes.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// The checkpoints whose states to look at
    #[arg(
        value_name = "checkpoint",
        default_value = "latest",
        conflicts_with = "rules"
    )]
    pub(crate) checkpoints: Vec<String>,
    /// Leave out what this rule finds; may be given more than once
    #[arg(long, value_name = "rule")]
    pub(crate) allow_secret: Vec<String>,
    /// List the rules, and look at nothing
    #[arg(long)]
    pub(crate) rules: bool,
}
