//! `git agent-commit`.

use std::process::ExitCode;

fn main() -> ExitCode {
    checkpoint_cli::main(git_agent_commit::run)
}
