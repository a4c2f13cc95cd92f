//! Puts a kept state back exactly, and can be told to take that back.

pub mod files;
