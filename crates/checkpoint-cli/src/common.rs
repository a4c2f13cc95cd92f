//! The options that every command has.

/// Options that every command has; flattened into its arguments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args)]
pub struct Common {
    /// Print one JSON document (or JSON Lines, where the output streams) on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Print only data, warnings and errors: no progress, no hints
    #[arg(short, long, global = true)]
    pub quiet: bool,
}
