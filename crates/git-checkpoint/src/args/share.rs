//! The subcommands that speak with other repositories.

use clap::Args;

/// What `push` takes.
#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    /// The remote, or its URL; the default is the one that git pushes to
    pub(crate) remote: Option<String>,
    /// The checkpoints whose names go with the records
    #[arg(value_name = "checkpoint")]
    pub(crate) checkpoints: Vec<String>,
    /// Give the names of all checkpoints
    #[arg(long, visible_alias = "all")]
    pub(crate) tags: bool,
    /// Give the states of the checkpoints as well, with the commits they stand on; what of that is not there yet is
    /// searched for secrets first, and ignored files never go
    #[arg(long)]
    pub(crate) with_state: bool,
    /// Pass this rule of the search for secrets; it is recorded
    #[arg(long, value_name = "rule")]
    pub(crate) allow_secret: Vec<String>,
    /// Leave back records that say what looks like a secret, and give all others; otherwise nothing is given
    #[arg(long)]
    pub(crate) hold_back: bool,
    /// Show what would go, and give nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// What `fetch` takes.
#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    /// The remote, or its URL; the default is the one that git fetches from
    pub(crate) remote: Option<String>,
    /// The checkpoints whose states are wanted
    #[arg(value_name = "checkpoint")]
    pub(crate) checkpoints: Vec<String>,
    /// Take the states of this session's checkpoints
    #[arg(long, value_name = "session")]
    pub(crate) session: Option<String>,
    /// Take the states of an agent's run: by its id, the beginning of it, or its branch
    #[arg(long, value_name = "run")]
    pub(crate) run: Option<String>,
    /// Take the states of the checkpoints made on this branch
    #[arg(long, value_name = "branch")]
    pub(crate) branch: Option<String>,
    /// Take the states of all checkpoints, as far as they are there
    #[arg(long)]
    pub(crate) all_states: bool,
    /// Take the names as well in a shallow clone, with the history they stand on; otherwise they are always taken
    #[arg(long)]
    pub(crate) tags: bool,
}
