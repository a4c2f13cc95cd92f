//! Sessions across commands, against the real git.

mod against_git;
mod at_once;
mod back_and_forth;
mod bad_input;
mod by_hand;
mod capture;
mod ci;
mod commit;
mod concurrency;
mod everywhere;
mod guide;
mod halfway;
mod hooks;
mod hostile;
mod invisible;
mod lessons;
mod machines;
mod memory;
mod odd;
mod odd_and_back;
mod random;
mod readback;
mod roundtrip;
mod server;
mod sessions;
mod stash;
