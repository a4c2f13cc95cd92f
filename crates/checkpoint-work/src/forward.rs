//! The lines that take the work on: where nothing is lost, nobody looks for a way round.

use checkpoint_cli::shell_word;
use checkpoint_git::{Repository, refs};
use checkpoint_model::{
    policy::{Rules, Verdict},
    words::OperationKind,
};

/// What work of agents is put under, unless the policy has another place for work.
const PREFIX: &str = "agent/";

/// A branch for work that was begun on `branch`: one that is free, and that the rules leave to work.
pub fn branch(repo: &Repository, rules: &Rules, branch: &str) -> String {
    let slug = format!("from-{}", slug(branch));
    let places = rules
        .layers()
        .iter()
        .flat_map(|layer| layer.policy.branches.feature.patterns());
    let prefixes = places.filter_map(|pattern| pattern.strip_suffix('*'));
    let prefixes = std::iter::once(PREFIX).chain(prefixes).chain([""]);
    let is_for_work = |name: &String| rules.commit(name, false) == Verdict::Allowed;
    let mut names = prefixes
        .map(|prefix| format!("{prefix}{slug}"))
        .filter(is_for_work);
    let name = names.find(|name| may_be_made(repo, name)).unwrap_or(slug);
    let mut numbered = (2..).map(|n| format!("{name}-{n}"));
    match is_taken(repo, &name) {
        false => name,
        true => numbered.find(|name| !is_taken(repo, name)).unwrap_or(name),
    }
}

/// Whether no branch stands where this one needs a directory.
fn may_be_made(repo: &Repository, name: &str) -> bool {
    let above = name.match_indices('/').map(|(at, _)| &name[..at]);
    !above.into_iter().any(|above| is_taken(repo, above))
}

fn is_taken(repo: &Repository, name: &str) -> bool {
    matches!(refs::find(repo, &format!("refs/heads/{name}")), Ok(Some(_)))
}

fn slug(branch: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let slug: String = branch.chars().map(letter).collect();
    slug.trim_matches('-').to_owned()
}

/// How a commit is had on the branch `name` instead, in the middle of `operation`.
pub fn commit(name: &str, operation: Option<OperationKind>) -> String {
    let (full, name) = (full_word(name), shell_word(name));
    let continued = |command: &str| {
        // git-switch(1) refuses in the middle of an operation, and git-checkout(1) forgets it.
        format!(
            "take it to a branch of its own, and finish it there:\n  git branch {name}\n  git symbolic-ref HEAD {full}\n  {command}"
        )
    };
    let aborted = |command: &str| {
        format!(
            "take it to a branch of its own:\n  git {command} --abort\n  git switch -c {name}\n  git {command} …"
        )
    };
    match operation {
        None | Some(OperationKind::Bisect) => format!(
            "take it to a branch of its own, and commit again; what is staged stays staged:\n  git switch -c {name}"
        ),
        Some(OperationKind::Merge) => continued("git commit"),
        Some(OperationKind::CherryPick) => continued("git cherry-pick --continue"),
        Some(OperationKind::Revert) => continued("git revert --continue"),
        Some(OperationKind::Am) => aborted("am"),
        Some(OperationKind::RebaseMerge | OperationKind::RebaseApply) => aborted("rebase"),
    }
}

/// How `branch` is rebased under the name `name` instead, before anything has happened; none: it is HEAD's.
pub fn rebase(name: &str, branch: Option<&str>) -> String {
    let start = branch
        .map(|branch| format!(" {}", full_word(branch)))
        .unwrap_or_default();
    let name = shell_word(name);
    format!(
        "take it to a branch of its own, and rebase that:\n  git switch -c {name}{start}\n  git rebase …"
    )
}

/// The full name of a branch, for a line that is to be pasted.
pub fn full_word(branch: &str) -> String {
    shell_word(&format!("refs/heads/{branch}")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_a_branch_may_hold() {
        let check = |branch: &str, want: &str| assert_eq!(slug(branch), want);
        check("main", "main");
        check("release/1.0", "release-1-0");
        check("-x~", "x");
    }
}
