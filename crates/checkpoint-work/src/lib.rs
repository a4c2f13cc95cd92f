//! What commands do with the work at hand: keep it as a checkpoint, and commit it.
//!
//! Read in this order: [`create`] keeps the present state as a [`Wish`] says, `commit` commits it through
//! `git commit`, [`who`] says whose work it is.
//!
//! What it does *not* do: read arguments, print an outcome, or choose exit numbers. What is worth a word while it works
//! goes through the [`Session`](checkpoint_cli::Session).

mod commit;
mod create;
mod error;
mod who;

pub use commit::CommitError;
pub use create::{Created, Wish, create, refuse_gaps};
pub use error::WorkError;
pub use who::{Told, who};
