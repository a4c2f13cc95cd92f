//! After a crash, and after regret: going on, giving up, undoing.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use checkpoint_capture::Request;
use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_model::event::EventBody;
use checkpoint_model::id::CheckpointId;
use checkpoint_model::policy::Policy;
use checkpoint_model::restore::{Action, History, Scope};
use checkpoint_store::load::Stored;
use checkpoint_store::record::Doing;

use crate::files::{Leftovers, Token};
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
    if let Some(rollback) = &journal.rollback {
        let restore = Restore::back_again(repo, rollback, &journal, request, policy, seen)?;
        let restore = restore.after(Some(&stored(repo, journal.backup)?))?;
        return restore.run_at(&desk, Some(&journal), doing, tool, worktree);
    }
    let asked = Asked {
        branch: journal.take_back.clone(),
        unseen: journal.made_since.clone(),
        ..asked(&journal, journal.scope, journal.action)
    };
    let target = stored(repo, journal.target)?;
    let other = match journal.action {
        Action::Abort => journal.given_up,
        _ => Some(journal.backup),
    };
    let other = other.map(|id| stored(repo, id)).transpose()?;
    let restore =
        Restore::prepare_after(repo, other.as_ref(), &target, &asked, request, policy, seen)?;
    let restore = restore.after(other.as_ref())?;
    restore.run_at(&desk, Some(&journal), doing, tool, worktree)
}

/// Goes back to what was there before a restore that was stopped halfway: as much of it as that restore was to change.
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
    // One that was giving up already goes on with that.
    let (branch, unseen) = match journal.action {
        Action::Abort => (&journal.take_back, &journal.made_since),
        _ => (&journal.branch, &journal.unseen),
    };
    let asked = Asked {
        branch: branch.clone(),
        unseen: unseen.clone(),
        ..asked(&journal, undone_by(journal.scope), Action::Abort)
    };
    let target = stored(repo, journal.backup)?;
    let other = journal.brought_back();
    let other = other.map(|id| stored(repo, id)).transpose()?;
    let restore =
        Restore::prepare_after(repo, other.as_ref(), &target, &asked, request, policy, seen)?;
    let restore = restore.after(other.as_ref())?;
    restore.run_at(&desk, Some(&journal), doing, tool, worktree)
}

fn asked(journal: &Journal, scope: Scope, action: Action) -> Asked {
    let paths = journal.paths.iter();
    Asked {
        scope: Some(scope),
        paths: paths.map(|path| path.as_bstr().to_owned()).collect(),
        discard: journal.discard.clone(),
        action,
        branch: None,
        unseen: Vec::new(),
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

/// Takes over what a dead restore left: its journal. What else it left is removed before anything is captured: a
/// half-written file is none of the user's.
fn pick_up(repo: &Repository) -> Result<(Desk, Journal), RestoreError> {
    let desk = Desk::take(repo)?;
    let journal = desk.journal()?.ok_or(RestoreError::NothingUnderWay)?;
    desk.tidy(repo)?;
    if let Ok(token) = journal.token.parse() {
        sweep(repo, &token)?;
    }
    Ok((desk, journal))
}

/// Removes the temporary files of a restore from the working tree, once what is in them is in the object database: one
/// that died in the very moment in which it was to give a file back that somebody had just saved has left that.
fn sweep(repo: &Repository, token: &Token) -> Result<(), RestoreError> {
    if repo.work_tree().is_none() {
        return Ok(());
    }
    let left = Leftovers::find(repo, token)?;
    let sink = ObjectSink::new(repo.gix())?;
    for path in &left.paths {
        if let Some((mut file, size)) = left.open(path)? {
            sink.write_file(&mut file, size)?;
        }
    }
    sink.finish()?;
    Ok(left.remove()?)
}

pub(crate) fn stored(repo: &Repository, id: CheckpointId) -> Result<Stored, RestoreError> {
    let selector = id.to_string().parse().expect("an id is a selector");
    Ok(checkpoint_store::resolve(repo, &selector)?)
}

/// What can be undone and redone in `worktree`.
pub fn history(repo: &Repository, worktree: &str) -> Result<History, RestoreError> {
    let mut events = checkpoint_store::events(repo)?;
    events.reverse();
    let restores = events.iter().filter_map(|(_, event)| match &event.body {
        EventBody::CheckpointRestored(restored) => Some((restored.backup?, &event.body)),
        EventBody::RolledBack(done) => Some((done.backup, &event.body)),
        _ => None,
    });
    // Ordered by the backups, which were made one after the other whatever the clock said. One that died between its
    // record and the end of its journal is recorded twice.
    let restores: BTreeMap<CheckpointId, _> = restores.collect();
    Ok(History::fold(restores.into_values(), worktree))
}
