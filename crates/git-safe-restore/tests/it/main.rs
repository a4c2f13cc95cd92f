//! `git safe-restore` as a process, in repositories made by the real git.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod scene;
