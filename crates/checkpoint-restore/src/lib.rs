//! Puts a kept state back exactly, and can be told to take that back.
//!
//! [`Restore::prepare`] reads the target, captures the present and plans, touching nothing; [`Restore::run`] guards,
//! backs up, writes the journal, does what is planned, checks it by capturing once more, and records it. A process
//! that dies in between leaves the journal: [`proceed`] finishes, [`abort`] goes back. [`history`] tells what can be
//! undone.
//!
//! What it does *not* do: it never runs `git clean`, `git reset --hard`, `git checkout -f` or `git stash`, never
//! touches what neither of the two states holds, and asks nobody anything.
//!
//! Read in this order: [`prepare`] and [`apply`] tell the story, `state` reads what a snapshot holds, `difference`
//! compares, `steps` brings what is to be done into order, [`rollback`] goes back by commits instead of to a checkpoint, [`files`] writes to the working tree, `index`, `head` and `operation` to the git directory, [`journal`]
//! and [`again`] are for what comes after a crash.

pub mod apply;
pub mod prepare;

mod check;
mod complete;
mod difference;
mod state;
mod steps;

pub mod rollback;

#[doc(hidden)]
pub mod faults;
pub mod files;
mod head;
mod index;
mod operation;
mod reshape;
mod spare;
mod unseen;

pub mod again;
pub mod journal;

pub mod error;

pub use again::{abort, history, proceed, unfinished};
pub use apply::Restored;
pub use checkpoint_model::restore::Action;
pub use error::RestoreError;
pub use journal::Journal;
pub use prepare::{Asked, Restore};
pub use rollback::{Back, RollbackError};
