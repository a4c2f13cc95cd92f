//! Writing to the working tree: never through a link, never in place, never over what is not expected.
//!
//! A [`Writer`] does one [`Step`] at a time. Each path is resolved from a handle of the top of the working tree,
//! component by component, no link followed. A file is written beside its place and changes places with what it
//! replaces, after a last look at that: what is neither expected nor wanted there is somebody else's work, is told
//! ([`Applied::Foreign`]) and left alone. Doing a step again after a crash does no harm ([`Applied::AlreadySo`]).
//!
//! What it does *not* do: decide what shall be written, order the steps, remove a directory with anything in it, or
//! touch the index, a ref or the git directory.
//!
//! Read in this order: [`step`] says what can be asked, [`writer`] does it, `directory` finds the place, `look` tells
//! what is there, `content` and `filters` what shall be there, `compare` whether the two agree; `pour` fills the
//! `temporary` file that is put there, `sync` waits until all is on the disk.

mod compare;
mod content;
mod directory;
pub mod error;
mod filters;
mod ident;
mod leftovers;
mod look;
pub mod names;
mod permissions;
mod pour;
pub mod step;
mod sync;
mod temporary;
pub mod writer;

#[cfg(test)]
mod tests;

pub use error::FilesError;
pub(crate) use filters::Shapes;
pub use filters::{Attributes, attributes_of};
pub(crate) use leftovers::Leftovers;
pub(crate) use look::{hash_at, is_executable};
pub use names::Names;
pub use step::{Applied, Content, Expected, FileKind, Found, Step, Wanted};
pub(crate) use sync::Unsynced;
pub use temporary::Token;
pub use writer::{Durability, Options, Writer};

/// The points in this module where a build with the feature `faults` can be told to break: those before an act can
/// fail or end the process, those after it can end it.
pub const FAULT_POINTS: &[&str] = &[
    "files::before_mkdir",
    "files::after_mkdir",
    "files::before_write",
    "files::in_write",
    "files::after_temp",
    "files::before_rename",
    "files::after_exchange",
    "files::after_rename",
    "files::before_delete",
    "files::after_delete",
    "files::before_chmod",
    "files::after_chmod",
    "files::before_rmdir",
    "files::after_rmdir",
];
