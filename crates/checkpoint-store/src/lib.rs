//! Keeps checkpoints.
