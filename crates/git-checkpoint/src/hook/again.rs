//! The command that a hook stops: which it was, and how it is typed again by somebody who may pass the rule.

use std::path::Path;

use bstr::ByteSlice as _;
use checkpoint_model::words::OperationKind;

use super::{desk::Desk, scripts::Event};

/// What is about to commit, or to rewrite a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    /// A commit by its own command.
    Commit,
    /// An operation that git remembers, and that waits to be continued.
    Waiting(OperationKind),
    /// A revert of which git remembers only what is staged; or, of several, that they are to be gone through.
    Revert {
        /// Whether there are several.
        several: bool,
    },
    /// A step of a rebase that git does not take up again.
    Step,
    /// A rebase that has not begun.
    Rebase {
        /// Whether `git pull` asked for it.
        by_pull: bool,
    },
}

/// Which it is, as far as it shows to a hook.
pub(super) fn stopped(desk: &Desk<'_>) -> Stopped {
    match desk.event {
        Event::PreApplypatch => Stopped::Waiting(OperationKind::Am),
        Event::PreMergeCommit => Stopped::Waiting(OperationKind::Merge),
        Event::PreRebase => {
            let action = desk.session.surroundings.filled("GIT_REFLOG_ACTION");
            let action = action.unwrap_or_default().to_string_lossy().into_owned();
            let by_pull = action.split(' ').next() == Some("pull");
            Stopped::Rebase { by_pull }
        }
        event => {
            let operations = checkpoint_capture::operations(desk.repo()).unwrap_or_default();
            let git_dir = desk.repo().git_dir();
            match operations.first() {
                _ if event == Event::PrepareCommitMsg && is_revert(desk, git_dir) => {
                    let several = git_dir.join("sequencer").is_dir();
                    Stopped::Revert { several }
                }
                None | Some(OperationKind::Bisect) => Stopped::Commit,
                // It is there where the rebase has stopped for somebody to mend something; else git does not go on from
                // what is staged.
                Some(OperationKind::RebaseMerge)
                    if !git_dir.join("rebase-merge/stopped-sha").exists() =>
                {
                    Stopped::Step
                }
                Some(operation) => Stopped::Waiting(*operation),
            }
        }
    }
}

/// Of a revert without conflicts nothing shows but the message, which git also leaves for a commit to come.
fn is_revert(desk: &Desk<'_>, git_dir: &Path) -> bool {
    let [path, source, ..] = desk.words else {
        return false;
    };
    if source != "message" || git_dir.join("REVERT_HEAD").exists() {
        return false;
    }
    let read = |path: &Path| fs_err::read(path).unwrap_or_default();
    let message = read(&desk.session.surroundings.cwd.join(path));
    let begins = ["Revert \"", "Reapply \""];
    let is_revert = begins.iter().any(|begin| message.starts_with_str(begin));
    is_revert && message.trim() == read(&git_dir.join("MERGE_MSG")).trim()
}

/// The lines that let it pass; the last one is to have the word in its environment. `…` stands for the words that it
/// had, which no hook is told.
pub(super) fn again(stopped: Stopped) -> Vec<String> {
    let lines: &[&str] = match stopped {
        Stopped::Commit => &["git commit …"],
        Stopped::Waiting(operation) => match operation {
            OperationKind::Merge => &["git merge --continue"],
            OperationKind::CherryPick => &["git cherry-pick --continue"],
            OperationKind::Revert => &["git revert --continue"],
            OperationKind::Am => &["git am --continue"],
            OperationKind::RebaseMerge | OperationKind::RebaseApply => &["git rebase --continue"],
            OperationKind::Bisect => &["git commit …"],
        },
        Stopped::Revert { several: false } => &["git reset --merge", "git revert …"],
        Stopped::Revert { several: true } => &["git revert --abort", "git revert …"],
        Stopped::Step => &["git rebase --abort", "git rebase …"],
        Stopped::Rebase { by_pull: false } => &["git rebase …"],
        Stopped::Rebase { by_pull: true } => &["git pull …"],
    };
    lines.iter().map(ToString::to_string).collect()
}
