//! Objects and refs that are not all here, or are stored in another way.

use super::{Odd, dirty};
use crate::Sandbox;

/// All of them.
pub const ALL: &[Odd] = &[
    ("shallow", shallow),
    ("partial clone", partial),
    ("partial clone without trees", partial_without_trees),
    ("partial and sparse clone", partial_and_sparse),
    ("alternates", alternates),
    ("sha256", sha256),
    ("reftable", reftable),
    ("sha256 and reftable", sha256_and_reftable),
    ("packed refs and objects", packed),
];

/// A clone of a repository with three commits, dirty, whose origin is out of reach.
fn clone(words: &[&str]) -> Sandbox {
    let sandbox = clean_clone(words);
    dirty(&sandbox);
    sandbox
}

fn clean_clone(words: &[&str]) -> Sandbox {
    let mut sandbox = Sandbox::committed();
    for n in 1..3 {
        sandbox.write("README", format!("version {n}\n"));
        sandbox.commit("another");
    }
    sandbox.git(["config", "uploadpack.allowFilter", "true"]);
    let origin = format!("file://{}", sandbox.top().display());
    sandbox.git_in(
        sandbox.world(),
        [&["clone", "--quiet"], words, &[&origin, "clone"]].concat(),
    );
    sandbox.move_to("clone");
    sandbox
}

fn out_of_reach(sandbox: Sandbox) -> Sandbox {
    fs_err::rename(sandbox.world().join("repo"), sandbox.world().join("away"))
        .expect("our own folder");
    sandbox
}

/// `git clone --depth 1`
pub fn shallow() -> Sandbox {
    let sandbox = clone(&["--depth", "1"]);
    assert!(sandbox.path(".git/shallow").exists(), "it is shallow");
    sandbox
}

/// `git clone --filter=blob:none`: what HEAD does not have is at the origin, which is away.
pub fn partial() -> Sandbox {
    let sandbox = out_of_reach(clone(&["--filter=blob:none"]));
    let missing = sandbox.git(["rev-list", "--objects", "--all", "--missing=print"]);
    assert!(missing.contains("\n?"), "some blobs are missing: {missing}");
    sandbox
}

/// `git clone --filter=tree:0`
pub fn partial_without_trees() -> Sandbox {
    out_of_reach(clone(&["--filter=tree:0"]))
}

/// `git clone --filter=blob:none --sparse`: not even all of HEAD's own files are here, and one of their folders changed.
pub fn partial_and_sparse() -> Sandbox {
    let sandbox = out_of_reach(clean_clone(&["--filter=blob:none", "--sparse"]));
    sandbox.write("doc/new.txt", "new beside what is not here\n");
    let absent = sandbox.git(["rev-parse", "HEAD:doc/guide.txt"]);
    let missing = sandbox.git(["rev-list", "--objects", "--all", "--missing=print"]);
    assert!(
        missing.contains(&format!("?{absent}")),
        "a blob of HEAD is missing: {missing}"
    );
    sandbox
}

/// `git clone --shared`: all old objects lie in another repository.
pub fn alternates() -> Sandbox {
    // `file://` would make it a clone over a connection, which shares nothing.
    let mut sandbox = Sandbox::committed();
    sandbox.git_in(
        sandbox.world(),
        ["clone", "--quiet", "--shared", "repo", "clone"],
    );
    sandbox.move_to("clone");
    dirty(&sandbox);
    assert!(
        sandbox.path(".git/objects/info/alternates").exists(),
        "there is an alternate"
    );
    sandbox
}

fn with_init(words: &[&str]) -> Sandbox {
    let sandbox = Sandbox::with_init(words);
    sandbox.fill();
    dirty(&sandbox);
    sandbox
}

/// `git init --object-format=sha256`
pub fn sha256() -> Sandbox {
    with_init(&["--object-format=sha256"])
}

/// `git init --ref-format=reftable`
pub fn reftable() -> Sandbox {
    with_init(&["--ref-format=reftable"])
}

/// Both.
pub fn sha256_and_reftable() -> Sandbox {
    with_init(&["--object-format=sha256", "--ref-format=reftable"])
}

/// After `git gc`: no loose object, no loose ref.
pub fn packed() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.git(["tag", "-a", "-m", "a tag", "v1"]);
    sandbox.git(["gc", "--quiet", "--prune=now"]);
    dirty(&sandbox);
    sandbox
}
