//! Runs, as terminal sessions with the real git and bare repositories for remotes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "these sessions need a part of it")]
#[path = "../../../checkpoint-forge/tests/it/fake.rs"]
mod fake;
mod scene;

mod abandon;
mod at_once;
mod bad_input;
mod finish;
mod half_made;
mod ignored;
mod killed;
mod left_out;
mod log;
mod next_commands;
mod no_agit;
mod no_push_options;
mod place;
mod pull_request;
mod pushed;
mod real_gh;
mod remembered;
mod resume;
mod same_number;
mod schema;
mod stale_environment;
mod start;
mod take_over;
mod task_names;
mod unborn;
