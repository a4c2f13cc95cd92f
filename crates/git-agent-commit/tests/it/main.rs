//! `git agent-commit`, against the git program of the machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod half_made;
mod kinds;
mod message;
mod paths;
mod refusals;
mod scene;
mod together;
