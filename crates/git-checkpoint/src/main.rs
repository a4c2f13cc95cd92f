//! `git checkpoint`, the program.

fn main() {}
