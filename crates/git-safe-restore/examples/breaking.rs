//! `git safe-restore`, as it breaks when it is told to: for tests. `--fault-points` lists where it can.

use std::io::{self, Write as _};
use std::process::ExitCode;

#[expect(
    clippy::disallowed_methods,
    reason = "the one word that the command itself does not know"
)]
fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() != Some("--fault-points") {
        return checkpoint_cli::main(git_safe_restore::run);
    }
    let points = checkpoint_restore::faults::POINTS.concat().join("\n");
    match writeln!(io::stdout(), "{points}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
