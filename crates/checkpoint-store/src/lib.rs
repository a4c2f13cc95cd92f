//! Keeps checkpoints.

mod error;
pub mod notes;

#[cfg(test)]
mod fixture;

pub use error::StoreError;
