//! Sessions across commands, against the real git.

mod odd;
