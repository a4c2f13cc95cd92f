//! `git agent-run`.

use std::process::ExitCode;

fn main() -> ExitCode {
    checkpoint_cli::main(git_agent_run::run)
}
