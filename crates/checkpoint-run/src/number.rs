//! The next free branch of a task.

use checkpoint_cli::Session;
use checkpoint_git::refs;
use checkpoint_model::{run::Run, slug::RunBranches};

use crate::{RunError, remote};

/// A number that nobody is known to have.
pub(crate) struct Free {
    pub(crate) number: u32,
    /// Why the remote was not asked, where it could not be.
    pub(crate) unasked: Option<String>,
}

/// The number after the highest that any branch has: here, at the remote, or as it was when it was last fetched; and
/// any run on record, whose branch may be gone. Whoever creates the branch first has it.
pub(crate) fn next(
    session: &Session<'_>,
    branches: &RunBranches,
    runs: &[Run],
    remote: Option<&str>,
) -> Result<Free, RunError> {
    let repo = &session.repo;
    let folder = format!("{}/{}/", branches.prefix, branches.slug);
    let mut taken: Vec<String> = Vec::new();
    refs::each_name(repo, &format!("refs/heads/{folder}"), |name| {
        taken.push(format!("{folder}{name}"));
    })?;
    // A tracked branch is called `<remote>/<branch>`, and a remote may have slashes in its name.
    refs::each_name(repo, "refs/remotes/", |name| {
        let at = name.find(&folder).map(|at| name[at..].to_owned());
        taken.extend(at);
    })?;
    taken.extend(runs.iter().map(|run| run.started.branch.clone()));
    let mut unasked = None;
    if let Some(remote) = remote {
        match remote::branches(repo, remote, &branches.stem()) {
            Ok(names) => taken.extend(names),
            Err(error) => unasked = Some(crate::log::said(&error)),
        }
    }
    Ok(Free {
        number: branches.next_free(taken.iter().map(String::as_str)),
        unasked,
    })
}
