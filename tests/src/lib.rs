//! What the tests share: a sandboxed repository, the program under test in front of
//! the real git, a fingerprint of everything a user can see, and builders for the
//! strange states a repository can be in.
//!
//! Read in this order: [`Sandbox`] is a world of its own with one repository in it;
//! [`odd`] brings that repository into a strange state; [`Fingerprint`] proves that a
//! command left no trace; [`Snapshot`] reads by git alone what a checkpoint kept, and
//! [`recipe`] asks git what it would have kept. [`Edit`] is a change as a value, for
//! tests that make them up.
//!
//! Nothing here links the program: the tests see what a user sees.
//!
//! | variable | means |
//! |---|---|
//! | `CHECKPOINT_TEST_BIN` | folder of the programs to test, instead of the ones built here |
//! | `CHECKPOINT_TEST_CASES` | how many random cases each property tries |
//! | `CHECKPOINT_TEST_SEED` | the seed of the random cases, printed by a failure |
//! | `CHECKPOINT_TEST_COUNTS` | file for a line for each thing that a random case did |
//! | `CHECKPOINT_TEST_GITS` | folders of more gits, besides those on PATH |
//! | `CHECKPOINT_TEST_KEEP` | set: the sandboxes stay on disk, and their places are printed |

mod binary;
mod edit;
mod fingerprint;
mod gits;
mod kept;
pub mod odd;
mod picture;
mod powers;
mod process;
mod random;
pub mod recipe;
mod sandbox;
pub mod session;
mod snapshot;

pub use edit::{Content, Edit};
pub use fingerprint::Fingerprint;
pub use gits::Git;
pub use kept::{Kept, keep};
pub use picture::{Picture, Thing};
pub use powers::{can_mount, is_root, without_powers};
pub use process::Output;
pub use random::{cases, count, is_long_run, seed};
pub use sandbox::{Sandbox, os};
pub use snapshot::{Leaf, Snapshot, Tree};
