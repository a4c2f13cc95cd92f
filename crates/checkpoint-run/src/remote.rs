//! The remote of a run.

use std::time::Duration;

use bstr::{BStr, ByteSlice as _};
use checkpoint_git::{ProgramError, Repository};

/// How long a remote may take to say which branches it has.
const PATIENCE: Duration = Duration::from_secs(10);

/// The remote that runs are pushed to: `remote.pushDefault`, else the one that `branch` follows, else `origin`, else
/// the only one there is.
pub(crate) fn of(repo: &Repository, branch: Option<&str>) -> Option<String> {
    let config = repo.gix().config_snapshot();
    let names = names(repo);
    let text = |key: &str| config.string(key).map(|value| value.to_string());
    let followed = branch.and_then(|branch| {
        let remote = config.string_by("branch", branch.as_bytes().as_bstr(), "remote")?;
        Some(remote.to_string()).filter(|remote| remote != ".")
    });
    let origin = || names.iter().find(|name| *name == "origin").cloned();
    let only = || match names.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    text("remote.pushDefault")
        .or(followed)
        .or_else(origin)
        .or_else(only)
}

/// The names of all remotes.
pub(crate) fn names(repo: &Repository) -> Vec<String> {
    let names = repo.gix().remote_names();
    names.iter().map(|name| name.to_string()).collect()
}

/// Where a push to `remote` goes, as git would have it after all rewriting.
pub(crate) fn push_url(repo: &Repository, remote: &str) -> Result<String, ProgramError> {
    let known = repo
        .gix()
        .remote_names()
        .iter()
        .any(|name| **name == BStr::new(remote));
    if !known {
        return Ok(remote.to_owned());
    }
    let url = repo
        .git(["remote", "get-url", "--push", "--", remote])
        .output()?;
    Ok(url.trim_end().to_str_lossy().into_owned())
}

/// The branches of `remote` that begin with `stem`, without `refs/heads/`.
pub(crate) fn branches(
    repo: &Repository,
    remote: &str,
    stem: &str,
) -> Result<Vec<String>, ProgramError> {
    let pattern = format!("refs/heads/{stem}*");
    let words = ["ls-remote", "--quiet", "--refs", "--", remote, &pattern];
    let lines = repo.git(words).output_within(PATIENCE)?;
    let name = |line: &[u8]| {
        let (_, name) = line.split_once_str("\t")?;
        Some(
            name.strip_prefix(b"refs/heads/")?
                .to_str_lossy()
                .into_owned(),
        )
    };
    Ok(lines.lines().filter_map(name).collect())
}

/// Whether `remote` has a reference of this full name. One that does not answer has none.
pub(crate) fn has(repo: &Repository, remote: &str, reference: &str) -> bool {
    let words = ["ls-remote", "--quiet", "--refs", "--", remote, reference];
    let lines = repo.git(words).output_within(PATIENCE).unwrap_or_default();
    let mut names = lines
        .lines()
        .filter_map(|line| Some(line.split_once_str("\t")?.1));
    names.any(|name| name == reference.as_bytes())
}
