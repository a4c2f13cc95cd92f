//! Writes objects: hashed once, written only when missing, durable before a ref may name them.
//!
//! [`ObjectSink`] is the whole interface. What it adds to gix, which writes loose objects and promises nothing about
//! a crash:
//!
//! - **No copy of what is there.** An object that exists is freshened, as git does, so that a `git gc` which runs at
//!   the same time does not take it away (`freshen`, `existing`).
//! - **Few files.** Up to 64 new objects become loose files (`loose`), more become one pack (`pack`,
//!   `pack_index`); a blob of 8 MiB and more is streamed, in flat memory, to a loose file of its own (`big`).
//! - **Durable, and all or nothing.** Everything is written to temporary files under names that git's own gc sweeps up
//!   (`tmp_obj_*`, `tmp_pack_*`, `tmp_idx_*`), synced, and only then renamed into place; what is dropped unfinished
//!   removes its temporary files (`durable`).
//! - **Permissions** as `core.sharedRepository` asks (`shared`).
//!
//! It does not read configuration about compression: content is deflated at level 1, or stored when it does not
//! shrink, since a checkpoint is written in someone's way and `git gc` repacks it later anyway.
//! It does not know quarantines (`GIT_OBJECT_DIRECTORY`): opening a repository in one is refused elsewhere.

mod sink;
mod state;
// How an object gets to disk, from the small to the large.
mod big;
mod loose;
mod pack;
mod pack_index;
// What is there already.
mod existing;
mod freshen;
// How many are read, and a large one.
mod bases;
mod read;
// What all of them share.
mod deflate;
mod durable;
mod error;
mod home;
mod shared;

pub use bases::Bases;
pub use durable::Durability;
pub(crate) use durable::{SYNC_THREADS, spread};
pub use error::ObjectError;
pub use read::LooseBlob;
pub use sink::{ObjectSink, Placed, Written};

#[cfg(test)]
mod tests;
