//! A checkpoint is made, work goes on, the checkpoint comes back, and that is undone: git and the file system tell the
//! same as before each time.

mod state;

mod attributes;
mod folders;
mod ignored;
mod modes;
mod objected;
mod operations;
mod replaced;
mod rest;
mod unlooked;
mod upstream;
mod worktrees;

use checkpoint_tests::Sandbox;
use state::State;

/// Keeps what `sandbox` has, lets `change` do its worst, goes back, and undoes that.
fn round_trip(name: &str, sandbox: &Sandbox, change: impl FnOnce(&Sandbox)) {
    let before = State::of(sandbox);
    sandbox.checkpoint(["create", "kept"]).exits(0);
    before.assert_same(sandbox, &format!("{name}: a checkpoint is not seen"));
    change(sandbox);
    let changed = State::of(sandbox);
    sandbox.git(["safe-restore", "kept", "--exact", "--force"]);
    before.assert_same(sandbox, &format!("{name}: everything is back"));
    sandbox.git(["safe-restore", "--undo", "--force"]);
    changed.assert_same(sandbox, &format!("{name}: that is undone"));
    sandbox.git(["safe-restore", "--redo", "--force"]);
    before.assert_same(sandbox, &format!("{name}: and done again"));
}
