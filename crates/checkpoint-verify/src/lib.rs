//! Proves checkpoints: that tags, records, states and commits are what they say.
//!
//! [`verify()`] makes every check that is asked for and gives a [`Report`]. Each check has an id that stays, ends in one of
//! four ways, and tells why and what can be done. What is not here is never taken for good: a missing tag or record fails
//! and names the command that fetches it; a state that was never fetched is told as such.
//!
//! Read in this order: [`check`] has the ids, `facts` gathers what there is, [`mod@verify`] tells the story; `tags`,
//! `records`, `signature`, `states`, `shape`, `range`, `secrets` and `scratch` are the checks. `trees`, `listing`
//! and `manifest` are one walk for all states: a thousand checkpoints share nearly all of their trees. `content` reads
//! objects to their end, `packs` trees out of packs, `missing` says where one is missing.
//!
//! What it does *not* do: fetch (but for `promised`: records that a partial clone was promised), write to the repository, decide where the policy is read, or print.

pub mod check;
pub mod verify;

mod content;
mod error;
mod facts;
mod history;
mod listing;
mod manifest;
mod missing;
mod packs;
mod promised;
mod range;
mod records;
mod remote;
mod scratch;
mod secrets;
mod shape;
mod signature;
mod states;
mod tags;
mod trees;

pub use check::{About, Check, CheckId, Report, Status, Verified};
pub use error::VerifyError;
pub use verify::{Request, Wanted, Which, verify};
