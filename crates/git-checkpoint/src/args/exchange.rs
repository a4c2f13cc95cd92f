//! The subcommands that hand checkpoints to other places and take them back.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What `export` takes.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The checkpoints to write; the default is all
    #[arg(value_name = "checkpoint")]
    pub(crate) checkpoints: Vec<String>,
    /// Write to this file; the default, '-', is standard output
    #[arg(short, long, value_name = "file")]
    pub(crate) output: Option<PathBuf>,
    /// Write the states as well, as a git bundle; refused where one holds ignored files
    #[arg(long)]
    pub(crate) with_state: bool,
    /// The format of the file
    #[arg(long, value_enum, value_name = "format", default_value_t = ExportFormat::Native)]
    pub(crate) format: ExportFormat,
    /// Only those of this session
    #[arg(long, value_name = "session")]
    pub(crate) session: Option<String>,
}

/// The formats that `export` writes; 'import' reads the native one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// All records as they are
    Native,
    /// The shape of Maestro's checkpoints.json; records only
    Maestro,
}

/// What `import` takes.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file to read; '-' is standard input
    pub(crate) file: PathBuf,
}
