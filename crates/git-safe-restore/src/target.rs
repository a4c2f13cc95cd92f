//! From what was typed to the state that is meant.

use bstr::BString;
use checkpoint_cli::Session;
use checkpoint_model::{
    path::TreePath,
    restore::{Action, Past, Scope},
    words::CheckpointKind,
};
use checkpoint_restore::{Asked, RestoreError};
use checkpoint_store::{Place, Stored};

use crate::{Args, SafeRestoreError, args::From, paths::from_top};

/// What is to be put back, and how.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) stored: Stored,
    pub(crate) asked: Asked,
}

/// What a restore goes back to, for those who tell of it.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// A checkpoint, and what the restore counts as.
    Checkpoint(Box<Stored>, Action),
    /// A commit before HEAD; the plan names it.
    Commits,
}

impl Target {
    /// The same, told.
    pub(crate) fn into_subject(self) -> Subject {
        Subject::Checkpoint(Box::new(self.stored), self.asked.action)
    }

    /// Finds the state, and completes what was typed by what the state says: an undo puts back as much as was put back.
    pub(crate) fn resolve(
        session: &Session<'_>,
        from: &From,
        args: &Args,
    ) -> Result<Self, SafeRestoreError> {
        let paths: Result<Vec<BString>, _> = args
            .paths
            .iter()
            .map(|path| from_top(session, path))
            .collect();
        let mut asked = Asked {
            scope: args.scope(),
            paths: paths?,
            discard: discard(session, args)?,
            action: action(from),
            branch: None,
            unseen: Vec::new(),
        };
        let stored = match from {
            From::Checkpoint(typed) => session.choose_state(typed)?,
            From::LatestBackup => latest_backup(session)?,
            From::Undo | From::Redo => {
                let past = past(session, from)?;
                if asked.scope.is_none() {
                    asked.scope = Some(undone_by(past.scope));
                    asked.branch = past.branch.clone();
                    asked.unseen = past.unseen.clone();
                    asked.paths = past
                        .paths
                        .iter()
                        .map(|path| path.as_bstr().to_owned())
                        .collect();
                }
                session.choose_state(&past.backup.to_string())?
            }
        };
        Ok(Self { stored, asked })
    }
}

/// What may be lost for good.
pub(crate) fn discard(
    session: &Session<'_>,
    args: &Args,
) -> Result<Vec<TreePath>, SafeRestoreError> {
    let typed = args.discard.iter();
    typed
        .map(|path| from_top(session, path).map(TreePath::new))
        .collect()
}

fn action(from: &From) -> Action {
    match from {
        From::Checkpoint(_) | From::LatestBackup => Action::Restore,
        From::Undo => Action::Undo,
        From::Redo => Action::Redo,
    }
}

/// How much of the backup brings back what a restore of `scope` changed. What index and files were was not what the
/// commit has, so going back to the commit would lose it.
fn undone_by(scope: Scope) -> Scope {
    match scope {
        Scope::Mixed | Scope::Hard => Scope::Exact,
        other => other,
    }
}

fn past(session: &Session<'_>, from: &From) -> Result<Past, SafeRestoreError> {
    let mut history = checkpoint_restore::history(&session.repo, &session.worktree())?;
    let (last, what) = match from {
        From::Redo => (history.redo.pop(), "redo"),
        _ => (history.undo.pop(), "undo"),
    };
    Ok(last.ok_or(RestoreError::NothingTo { what })?)
}

/// The newest backup that was made in this working tree and is still here.
fn latest_backup(session: &Session<'_>) -> Result<Stored, SafeRestoreError> {
    let worktree = session.worktree();
    let is_meant = |stored: &Stored| {
        let checkpoint = &stored.checkpoint;
        checkpoint.created.kind == CheckpointKind::Backup
            && checkpoint.created.worktree == worktree
            && checkpoint.is_kept()
            && stored.place == Place::Here
    };
    let loaded = checkpoint_store::load(&session.repo)?;
    let newest = loaded.checkpoints.into_iter().rev().find(is_meant);
    newest.ok_or(SafeRestoreError::NoBackup)
}
