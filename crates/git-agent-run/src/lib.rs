//! `git agent-run`: give an agent's task its branch, push it, open the draft pull request, and keep the record of it.
//!
//! Read in this order: `args` says what can be typed, [`run`] opens the repository and hands over to the module of the
//! subcommand, each of which goes from arguments to an outcome. `view` is a run as machines see it.
//!
//! What it does *not* do: the work itself (that is [`checkpoint_run`]), print, or choose exit numbers (that is
//! [`checkpoint_cli`]).

mod args;
mod error;
mod schemas;

mod environment;
mod view;
mod who;

mod abandon;
mod finish;
mod list;
mod log;
mod progress;
mod resume;
mod show;
mod start;

use checkpoint_cli::{Answer, Console, Session};
use clap::CommandFactory as _;

pub use args::Args;
pub use error::{AgentRunError, InRepository};
pub use schemas::schemas;

use args::{Command, ListArgs};

/// The command line as a value, for the manual and the completions.
#[must_use]
pub fn command() -> clap::Command {
    Args::command()
}

/// Does what was typed, in the repository of the current directory.
///
/// Errors are told by the edge; each says what was done before it.
pub fn run(args: Args, console: &Console) -> Result<Answer, AgentRunError> {
    match args.command.unwrap_or(Command::List(ListArgs::default())) {
        // It may be about other repositories than the one we are in.
        Command::Start(args) => Ok(Answer::of(start::run(console, *args)?)),
        command => run_in(&Session::open(console)?, command),
    }
}

fn run_in(session: &Session<'_>, command: Command) -> Result<Answer, AgentRunError> {
    Ok(match command {
        Command::Start(args) => Answer::of(start::run(session.console, *args)?),
        Command::Finish(args) => Answer::of(finish::run(session, &args)?),
        Command::Resume(args) => Answer::of(resume::run(session, &args)?),
        Command::Abandon(args) => Answer::of(abandon::run(session, &args)?),
        Command::Progress(args) => Answer::of(progress::run(session, &args)?),
        Command::List(args) => Answer::of(list::run(session, &args)?),
        Command::Show(args) => Answer::of(show::run(session, &args)?),
        Command::Log(args) => Answer::of(log::run(session, &args)?),
    })
}
