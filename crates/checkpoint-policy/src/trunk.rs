//! The branch that a repository agrees on, whose policy holds for all others.

use checkpoint_git::{Repository, refs};

use crate::upstream::{ORIGIN, versions_of};

/// The names it has where nothing says otherwise.
const USUAL: [&str; 2] = ["main", "master"];

/// Its name: what the remote's HEAD points at, else the first that is here of `main`, `master` and git config
/// `init.defaultBranch`.
pub(crate) fn find(repo: &Repository) -> Option<String> {
    let head = format!("refs/remotes/{ORIGIN}/HEAD");
    let target = refs::symbolic_target(repo, &head).ok().flatten();
    let prefix = format!("refs/remotes/{ORIGIN}/");
    if let Some(name) = target
        .as_deref()
        .and_then(|target| target.strip_prefix(&prefix))
    {
        return Some(name.to_owned());
    }
    let usual = USUAL.into_iter().map(str::to_owned);
    let config = repo.gix().config_snapshot();
    let default = config
        .string("init.defaultBranch")
        .map(|name| name.to_string());
    usual.chain(default).find(|name| is_here(repo, name))
}

fn is_here(repo: &Repository, branch: &str) -> bool {
    let mut places = versions_of(repo, branch).into_iter();
    places.any(|(_, full)| refs::find(repo, &full).ok().flatten().is_some())
}
