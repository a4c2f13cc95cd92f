//! The lines that take the work on, by what was stopped.

use checkpoint_cli::shell_word;
use checkpoint_model::{policy::Rules, words::OperationKind};
use checkpoint_work::{forward, proposal};

use super::{again::Stopped, desk::Desk};

/// How a commit that was to be on `branch` is had on another one.
pub(super) fn commit(desk: &Desk<'_>, rules: &Rules, branch: &str, stopped: Stopped) -> String {
    let Some(name) = proposal::branch(desk.repo(), rules, branch) else {
        return forward::nowhere(rules);
    };
    match stopped {
        Stopped::Rebase { by_pull } => rebase(desk, &name, branch, by_pull),
        Stopped::Commit => forward::commit(desk.repo(), rules, branch),
        Stopped::Revert { several } => {
            let name = shell_word(&name);
            let back = if several {
                "revert --abort"
            } else {
                "reset --merge"
            };
            format!(
                "take it to a branch of its own, and revert there:\n  git {back}\n  git switch -c {name}\n  git revert …"
            )
        }
        Stopped::Step => forward::continued(&name, OperationKind::RebaseMerge),
        Stopped::Waiting(operation) => forward::continued(&name, operation),
    }
}

/// How `branch` is rebased under the name `name` instead, before anything has happened.
fn rebase(desk: &Desk<'_>, name: &str, branch: &str, by_pull: bool) -> String {
    let head = desk.repo().head().ok();
    let is_here = head.is_some_and(|head| head.branch().is_some_and(|here| *here == branch));
    let start = match is_here {
        true => String::new(),
        false => format!(" {}", forward::full_word(branch)),
    };
    let name = shell_word(name);
    let command = if by_pull { "pull" } else { "rebase" };
    format!(
        "take it to a branch of its own, and rebase that:\n  git switch -c {name}{start}\n  git {command} …"
    )
}
