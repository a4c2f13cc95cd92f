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

impl Target {
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
        let discard: Result<Vec<TreePath>, _> = args
            .discard
            .iter()
            .map(|path| from_top(session, path).map(TreePath::new))
            .collect();
        let mut asked = Asked {
            scope: args.scope(),
            paths: paths?,
            discard: discard?,
            action: action(from),
            branch: None,
        };
        let stored = match from {
            From::Checkpoint(typed) => session.choose_state(typed)?,
            From::LatestBackup => latest_backup(session)?,
            From::Undo | From::Redo => {
                let past = past(session, from)?;
                if asked.scope.is_none() {
                    asked.scope = Some(undone_by(past.scope));
                    asked.branch = past.branch.clone();
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

fn action(from: &From) -> Action {
    match from {
        From::Checkpoint(_) | From::LatestBackup => Action::Restore,
        From::Undo => Action::Undo,
        From::Redo => Action::Redo,
    }
}

/// How much of the backup brings back what a restore of `scope` changed. That of the index was not the commit's, so
/// going back to the commit would lose what was staged.
fn undone_by(scope: Scope) -> Scope {
    match scope {
        Scope::Mixed => Scope::Exact,
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
