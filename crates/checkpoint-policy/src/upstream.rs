//! What a branch follows: where its history is agreed on, and its policy with it.

use checkpoint_git::Repository;

/// The remote that a branch follows when git config does not say.
pub(crate) const ORIGIN: &str = "origin";

/// The remote-tracking branches that `branch` follows, in full: the branch of the same name at its remote, or at
/// `origin`; they need not be there. git config could name a branch of any other name for an upstream, and an agent
/// could push one; so that does not count, but for [`configured`].
pub fn tracking(repo: &Repository, branch: &str) -> String {
    let remote = value(repo, branch, "remote").filter(|remote| remote != ".");
    let remote = remote.unwrap_or_else(|| ORIGIN.to_owned());
    format!("refs/remotes/{remote}/{branch}")
}

/// The remote-tracking branch that git config names for the upstream, in full, and the name of that branch at its
/// remote; none where it names none, or a local one.
pub fn configured(repo: &Repository, branch: &str) -> Option<(String, String)> {
    let remote = value(repo, branch, "remote").filter(|remote| remote != ".")?;
    let merge = value(repo, branch, "merge")?;
    let merge = merge.strip_prefix("refs/heads/")?;
    Some((format!("refs/remotes/{remote}/{merge}"), merge.to_owned()))
}

/// Where the versions of a branch are looked for, the most trusted first: short names, and full ones.
pub(crate) fn versions_of(repo: &Repository, branch: &str) -> [(String, String); 2] {
    let tracking = tracking(repo, branch);
    let short = tracking.strip_prefix("refs/remotes/").unwrap_or(&tracking);
    [
        (short.to_owned(), tracking.clone()),
        (branch.to_owned(), format!("refs/heads/{branch}")),
    ]
}

fn value(repo: &Repository, branch: &str, key: &str) -> Option<String> {
    let config = repo.gix().config_snapshot();
    let value = config.string(format!("branch.{branch}.{key}").as_str())?;
    Some(value.to_string()).filter(|value| !value.is_empty())
}
