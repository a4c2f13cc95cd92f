//! Keeps the present state as a checkpoint: what `git checkpoint create`, hooks and commits have in common.

mod first;
mod unchanged;

use std::sync::Arc;

use checkpoint_capture::{Captured, capture};
use checkpoint_cli::{Additions, Progress, Session};
use checkpoint_git::objects::ObjectSink;
use checkpoint_model::{
    id::CheckpointId,
    name::CheckpointName,
    policy::{Capture, Nested, Policy},
    verdict::{SkipReason, Skipped},
    words::{CheckpointKind, Phase, StateCounts},
};
use checkpoint_policy::Agent;
use checkpoint_store::{Doing, KeepRequest, Kept, Place, StoreError, Stored, keep, tag};
use gix::ObjectId;

use crate::WorkError;

/// The checkpoint that is wished for.
#[derive(Debug)]
pub struct Wish {
    /// Its name; none makes an automatic one, unless `kind` says otherwise.
    pub name: Option<CheckpointName>,
    /// What it is for, in the words of whoever asks.
    pub description: String,
    /// Why it is made.
    pub kind: CheckpointKind,
    /// The phase of the agent's work.
    pub phase: Option<Phase>,
    /// The agent's session.
    pub session: Option<String>,
    /// The agent.
    pub agent: Option<String>,
    /// The task.
    pub task: Option<String>,
    /// What the agent counts.
    pub state: Option<StateCounts>,
    /// What is captured beyond what the policy says.
    pub additions: Additions,
    /// Whether everything is committed first.
    pub commit: bool,
    /// Whether none is made when the latest one of this worktree holds this very state.
    pub if_changed: bool,
    /// Whether its tag is signed, whatever the policy says.
    pub sign: bool,
    /// Whether a name that is taken moves here.
    pub replace: bool,
    /// The command that asks, for the reflogs: `git checkpoint create`.
    pub command: &'static str,
}

/// What became of a [`Wish`].
#[derive(Debug)]
pub enum Created {
    /// A checkpoint was made.
    Made {
        /// The checkpoint.
        stored: Stored,
        /// Whether the index differed from HEAD.
        has_staged: bool,
        /// The checkpoint that had the name before.
        replaced: Option<CheckpointId>,
        /// What was committed first, if that was asked for and there was anything to commit.
        commit: Option<ObjectId>,
    },
    /// The latest one holds this state, and that was enough.
    Unchanged {
        /// The latest.
        latest: Stored,
    },
}

impl Wish {
    /// What is kept without anybody having asked for this very checkpoint: an automatic one, unless nothing has changed.
    #[must_use]
    pub fn automatic(command: &'static str, agent: Option<&Agent>, description: &str) -> Self {
        Self {
            name: None,
            description: description.to_owned(),
            kind: CheckpointKind::Automatic,
            phase: None,
            session: agent.and_then(|agent| agent.session.clone()),
            agent: agent.map(|agent| agent.name.clone()),
            task: None,
            state: None,
            additions: Additions::default(),
            commit: false,
            if_changed: true,
            sign: false,
            replace: false,
            command,
        }
    }
}

/// Keeps the present state. Whatever fails, no ref was moved by the checkpoint, and no file or index was written; with
/// [`Wish::commit`] the commit may have been made.
pub fn create(session: &Session<'_>, policy: &Policy, wish: &Wish) -> Result<Created, WorkError> {
    refuse_taken_name(session, wish)?;
    let commit = match wish.commit {
        true => first::first(session, policy, wish)?,
        false => None,
    };
    let look = Look::take(session, policy, &wish.additions)?;
    let created = look.keep(session, policy, wish)?;
    if let Created::Made { .. } = created {
        checkpoint_store::maintain(&session.repo);
    }
    Ok(match created {
        Created::Made {
            stored,
            has_staged,
            replaced,
            ..
        } => Created::Made {
            stored,
            has_staged,
            replaced,
            commit,
        },
        unchanged => unchanged,
    })
}

