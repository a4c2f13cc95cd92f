//! Looks for secrets in what is about to leave the machine.
//!
//! [`scan()`] reads objects and gives [`Findings`]; [`reachable()`] says which ones a push would publish; [`Rules`] are all
//! rules but what the policy's `[push]` allows. Read in this order: [`rules`] is the table, `anchors` and `matcher` find
//! where to try them, `judge` tells what is random from what stands for it, `content` reads piece by piece, [`mod@scan`] does
//! many blobs at once.
//!
//! What it does *not* do: ask any service whether a token is alive, decide what is sent, or print a secret. A finding
//! holds a hash of it, its place, and how it begins.
//!
//! The rules are ours. Those that are maintained elsewhere come as a program, or with a regular expression engine in
//! C++ and no way to read an object database; and hold patterns that want a whole text at once.

pub mod list;
pub mod rules;
pub mod scan;

mod anchors;
mod assignment;
mod blob;
mod content;
mod error;
mod file;
mod judge;
mod matcher;
mod name;
mod walk;

pub use error::ScanError;
pub use list::{contents, paths_in, reachable};
pub use scan::{Aspect, Finding, Findings, Object, Rules, scan, scan_text};

#[cfg(test)]
mod tests;
