//! The one door to the repository.

pub mod objects;
