//! What commands do with the work at hand: keep it as a checkpoint, and commit it.
//!
//! Read in this order: [`create()`] keeps the present state as a [`Wish`] says, [`commit()`] commits it through
//! `git commit` as a [`CommitWish`] says, [`who()`] tells whose work it is, [`forward`] has the lines that take work on
//! where it may not be done, to a branch by [`proposal`].
//!
//! What it does *not* do: read arguments, print an outcome, or choose exit numbers. What is worth a word while it works
//! goes through the [`Session`](checkpoint_cli::Session).

mod commit;
mod create;
mod error;
pub mod forward;
pub mod proposal;
mod who;

pub use commit::{
    By, CommitError, CommitWish, Committed, Scope, UnderWay, Words, commit, interrupted,
    is_half_made, is_open, is_ready, mend_interrupted, moved_branch, signs_off, under_way,
};
pub use create::{Created, Wish, create, refuse_gaps};
pub use error::WorkError;
pub use who::{Told, run_around, who};
