//! `git checkpoint`: keep the whole working state, and say what is kept.
//!
//! Read in this order: `args` says what can be typed, [`run`] opens the repository and hands over to the module of the
//! subcommand, each of which goes from arguments to an outcome.
//!
//! What it does *not* do: restore (that is `git safe-restore`), print, or choose exit numbers (that is
//! [`checkpoint_cli`]).

mod args;
mod error;
mod schemas;
mod situation;

mod create;
mod status;
mod validate;

mod changes;
mod since;

mod delete;
mod diff;
mod doctor;
mod exchange;
mod export;
mod fetch;
pub mod hook;
mod import;
mod init;
mod list;
mod log;
mod name;
mod prune;
mod push;
mod scan;
mod setup;
mod share;
mod show;
mod summary;
mod uninstall;
mod verify;

use checkpoint_cli::{Answer, Console, Session};
use clap::CommandFactory as _;

pub use args::Args;
pub use diff::DiffError;
pub use error::CheckpointError;
pub use exchange::ExchangeError;
pub use hook::HookError;
pub use schemas::schemas;
pub use setup::SetupError;
pub use since::TimeError;

use args::Command;

/// The command line as a value, for the manual and the completions.
#[must_use]
pub fn command() -> clap::Command {
    Args::command()
}

/// Does what was typed, in the repository of the current directory.
///
/// Errors are told by the edge; of what went wrong before anything was written, [`CheckpointError`] says so.
pub fn run(args: Args, console: &Console) -> Result<Answer, CheckpointError> {
    match args.command.unwrap_or(Command::Status) {
        // A hook may have nothing to do, and then opens nothing.
        Command::Hook(args) => Ok(Answer::of(hook::run(console, &args)?)),
        command => {
            if let Command::Verify(args) = &command {
                verify::set_failure_form(console, args);
            }
            run_in(&Session::open(console)?, command)
        }
    }
}

fn run_in(session: &Session<'_>, command: Command) -> Result<Answer, CheckpointError> {
    Ok(match command {
        Command::Status => Answer::of(status::run(session)?),
        Command::Create(args) => Answer::of(create::run(session, *args)?),
        Command::List(args) => Answer::of(list::run(session, args)?),
        Command::Show(args) => Answer::of(show::run(session, args)?),
        Command::Diff(args) => Answer::of(diff::run(session, args)?),
        Command::Name(args) => Answer::of(name::run(session, args)?),
        Command::Delete(args) => Answer::of(delete::run(session, args)?),
        Command::Prune(args) => Answer::of(prune::run(session, args)?),
        Command::Validate(args) => Answer::of(validate::run(session, args)?),
        Command::Summary(args) => Answer::of(summary::run(session, args)?),
        Command::Log(args) => Answer::of(log::run(session, args)?),
        Command::Export(args) => Answer::of(export::run(session, args)?),
        Command::Import(args) => Answer::of(import::run(session, args)?),
        Command::Push(args) => Answer::of(push::run(session, args)?),
        Command::Fetch(args) => Answer::of(fetch::run(session, args)?),
        Command::Verify(args) => Answer::of(verify::run(session, args)?),
        Command::Scan(args) => scan::run(session, args)?,
        Command::Init(args) => Answer::of(init::run(session, args)?),
        Command::Uninstall(args) => Answer::of(uninstall::run(session, args)?),
        Command::Doctor(args) => Answer::of(doctor::run(session, args)?),
        Command::Hook(args) => Answer::of(hook::run(session.console, &args)?),
    })
}
