//! `git safe-restore` as a process, in repositories made by the real git.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scene;

mod back;
mod heads;
mod paths;
mod rollback;

mod again;
mod asking;
mod refused;

mod list;
mod schema;
mod undo;
