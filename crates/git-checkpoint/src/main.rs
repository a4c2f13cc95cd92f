//! `git checkpoint`.

use std::process::ExitCode;

fn main() -> ExitCode {
    checkpoint_cli::main_with(git_checkpoint::Args::of_hook, git_checkpoint::run)
}
