//! The edge as a process: exit numbers, streams, terminals; and git as the judge of its words.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod edge;

mod streams;
mod terminal;
mod wording;