/// The present state, captured and not yet kept.
pub(crate) struct Look {
    pub(crate) captured: Captured,
    sink: ObjectSink,
    progress: Progress,
}

impl Look {
    /// Captures the present state; refuses what the policy does not want to be left out.
    pub(crate) fn take(
        session: &Session<'_>,
        policy: &Policy,
        additions: &Additions,
    ) -> Result<Self, WorkError> {
        let request = session.request(&policy.capture, additions)?;
        let sink = ObjectSink::new(session.repo.gix())?;
        let progress = session.console.progress("Capturing files");
        let counter = Arc::clone(progress.counter());
        let captured = capture(&session.repo, &request, &sink, &counter)?;
        refuse_gaps(&policy.capture, &captured)?;
        Ok(Self {
            captured,
            sink,
            progress,
        })
    }

    /// Writes its objects to the disk for a commit that holds them: no checkpoint does.
    pub(crate) fn finish(self) -> Result<(), WorkError> {
        self.sink.finish()?;
        self.progress.finish();
        Ok(())
    }

    /// Makes the checkpoint, unless the wish is content with the latest.
    pub(crate) fn keep(
        self,
        session: &Session<'_>,
        policy: &Policy,
        wish: &Wish,
    ) -> Result<Created, WorkError> {
        if wish.if_changed
            && let Some(latest) = unchanged::latest_like(session, &self.captured)?
        {
            self.progress.finish();
            return Ok(Created::Unchanged { latest });
        }
        let has_staged = has_staged(session, &self.captured)?;
        let kept = keep_it(session, self.sink, &self.captured, policy, wish)?;
        self.progress.finish();
        let stored = Stored {
            is_tagged: kept.checkpoint.name.is_some(),
            checkpoint: Box::new(kept.checkpoint),
            snapshot: kept.snapshot,
            place: Place::Here,
            record_missing: false,
        };
        Ok(Created::Made {
            stored,
            has_staged,
            replaced: kept.replaced,
            commit: None,
        })
    }
}

/// Looks before anything is read or committed, so that `--commit` commits nothing in vain; the transaction looks again.
fn refuse_taken_name(session: &Session<'_>, wish: &Wish) -> Result<(), WorkError> {
    let Some(name) = wish.name.as_ref().filter(|_| !wish.replace) else {
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

/// Refuses what the policy does not want to be left out.
pub fn refuse_gaps(policy: &Capture, captured: &Captured) -> Result<(), WorkError> {
    let is_nested = |skipped: &&Skipped| skipped.reason == SkipReason::NestedRepository;
    let nested = captured.skipped.iter().find(is_nested);
    match (nested, policy.nested) {
        (Some(skipped), Nested::Refuse) => Err(WorkError::Nested {
            path: skipped.path.clone(),
        }),
        _ => Ok(()),
    }
}

fn keep_it(
    session: &Session<'_>,
    sink: ObjectSink,
    captured: &Captured,
    policy: &Policy,
    wish: &Wish,
) -> Result<Kept, WorkError> {
    let doing = Doing {
        now: session.now(),
        by: session.actor(wish.agent.as_deref(), wish.session.as_deref()),
        command: wish.command.to_owned(),
    };
    let request = KeepRequest {
        name: wish.name.clone(),
        description: wish.description.clone(),
        kind: wish.kind,
        phase: wish.phase,
        session: wish.session.clone(),
        agent: wish.agent.clone(),
        task: wish.task.clone(),
        state: wish.state,
        worktree: session.worktree(),
        replace: wish.replace,
        sign: wish.sign || policy.checkpoint.sign,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(keep(&session.repo, sink, captured, &request, &doing)?)
}

/// Whether the index differs from HEAD.
fn has_staged(session: &Session<'_>, captured: &Captured) -> Result<bool, WorkError> {
    let repo = session.repo.gix();
    let committed = match captured.head.id {
        Some(head) => unchanged::tree_of(repo, head)?,
        None => gix::ObjectId::empty_tree(repo.object_hash()),
    };
    Ok(captured.index_tree != committed)
}
