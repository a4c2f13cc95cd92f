//! What `verify` takes.

use clap::{Args, ValueEnum};

/// What `verify` takes.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The checkpoints to verify; the default is all
    #[arg(value_name = "checkpoint", conflicts_with = "all")]
    pub(crate) checkpoints: Vec<String>,
    /// Verify every checkpoint that has a tag, a record or a state here; the default
    #[arg(long)]
    pub(crate) all: bool,
    /// Look at these commits as well, such as those of a pull request: 'origin/main..HEAD'
    #[arg(long, value_name = "range")]
    pub(crate) range: Option<String>,
    /// Compare tags with those of this remote
    #[arg(long, value_name = "remote")]
    pub(crate) remote: Option<String>,
    /// Restore each state into a scratch repository, and compare
    #[arg(long)]
    pub(crate) restore: bool,
    /// Hash the listings of all states, even if there are very many large ones; by default the newest, up to 64 MiB
    #[arg(long)]
    pub(crate) manifests: bool,
    /// Read every object of the states and hash it; by default files are only looked for, not read
    #[arg(long)]
    pub(crate) objects: bool,
    /// Scan what the states hold for secrets, not only what records and tags say
    #[arg(long)]
    pub(crate) secrets: bool,
    /// How to tell the answer: for people, as --json, as annotations and summary of GitHub Actions, or as JUnit XML
    #[arg(long, value_enum, value_name = "format", default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// How `verify` tells its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people.
    Text,
    /// The document of `--json`.
    Json,
    /// Workflow commands of GitHub Actions.
    Github,
    /// JUnit XML.
    Junit,
}
