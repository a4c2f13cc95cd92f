//! The edge that all commands share: start-up, what is printed and how, prompts, progress, exit codes.
//!
//! Only this crate prints, reads the environment, asks for the time and chooses exit numbers. It opens no repository
//! by itself: a command opens a [`Session`] when it needs one, and with it comes the person's [`Taste`], the few git
//! config values that decide how things look; so a command line that makes no sense is answered without one.
//!
//! A command is a function from arguments to an [`Outcome`]; the whole of its `main.rs` is
//! `fn main() -> ExitCode { checkpoint_cli::main(git_checkpoint::run) }`.
//!
//! Read in this order: [`main`] starts, [`Console`] is what a command gets, [`Outcome`] is what it gives back,
//! [`Output`] is where that is written. `examples/edge.rs` is a whole command in miniature. [`Session`] and what stands
//! on it (policy, choice of a checkpoint, what to capture) is what commands that work in a repository have in common.
//!
//! ```
//! use checkpoint_cli::{Exit, Kind, count, human_bytes};
//!
//! assert_eq!(Exit::from(Kind::Refused).number(), 1);
//! assert_eq!(format!("{}, {}", count(3, "file", "files"), human_bytes(1_268_000)), "3 files, 1.21 MiB");
//! ```

mod entry;
mod exit;
mod outcome;

mod common;
mod console;
mod env;
mod taste;

mod colour;
mod escape;
mod json;
mod output;
mod pager;
mod table;

mod progress;
mod prompt;
mod report;
mod talk;

mod bytes;
mod date;

mod answer;
mod chosen;
mod event_log;
mod follow;
mod gaps;
mod present;
mod request;
mod session;
mod view;

pub use checkpoint_model::failure::{Failure, Kind};

pub use answer::Answer;
pub use bytes::{count, human_bytes};
pub use checkpoint_model::shell::word as shell_word;
pub use chosen::{short_lengths, shortened};
pub use colour::{Painted, Style};
pub use common::Common;
pub use console::{Console, FailureForm, Start, Terminals};
pub use date::ago;
pub use entry::{main, main_with};
pub use env::Environment;
pub use escape::shown;
pub use event_log::{EventLog, LogEntry};
pub use exit::Exit;
pub use follow::Follow;
pub use gaps::{tell_problems, tell_skipped, tell_uncommitted};
pub use json::{Envelope, ErrorDocument, ErrorReport, Schema, VERSION, write_line};
pub use outcome::Outcome;
pub use output::Output;
pub use present::{Present, PresentError};
pub use progress::Progress;
pub use request::Additions;
pub use session::{Session, SessionError};
pub use table::{Align, Cell, Table};
pub use talk::Talk;
pub use taste::Taste;
pub use view::CheckpointView;
