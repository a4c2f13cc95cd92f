//! `git safe-restore`.

use std::process::ExitCode;

fn main() -> ExitCode {
    checkpoint_cli::main(git_safe_restore::run)
}
