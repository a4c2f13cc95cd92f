//! `git checkpoint create`: from what was typed to a kept state.
//!
//! Read in this order: [`resolve`] makes values of words, [`run`] does it, `outcome` tells. `commit` and `unchanged`
//! stand behind `--commit` and `--if-changed`.

mod commit;
mod outcome;
mod resolve;
mod unchanged;

use std::sync::Arc;

use checkpoint_capture::{Captured, capture};
use checkpoint_cli::{Schema, Session};
use checkpoint_git::objects::ObjectSink;
use checkpoint_model::{
    name::CheckpointName,
    path::TreePath,
    policy::{Capture, Nested, Policy},
    verdict::{SkipReason, Skipped},
};
use checkpoint_policy::Agent;
use checkpoint_store::{Doing, KeepRequest, Kept, Place, StoreError, Stored, keep, tag};

pub use self::commit::CommitError;
pub(crate) use self::outcome::CreateOutcome;
use self::resolve::Asked;
use crate::{CheckpointError, args::CreateArgs};

/// Keeps the present state. Whatever fails, no ref was moved by the checkpoint, and no file or index was written.
pub(crate) fn run(
    session: &Session<'_>,
    args: CreateArgs,
) -> Result<CreateOutcome, CheckpointError> {
    make(session, &session.policy()?, Asked::resolve(args)?)
}

/// Keeps the present state for a hook: an automatic checkpoint unless nothing has changed, or a named one.
pub(crate) fn for_hook(
    session: &Session<'_>,
    policy: &Policy,
    agent: Option<&Agent>,
    name: Option<CheckpointName>,
    description: &str,
) -> Result<CreateOutcome, CheckpointError> {
    make(session, policy, Asked::by_hook(agent, name, description))
}

fn make(
    session: &Session<'_>,
    policy: &Policy,
    asked: Asked,
) -> Result<CreateOutcome, CheckpointError> {
    let request = session.request(&policy.capture, &asked.additions)?;
    refuse_taken_name(session, &asked)?;
    let commit = match asked.commit {
        true => commit::everything(session, &asked, &policy.capture)?,
        false => None,
    };
    let sink = ObjectSink::new(session.repo.gix())?;
    let progress = session.console.progress("Capturing files");
    let counter = Arc::clone(progress.counter());
    let captured = capture(&session.repo, &request, &sink, &counter)?;
    refuse_gaps(&policy.capture, &captured)?;
    if asked.if_changed
        && let Some(latest) = unchanged::latest_like(session, &captured)?
    {
        progress.finish();
        return Ok(CreateOutcome::Unchanged {
            latest,
            asked_name: asked.name,
        });
    }
    let has_staged = has_staged(session, &captured)?;
    let kept = keep_it(session, sink, &captured, policy, &asked)?;
    progress.finish();
    checkpoint_store::maintain(&session.repo);
    let stored = Stored {
        is_tagged: kept.checkpoint.name.is_some(),
        checkpoint: Box::new(kept.checkpoint),
        snapshot: kept.snapshot,
        place: Place::Here,
        record_missing: false,
    };
    Ok(CreateOutcome::Created {
        stored,
        has_staged,
        replaced: kept.replaced,
        commit,
    })
}

/// The schema of `create --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// Looks before anything is read or committed, so that `--commit` commits nothing in vain; the transaction looks again.
fn refuse_taken_name(session: &Session<'_>, asked: &Asked) -> Result<(), CheckpointError> {
    let Some(name) = asked.name.as_ref().filter(|_| !asked.replace) else {
        return Ok(());
    };
    match tag::find(&session.repo, name)? {
        None => Ok(()),
        Some(holder) => {
            let id = holder.message.map(|message| message.created.checkpoint);
            Err(StoreError::NameTaken {
                name: name.clone(),
                id,
            }
            .into())
        }
    }
}

/// Refuses a repository inside this one where the policy's `capture.nested` says so.
fn refuse_nested(policy: &Capture, path: &TreePath) -> Result<(), CheckpointError> {
    match policy.nested {
        Nested::Report => Ok(()),
        Nested::Refuse => Err(CheckpointError::Nested { path: path.clone() }),
    }
}

/// Refuses what the policy does not want to be left out.
pub(crate) fn refuse_gaps(policy: &Capture, captured: &Captured) -> Result<(), CheckpointError> {
    let is_nested = |skipped: &&Skipped| skipped.reason == SkipReason::NestedRepository;
    let nested = captured.skipped.iter().find(is_nested);
    nested.map_or(Ok(()), |skipped| refuse_nested(policy, &skipped.path))
}

fn keep_it(
    session: &Session<'_>,
    sink: ObjectSink,
    captured: &Captured,
    policy: &Policy,
    asked: &Asked,
) -> Result<Kept, CheckpointError> {
    let doing = Doing {
        now: session.now(),
        by: session.actor(asked.agent.as_deref(), asked.session.as_deref()),
        command: "git checkpoint create".to_owned(),
    };
    let request = KeepRequest {
        name: asked.name.clone(),
        description: asked.description.clone(),
        kind: asked.kind,
        phase: asked.phase,
        session: asked.session.clone(),
        agent: asked.agent.clone(),
        task: asked.task.clone(),
        state: asked.state,
        worktree: session.worktree(),
        replace: asked.replace,
        sign: asked.sign || policy.checkpoint.sign,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(keep(&session.repo, sink, captured, &request, &doing)?)
}

/// Whether the index differs from HEAD.
fn has_staged(session: &Session<'_>, captured: &Captured) -> Result<bool, CheckpointError> {
    let repo = session.repo.gix();
    let committed = match captured.head.id {
        Some(head) => unchanged::tree_of(repo, head)?,
        None => gix::ObjectId::empty_tree(repo.object_hash()),
    };
    Ok(captured.index_tree != committed)
}
