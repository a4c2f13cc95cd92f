//! Strange states of a repository, one builder each: what a user may be in the middle of when a checkpoint is made.
//!
//! A builder gives a [`Sandbox`] in that state and has checked with git that it is. The tests of `create` and those of
//! restore use the same ones.

pub mod conflicts;
pub mod content;
pub mod indexes;
pub mod limits;
pub mod names;
pub mod objected;
pub mod operations;
pub mod places;
pub mod remotes;

use crate::Sandbox;

/// A name for messages, and what builds it.
pub type Odd = (&'static str, fn() -> Sandbox);

/// Every strange state in which a checkpoint can be made, with nothing needed beside git.
pub fn all() -> impl Iterator<Item = Odd> {
    let lists = [
        operations::ALL,
        conflicts::ALL,
        indexes::ALL,
        places::ALL,
        remotes::ALL,
        content::ALL,
        objected::ALL,
        names::ALL,
    ];
    lists.into_iter().flatten().copied()
}

/// Some work of every plain kind beside the strange state: staged, edited, deleted, new, ignored.
pub(crate) fn dirty(sandbox: &Sandbox) {
    sandbox.write("doc/staged.txt", "staged\n");
    sandbox.git(["add", "doc/staged.txt"]);
    sandbox.append("doc/staged.txt", "and edited\n");
    sandbox.append("src/lib/list.c", "struct edited;\n");
    sandbox.remove("run.sh");
    sandbox.write("new/untracked.txt", "untracked\n");
    sandbox.write(".gitignore", "*.ignored\n");
    sandbox.write("new/file.ignored", "ignored\n");
}
