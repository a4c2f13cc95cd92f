//! After a crash, and after regret: going on, giving up, undoing.

use std::sync::atomic::AtomicU64;

use checkpoint_capture::Request;
use checkpoint_git::Repository;
use checkpoint_model::event::EventBody;
use checkpoint_model::id::CheckpointId;
use checkpoint_model::policy::Policy;
use checkpoint_model::restore::{Action, History, Scope};
use checkpoint_store::load::Stored;
use checkpoint_store::record::Doing;

use crate::index::IndexLock;
use crate::journal::{Desk, Journal};
use crate::{Asked, Restore, RestoreError, Restored};

/// The restore that was stopped halfway in this worktree, if there is one.
pub fn unfinished(repo: &Repository) -> Result<Option<Journal>, RestoreError> {
    // Asking leaves no trace where there is nothing.
    match Desk::has_journal(repo) {
        true => Desk::take(repo)?.journal(),
        false => Ok(None),
    }
}

/// Finishes a restore that was stopped halfway. What is there now is backed up again first: somebody may have worked
/// on since.
pub fn proceed(
    repo: &Repository,
    request: &Request,
    policy: &Policy,
    doing: &Doing,
    tool: &str,
    worktree: &str,
    seen: &AtomicU64,
) -> Result<Restored, RestoreError> {
    let (desk, journal) = pick_up(repo)?;
    let asked = Asked {
        scope: Some(journal.scope),
        paths: journal
            .paths
            .iter()
            .map(|path| path.as_bstr().to_owned())
            .collect(),
        discard: journal.discard.clone(),
        action: journal.action,
        branch: None,
    };
    let target = stored(repo, journal.target)?;
    let restore = Restore::prepare(repo, &target, &asked, request, policy, seen)?;
    restore.run_at(&desk, Some(&journal), doing, tool, worktree)
}

/// Goes back to what was there before a restore that was stopped halfway.
pub fn abort(
    repo: &Repository,
    request: &Request,
    policy: &Policy,
    doing: &Doing,
    tool: &str,
    worktree: &str,
    seen: &AtomicU64,
) -> Result<Restored, RestoreError> {
    let (desk, journal) = pick_up(repo)?;
    let asked = Asked {
        scope: Some(Scope::Exact),
        paths: Vec::new(),
        discard: journal.discard.clone(),
        action: Action::Abort,
        branch: journal.branch.clone(),
    };
    let target = stored(repo, journal.backup)?;
    let restore = Restore::prepare(repo, &target, &asked, request, policy, seen)?;
    restore.run_at(&desk, Some(&journal), doing, tool, worktree)
}

/// Takes over what a dead restore left: its journal, and `index.lock` if that was its own.
fn pick_up(repo: &Repository) -> Result<(Desk, Journal), RestoreError> {
    let desk = Desk::take(repo)?;
    let journal = desk.journal()?.ok_or(RestoreError::NothingUnderWay)?;
    if let Some(inode) = journal.index_lock {
        IndexLock::remove_stale(repo, inode)?;
    }
    Ok((desk, journal))
}

fn stored(repo: &Repository, id: CheckpointId) -> Result<Stored, RestoreError> {
    let selector = id.to_string().parse().expect("an id is a selector");
    Ok(checkpoint_store::resolve(repo, &selector)?)
}

/// What can be undone and redone in `worktree`.
pub fn history(repo: &Repository, worktree: &str) -> Result<History, RestoreError> {
    let mut events = checkpoint_store::events(repo)?;
    events.reverse();
    let restores = events.iter().filter_map(|(_, event)| match &event.body {
        EventBody::CheckpointRestored(restored) => Some(restored),
        _ => None,
    });
    Ok(History::fold(restores, worktree))
}
