//! `git checkpoint` as a process, in repositories made by the real git.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scan;
mod scene;

mod create;
mod status;
mod validate;
mod verify;

mod delete;
mod diff;
mod doctor;
mod exchange;
mod install;
mod list;
mod log;
mod name;
mod places;
mod prune;
mod schema;
mod share;
mod show;
mod summary;
