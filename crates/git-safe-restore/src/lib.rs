//! `git safe-restore`: put a checkpoint back exactly, and be able to take that back.
//!
//! Read in this order: `args` says what can be typed, `target` finds what is meant by it, `restore` plans, asks and
//! does it, `rollback` does so where commits are gone back and not a checkpoint put back, `picture` draws a plan, `outcome` tells what became of it. `again` is for what comes after a crash, `list`
//! shows everything one can go back to.
//!
//! What it does *not* do: plan or write (that is [`checkpoint_restore`]), print, or choose exit numbers (that is
//! [`checkpoint_cli`]).

mod args;
mod error;
mod schemas;

mod paths;
mod target;

mod question;
mod restore;
mod rollback;

mod outcome;
mod picture;

mod again;
mod list;

use checkpoint_cli::{Answer, Console, Session};
use clap::CommandFactory as _;

pub use args::Args;
pub use error::SafeRestoreError;
pub use schemas::schemas;

use args::Mode;

/// The command line as a value, for the manual and the completions.
#[must_use]
pub fn command() -> clap::Command {
    Args::command()
}

/// The name of the command, as one types it; for records and reflogs.
const COMMAND: &str = "git safe-restore";

/// Does what was typed, in the repository of the current directory.
///
/// Errors are told by the edge; each says whether anything was touched.
pub fn run(args: Args, console: &Console) -> Result<Answer, SafeRestoreError> {
    let session = &Session::open(console)?;
    Ok(match args.mode() {
        Mode::List => Answer::of(list::run(session)?),
        Mode::Continue => Answer::of(again::proceed(session)?),
        Mode::Abort => Answer::of(again::abort(session)?),
        Mode::Rollback(commits) => Answer::of(rollback::run(session, commits, &args)?),
        Mode::Restore(from) => Answer::of(restore::run(session, &from, &args)?),
    })
}
