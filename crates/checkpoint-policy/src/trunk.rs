//! The branch that a repository agrees on, whose policy holds for all others.

use checkpoint_git::{Repository, refs};
use checkpoint_model::policy::Policy;

use crate::{
    ReadError,
    upstream::{self, ORIGIN},
    version::Version,
};

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

/// Has git fetch the policy of that branch where a partial clone was only promised it. Whether it could shows when it
/// is read.
pub(crate) fn take_promised(repo: &Repository) {
    if !repo.caps().promisor {
        return;
    }
    let name = find(repo).map(|(name, _)| name);
    for (_, full) in name
        .iter()
        .flat_map(|name| upstream::versions_of(repo, name))
    {
        drop(promised(repo, &full, Policy::FILE_NAME));
    }
}

/// The file `path` as the commit that `full` names has it, by the git program: it fetches what was promised.
pub(crate) fn promised(repo: &Repository, full: &str, path: &str) -> Option<Vec<u8>> {
    let words = [
        "cat-file".to_owned(),
        "blob".to_owned(),
        format!("{full}:{path}"),
    ];
    let program = repo.git(words).env("GIT_TERMINAL_PROMPT", "0");
    program.output().ok().map(Into::into)
}
