//! Takes the snapshot of a working state without touching it.
//!
//! [`capture`] reads the index, the operation in progress and the working tree, writes what is new as objects into an
//! [`ObjectSink`](checkpoint_git::objects::ObjectSink), and gives a [`Captured`] state; [`Captured::commit`] makes
//! the snapshot commit of it.
//!
//! What it does *not* do: it takes no lock, writes no index, moves no ref, runs no hook, and knows nothing of records.
//!
//! Read in this order: [`snapshot`] tells the story, [`request`] what can be asked, `walk` finds what changed, `tree`
//! makes trees of it, [`side`] keeps what trees cannot tell, `aside` what no tree should have; `closely` is for those who
//! are going to overwrite files.

mod aside;
mod closely;
pub mod error;
mod filter;
mod listing;
mod manifest;
mod operation;
pub mod request;
pub mod side;
pub mod snapshot;
mod sparse;
mod stat;
mod tree;
mod walk;

pub use aside::Aside;
pub use closely::look_closely;
pub use error::CaptureError;
pub use operation::operations;
pub use operation::{is_operation_file, is_root_ref};
pub use request::{Patterns, Request, Untracked};
pub use side::{Meta, PermissionsFound, Side};
pub use snapshot::{Captured, capture};
pub use stat::is_same_file;
