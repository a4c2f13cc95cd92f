//! States in which a checkpoint cannot be whole, or cannot be made at all.

use crate::{Sandbox, without_powers};

use super::dirty;

/// Files and folders that may not be read: untracked ones, a tracked one as it was, and a tracked one that was edited.
///
/// `None` where the user of the tests may read everything and cannot give that up.
pub fn unreadable() -> Option<Sandbox> {
    let mut sandbox = Sandbox::committed();
    sandbox.run_behind(&without_powers()?);
    sandbox.append("README", "edited\n");
    sandbox.write("new.txt", "may be read\n");
    sandbox.write("new-secret.txt", "may not be read\n");
    sandbox.write("closed/inside.txt", "may not be found\n");
    for path in ["README", "src/main.c", "new-secret.txt", "closed"] {
        sandbox.chmod(path, 0o000);
    }
    Some(sandbox)
}

/// A git directory that may only be read. `None` as for [`unreadable`].
pub fn read_only() -> Option<Sandbox> {
    let mut sandbox = Sandbox::committed();
    sandbox.run_behind(&without_powers()?);
    dirty(&sandbox);
    sandbox.sh("chmod -R a-w .git");
    Some(sandbox)
}

/// A git directory whose objects can be written and whose refs cannot. `None` as for [`unreadable`].
pub fn read_only_refs() -> Option<Sandbox> {
    let mut sandbox = Sandbox::committed();
    sandbox.run_behind(&without_powers()?);
    dirty(&sandbox);
    sandbox.sh("chmod -R a-w .git/refs && chmod a-w .git");
    Some(sandbox)
}

/// A repository of another user. `None` for an ordinary user, who cannot give a file away.
pub fn foreign() -> Option<Sandbox> {
    if !crate::is_root() {
        return None;
    }
    let sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.sh("chown -R 65534:65534 .");
    assert_eq!(
        sandbox.try_git(["status"]).code,
        128,
        "git does not trust it"
    );
    Some(sandbox)
}

/// A hook that refuses every change of a ref.
pub fn refusing_hook() -> Sandbox {
    let sandbox = Sandbox::committed();
    dirty(&sandbox);
    sandbox.write(
        ".git/hooks/reference-transaction",
        "#!/bin/sh\nexec test \"$1\" != prepared\n",
    );
    sandbox.chmod(".git/hooks/reference-transaction", 0o755);
    assert_ne!(
        sandbox.try_git(["branch", "refused"]).code,
        0,
        "the hook refuses"
    );
    sandbox
}
