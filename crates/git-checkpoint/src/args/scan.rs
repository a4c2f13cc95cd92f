//! What `scan` takes.

use clap::Args;

/// What `scan` takes.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// The checkpoints whose states to look at
    #[arg(
        value_name = "checkpoint",
        default_value = "latest",
        conflicts_with_all = ["rules", "all"]
    )]
    pub(crate) checkpoints: Vec<String>,
    /// Look at the states of all checkpoints that are here
    #[arg(long, conflicts_with = "rules")]
    pub(crate) all: bool,
    /// Leave out what this rule finds; may be given more than once
    #[arg(long, value_name = "rule")]
    pub(crate) allow_secret: Vec<String>,
    /// Tell the hashes by which findings that are none are allowed in the policy; who sees one can try passwords on it,
    /// so that they belong into no log
    #[arg(long)]
    pub(crate) hashes: bool,
    /// List the rules, and look at nothing
    #[arg(long)]
    pub(crate) rules: bool,
}
