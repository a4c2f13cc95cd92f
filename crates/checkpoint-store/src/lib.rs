//! Keeps checkpoints: their states under references, their names as tags, their records in git notes.
//!
//! Read in this order: [`keep()`] makes a checkpoint of a captured state; [`load()`] tells of all there are, [`overview()`] in brief, [`resolve()`]
//! finds the one that is meant; [`runs()`] tells of agents' runs; [`change`] names, deletes and prunes; [`rebuild()`] has lost records back; [`export`]
//! takes checkpoints elsewhere. Below them, [`notes`] reads and writes git notes, and `record` adds events to records
//! together with the references they tell of, all or nothing.
//!
//! What it does *not* do: capture or restore a working tree, decide what may be pruned, print anything, or ask for
//! the time.

pub mod change;
pub mod export;
pub mod fresh;
pub mod keep;
pub mod load;
pub mod notes;
pub mod overview;
pub mod private;
pub mod rebuild;
pub mod record;
pub mod resolve;
pub mod runs;
pub mod subject;
pub mod tag;
pub mod unfinished;
pub mod watch;

mod contention;
mod error;
mod maintain;
mod objects;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub use change::{Named, Naming, candidates, delete, name, prune, snapshot_of};
pub use error::StoreError;
pub use keep::{KeepRequest, Kept, keep};
pub use load::{Loaded, Place, Problem, Stored, all_events, events, load, load_one};
pub use maintain::maintain;
pub use overview::{Entered, Overview, overview};
pub use rebuild::{Rebuilt, rebuild};
pub use record::{Doing, append, append_to, append_with, prepare};
pub use resolve::resolve;
pub use runs::{Runs, run_by_id, run_with, runs};
pub use subject::{AGENTS, GUARD, Subject};
pub use unfinished::unfinished;
pub use watch::Watch;
