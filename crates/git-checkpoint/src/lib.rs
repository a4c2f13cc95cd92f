//! `git checkpoint`.
