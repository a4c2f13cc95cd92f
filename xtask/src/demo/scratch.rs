//! The scratch clone.

use std::path::{Path, PathBuf};

use miette::{Result, WrapErr as _};

use crate::process::{World, output};

/// Clones the repository at `root` into `scratch` and returns the top of the clone. A shallow
/// clone and one with a single commit will do; the repository itself is only read.
pub(crate) fn clone(world: &World, root: &Path, scratch: &Path) -> Result<PathBuf> {
    let top = scratch.join("work");
    // `file://` copies what is reachable and no more, whether or not the source is shallow; a
    // clone by path warns about a shallow source.
    let mut source = std::ffi::OsString::from("file://");
    source.push(root);
    let words = ["clone", "--quiet", "--no-tags", "--depth=1"];
    output(world.git(scratch, words).arg(source).arg(&top))
        .wrap_err("cannot clone the repository that this stands in; it needs one commit")?;
    // The clone of a detached HEAD is detached; the merge of the second act wants a branch.
    output(&mut world.git(&top, ["switch", "--quiet", "-C", "demo"]))?;
    Ok(top)
}
