//! Runs, as terminal sessions.
