//! Why HEAD does not go back by commits. Nothing was changed then.

use checkpoint_git::ProgramError;
use checkpoint_model::failure::{Failure, Kind};
use checkpoint_model::path::TreePath;
use miette::Diagnostic;
use thiserror::Error;

/// Why HEAD does not go back by commits. Nothing was changed then.
#[derive(Debug, Error, Diagnostic)]
pub enum RollbackError {
    /// There is no commit yet.
    #[error("cannot go back: '{branch}' has no commit yet")]
    #[diagnostic(code(rollback::unborn))]
    Unborn {
        /// The branch.
        branch: String,
    },
    /// History does not go back so far.
    #[error("cannot go back {asked}: {}", there_are(*there))]
    #[diagnostic(code(rollback::too_far), help("{}", help_for(*there, *is_shallow)))]
    TooFar {
        /// How many commits were asked for.
        asked: u32,
        /// How many there are before HEAD, by first parents.
        there: u32,
        /// Whether there may be more elsewhere.
        is_shallow: bool,
    },
    /// `git reset --soft` would refuse, or end it.
    #[error("cannot move the branch alone: a {operation} is in progress")]
    #[diagnostic(
        code(rollback::in_operation),
        help(
            "git {operation} --abort    (end it), or go back with --mixed or --hard, which end it too"
        )
    )]
    InOperation {
        /// What is in progress.
        operation: String,
    },
    /// There are conflicts in the index.
    #[error("cannot move the branch alone: the index has conflicts")]
    #[diagnostic(code(rollback::unmerged), help("git status"))]
    Unmerged,
    /// The merge in progress has put work aside that would be forgotten with it.
    #[error("cannot go back: the merge in progress has put uncommitted work aside")]
    #[diagnostic(
        code(rollback::autostash),
        help("git merge --abort    (that work comes back)")
    )]
    Autostash,
    /// Ignored files lie where the commit has files.
    #[error("{} in the way, and git ignores {}", list(paths), if paths.len() == 1 { "it" } else { "them" })]
    #[diagnostic(
        code(rollback::ignored_in_the_way),
        help("move it away, or let the backup have it: --discard {}", paths[0])
    )]
    IgnoredInTheWay {
        /// Which, sorted.
        paths: Vec<TreePath>,
    },
    /// The git program failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
}

impl Failure for RollbackError {
    fn kind(&self) -> Kind {
        match self {
            Self::Program(error) => error.kind(),
            _ => Kind::Refused,
        }
    }
}

fn there_are(n: u32) -> String {
    match n {
        0 => "HEAD is the first commit".to_owned(),
        1 => "there is 1 commit before HEAD".to_owned(),
        n => format!("there are {n} commits before HEAD"),
    }
}

fn help_for(there: u32, is_shallow: bool) -> String {
    match (is_shallow, there) {
        (true, _) => "git fetch --unshallow".to_owned(),
        (false, 0) => "git log --oneline".to_owned(),
        (false, n) => format!("git safe-restore --rollback {n}"),
    }
}

fn list(paths: &[TreePath]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = paths
        .iter()
        .take(SHOWN)
        .map(|path| format!("'{path}'"))
        .collect();
    let verb = if paths.len() == 1 { "is" } else { "are" };
    match paths.len() - shown.len() {
        0 => format!("{} {verb}", shown.join(", ")),
        more => format!("{} and {more} more {verb}", shown.join(", ")),
    }
}
