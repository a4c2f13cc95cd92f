//! Takes the snapshot of a working state without touching it.
