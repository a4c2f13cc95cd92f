//! The lines that take the work on: where nothing is lost, nobody looks for a way round.

use checkpoint_cli::shell_word;
use checkpoint_git::Repository;
use checkpoint_model::{policy::Rules, words::OperationKind};

use crate::proposal;

/// How a commit that was to be on `branch` is had on another one, where nothing else is going on.
pub fn commit(repo: &Repository, rules: &Rules, branch: &str) -> String {
    let Some(name) = proposal::branch(repo, rules, branch) else {
        return nowhere(rules);
    };
    let staged = match has_staged(repo) {
        true => "; what is staged stays staged",
        false => "",
    };
    let name = shell_word(&name);
    format!("take it to a branch of its own, and commit again{staged}:\n  git switch -c {name}")
}

/// Where no branch can be proposed.
pub fn nowhere(rules: &Rules) -> String {
    let patterns = proposal::patterns(rules);
    format!(
        "take it to a branch that is for work, by 'feature' of the policy {patterns}, with git switch; see those there are:\n  git branch --list"
    )
}

/// Whether a commit would have something in it.
fn has_staged(repo: &Repository) -> bool {
    let git = repo.git(["diff", "--cached", "--quiet"]);
    matches!(git.answer(), Ok(None))
}

/// How an operation goes on with HEAD at the branch `name`, which is to be made.
pub fn continued(name: &str, operation: OperationKind) -> String {
    let (full, name) = (full_word(name), shell_word(name));
    let continued = |command: &str| {
        // git-switch(1) refuses in the middle of an operation, and git-checkout(1) forgets it.
        format!(
            "take it to a branch of its own, and finish it there:\n  git branch {name}\n  git symbolic-ref HEAD {full}\n  {command}"
        )
    };
    let aborted = |command: &str| {
        format!(
            "take it to a branch of its own, and begin the {command} again there:\n  git {command} --abort\n  git switch -c {name}"
        )
    };
    match operation {
        OperationKind::Bisect => format!("take it to a branch of its own:\n  git switch -c {name}"),
        OperationKind::Merge => continued("git commit"),
        OperationKind::CherryPick => continued("git cherry-pick --continue"),
        OperationKind::Revert => continued("git revert --continue"),
        OperationKind::Am => aborted("am"),
        OperationKind::RebaseMerge | OperationKind::RebaseApply => aborted("rebase"),
    }
}

/// The full name of a branch, for a line that is to be pasted.
pub fn full_word(branch: &str) -> String {
    shell_word(&format!("refs/heads/{branch}")).into_owned()
}
