//! The edge that all commands share.
