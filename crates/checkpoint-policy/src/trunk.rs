//! The branch that a repository agrees on, whose policy holds for all others.

use checkpoint_git::{Repository, refs};

use crate::{ReadError, upstream::ORIGIN, version::Version};

/// The names it has where nothing says otherwise.
const USUAL: [&str; 2] = ["main", "master"];

/// Its name, and its version of the policy: what the remote's HEAD points at, else the first that is here of `main`,
/// `master` and git config `init.defaultBranch`.
pub(crate) fn find(repo: &Repository) -> Option<(String, Result<Option<Version>, ReadError>)> {
    let head = format!("refs/remotes/{ORIGIN}/HEAD");
    let target = refs::symbolic_target(repo, &head).ok().flatten();
    let prefix = format!("refs/remotes/{ORIGIN}/");
    let agreed = target
        .as_deref()
        .and_then(|target| target.strip_prefix(&prefix));
    if let Some(name) = agreed {
        let version = Version::of_branch(repo, name).map(Option::flatten);
        return Some((name.to_owned(), version));
    }
    let usual = USUAL.into_iter().map(str::to_owned);
    let default = || {
        let config = repo.gix().config_snapshot();
        config
            .string("init.defaultBranch")
            .map(|name| name.to_string())
    };
    let mut names = usual.chain(std::iter::once_with(default).flatten());
    names.find_map(|name| match Version::of_branch(repo, &name) {
        Ok(None) => None,
        Ok(Some(version)) => Some((name, Ok(version))),
        Err(error) => Some((name, Err(error))),
    })
}
