//! The policy of a repository, read from where it counts; and whether it is a person who asks to pass a rule of it.
//!
//! Read in this order: [`PolicyReader`] finds the policy where nobody edits it in passing, and adds what the working
//! tree's copy asks for beyond it; [`upstream`] says what a branch follows; [`Allowance`] is what `CHECKPOINT_ALLOW`
//! asks for, [`Agent`] who is around the process, and [`is_installed`] whether hooks hold anybody to it. The rules themselves are pure values, in
//! [`checkpoint_model::policy`].
//!
//! What it does *not* do: write anything, print anything, or ask for the environment, which comes in with
//! [`Surroundings`](checkpoint_git::Surroundings).

mod agent;
mod agreed;
mod allow;
mod error;
mod installed;
mod reader;
mod trunk;
pub mod upstream;
mod version;

pub use agent::{Agent, commands_above};
pub use agreed::{Agreed, agreed_file};
pub use allow::Allowance;
pub use error::ReadError;
pub use installed::{MARK, is_installed};
pub use reader::{PolicyReader, Problem};

#[cfg(test)]
mod tests;
