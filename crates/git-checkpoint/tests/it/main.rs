//! `git checkpoint` as a process, in repositories made by the real git.

mod scene;

mod create;
mod status;
mod validate;

mod delete;
mod diff;
mod exchange;
mod list;
mod log;
mod name;
mod prune;
mod show;
mod summary;
