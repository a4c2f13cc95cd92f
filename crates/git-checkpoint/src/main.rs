//! `git checkpoint`.

use std::process::ExitCode;

fn main() -> ExitCode {
    checkpoint_cli::main(git_checkpoint::run)
}
