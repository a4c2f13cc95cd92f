//! The subcommands that put the hooks in place, take them out, and look whether all is well.

use clap::Args;

/// What `init` takes.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Also stop whatever else moves a protected branch: reset, update-ref, fetch into it. It runs several times for every
    /// change of references, and stays until 'uninstall'
    #[arg(long)]
    pub(crate) strict: bool,
    /// Write no policy file
    #[arg(long)]
    pub(crate) no_policy: bool,
    /// Show what would be done, and write nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// What `uninstall` takes.
#[derive(Debug, Args)]
pub(crate) struct UninstallArgs {
    /// Show what would be done, and write nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

/// What `doctor` takes.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Mend what can be mended without losing anything: hooks and settings that were installed, lost records, leftovers
    #[arg(long)]
    pub(crate) fix: bool,
    /// With '--fix', show what would be mended, and write nothing
    #[arg(short = 'n', long, requires = "fix")]
    pub(crate) dry_run: bool,
}
