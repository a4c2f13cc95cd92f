//! `git agent-commit`, against the git program of the machine.

mod message;
mod paths;
mod refusals;
mod scene;
mod together;
