//! What a partial clone was only promised of records: git is asked to fetch it, all at once.

use bstr::ByteSlice as _;
use checkpoint_git::{ProgramError, Repository, refs};
use checkpoint_store::{notes::CHECKPOINTS, subject::AGENTS};

/// The words by which git itself fetches what a partial clone lacks.
const FETCH: [&str; 9] = [
    "-c",
    "fetch.negotiationAlgorithm=noop",
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
    "--stdin",
];

/// Has git fetch the records that are not here from where they were promised. Whether it could shows when they are
/// read; without a partial clone nothing is asked.
pub(crate) fn take_records(repo: &Repository) {
    if !repo.caps().promisor {
        return;
    }
    for reference in [CHECKPOINTS, AGENTS] {
        let is_here = refs::find(repo, reference).ok().flatten().is_some();
        if is_here {
            // A record that cannot be had fails by itself.
            drop(take(repo, reference));
        }
    }
}

/// Trees may be missing as well; what is below them is only known once they are here.
fn take(repo: &Repository, reference: &str) -> Result<(), ProgramError> {
    let mut before = String::new();
    loop {
        let words = ["rev-list", "--objects", "--no-walk", "--missing=print"];
        let listed = repo.git(words.iter().chain(&[reference])).output()?;
        let missing = listed.lines().filter_map(|line| line.strip_prefix(b"?"));
        let missing: String = missing.map(|id| format!("{}\n", id.as_bstr())).collect();
        if missing.is_empty() || missing == before {
            return Ok(());
        }
        let Some(remote) = promisor(repo) else {
            return Ok(());
        };
        let words = FETCH.iter().copied();
        let words = words.chain(["--filter=blob:none", "--", &remote]);
        let program = repo.git(words).env("GIT_TERMINAL_PROMPT", "0");
        program.output_of(missing.as_bytes())?;
        before = missing;
    }
}

/// The remote that promised: the one that the repository was cloned from, else the first that says so.
fn promisor(repo: &Repository) -> Option<String> {
    let config = repo.gix().config_snapshot();
    let names = repo.gix().remote_names();
    let has_promised =
        |name: &String| config.boolean(format!("remote.{name}.promisor").as_str()) == Some(true);
    let cloned = config.string("extensions.partialClone");
    cloned
        .map(|name| name.to_string())
        .or_else(|| names.iter().map(ToString::to_string).find(has_promised))
}
