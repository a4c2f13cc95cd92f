//! Runs, as terminal sessions with the real git and bare repositories for remotes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scene;

mod abandon;
mod at_once;
mod bad_input;
mod finish;
mod killed;
mod log;
mod pull_request;
mod schema;
mod start;
