//! A commit of the work at hand, all or nothing, through `git commit`.
//!
//! What is committed is what the checkpoint before it holds, of the paths that were chosen. It is put together in a copy
//! of the index; the real one is written when the commit is made, and keeps what else is staged, also by others
//! meanwhile.
//!
//! Read in this order: [`commit`] tells the story; `guard` and `known` say no, `plan` decides, `index` keeps the copy,
//! `message` finds the words, `record` what is to be recorded, `lock` keeps others from the index, `landing` makes sure of the commit that `made` has git make, `turn` keeps two commits
//! apart and tells hooks, `mend` looks after what a killed one left.

mod error;
mod guard;
mod index;
mod known;
mod landing;
mod lock;
mod made;
mod mend;
mod message;
mod plan;
mod record;
mod scope;
mod signals;
mod state;
mod trees;
mod turn;

use std::cell::RefCell;

use checkpoint_cli::{Additions, Session};
use checkpoint_git::Head;
use checkpoint_model::{
    attribution::{Sessions, contradicted},
    id::RunId,
    path::TreePath,
    policy::Policy,
    template::Template,
    verdict::Skipped,
    who::Who,
};
use checkpoint_store::Stored;
use chrono::{DateTime, Utc};
use gix::ObjectId;

pub use self::{
    error::CommitError,
    guard::{is_half_made, is_open, moved_branch},
    mend::mend_interrupted,
    message::{Words, signs_off},
    scope::Scope,
    turn::{UnderWay, interrupted, under_way},
};
use self::{
    index::{Base, OwnIndex},
    landing::{Landed, Landing, Wording},
    lock::IndexLock,
    record::Entry,
    signals::Signals,
    state::State,
    turn::{Begun, Turn},
};
use crate::{Created, Wish, WorkError, create::Look};

/// How often a commit begins again when others change HEAD or the index meanwhile.
const N_TRIES: usize = 10;

/// The commit that is wished for.
#[derive(Debug)]
pub struct CommitWish {
    /// What of the working tree.
    pub scope: Scope,
    /// What it says.
    pub words: Words,
    /// The agent whose commit it is: its subject follows the template, it gets trailers and a record, and the policy
    /// has to allow it. Without one it is a plain commit.
    pub by: Option<By>,
    /// What the checkpoint before it captures beyond what the policy says.
    pub additions: Additions,
    /// The command that asks, for the reflogs: `git agent-commit`.
    pub command: &'static str,
}

/// Whose commit it is.
#[derive(Debug, Clone)]
pub struct By {
    /// The agent.
    pub who: Who,
    /// The run that the commit belongs to.
    pub run: Option<RunId>,
    /// A template for the subject in the place of the policy's.
    pub template: Option<Template>,
}

/// A commit that was made.
#[derive(Debug)]
pub struct Committed {
    /// The commit.
    pub id: ObjectId,
    /// Its message, as git has it.
    pub message: String,
    /// Its time.
    pub at: DateTime<Utc>,
    /// The branch, without `refs/heads/`.
    pub branch: String,
    /// The paths that it changes, sorted.
    pub files: Vec<TreePath>,
    /// The checkpoint that has the state before it; of an agent's commit there is always one.
    pub checkpoint: Option<Stored>,
    /// What is not in that checkpoint, and so not in the commit, unless it was named.
    pub skipped: Vec<Skipped>,
    /// What of that was asked for, and is not in the commit.
    pub left_out: Vec<Skipped>,
    /// Why the index still shows what was committed as changed, where it does.
    pub index_is_behind: Option<Box<WorkError>>,
}

/// Commits what is wished for; an agent's work is kept before. Whatever fails, HEAD, index and files are as they were
/// (but for what a hook did to files); that checkpoint may have been made.
pub fn commit(
    session: &Session<'_>,
    policy: &Policy,
    wish: &CommitWish,
) -> Result<Committed, WorkError> {
    refuse(session, wish)?;
    let turn = Turn::wait(session)?;
    let signals = Signals::catch();
    let committed = in_turn(session, policy, wish, (turn, &signals));
    if committed.is_err() {
        signals.end();
    }
    committed
}

/// Whether there is something to commit: fails as [`commit`] would, on whichever branch.
pub fn is_ready(
    session: &Session<'_>,
    policy: &Policy,
    wish: &CommitWish,
) -> Result<(), WorkError> {
    refuse(session, wish)?;
    let Ground { base, head, .. } = Ground::of(session)?;
    let (look, state) = look(session, policy, wish, (&base, &head))?;
    look.finish()?;
    state.plan(session, wish, &base).map(drop)
}

/// Refuses what needs no look at the state.
fn refuse(session: &Session<'_>, wish: &CommitWish) -> Result<(), CommitError> {
    if !guard::is_in_work_tree(session) {
        return Err(CommitError::Bare);
    }
    if under_way(&session.repo).is_some() || guard::is_in_a_commit(session) {
        return Err(CommitError::Within);
    }
    match wish.by {
        Some(_) => message::refuse_sign_off(&wish.words),
        None => Ok(()),
    }
}

/// Commits, and leaves nothing behind but the commit.
fn in_turn(
    session: &Session<'_>,
    policy: &Policy,
    wish: &CommitWish,
    (mut turn, signals): (Turn, &Signals),
) -> Result<Committed, WorkError> {
    mend::mend(session, &mut turn)?;
    let mut wording = Wording::Ours;
    for _ in 0..N_TRIES {
        signals.let_through();
        if signals.came().is_some() {
            break;
        }
        match attempt(session, policy, wish, (&mut turn, signals, wording)) {
            Err(WorkError::Commit(CommitError::Overtaken)) => {}
            Err(WorkError::Commit(CommitError::OtherWords { stands: false, .. })) => {
                wording = Wording::OfHooks;
            }
            other => return other,
        }
    }
    Err(CommitError::Overtaken.into())
}

/// One attempt; [`CommitError::Overtaken`] when others were faster.
fn attempt(
    session: &Session<'_>,
    policy: &Policy,
    wish: &CommitWish,
    (turn, signals, wording): (&mut Turn, &Signals, Wording),
) -> Result<Committed, WorkError> {
    let repo = &session.repo;
    let Ground { base, head, branch } = Ground::of(session)?;
    if wish.by.is_some() {
        guard::may_commit(session, &head, &branch)?;
    }
    let (look, state) = look(session, policy, wish, (&base, &head))?;
    if state.is_clean() {
        // Nothing of it has to be kept to be read.
        state.plan(session, wish, &base)?;
    }
    let before = match &wish.by {
        Some(by) => Some(keep(session, policy, wish, by, look)?),
        None => look.finish().map(|()| None)?,
    };
    let planned = state.plan(session, wish, &base)?;
    guard::refuse_irreversible(session, &planned.plan)?;
    signals.hold_back();
    let own = OwnIndex::of(repo, &base)?;
    own.prepare(repo, head.id, &planned)?;
    let message = words(session, policy, wish, &branch, before.as_ref())?;
    let entry = Entry::of(session, wish, &branch, before.as_ref());
    let begun = Begun {
        checkpoint: before.as_ref().map(|before| before.checkpoint.id),
        on: head.id,
        subject: message.lines().next().unwrap_or_default().to_owned(),
        entry: entry.clone(),
    };
    turn.begin(repo, &begun)?;
    let lock = IndexLock::take(repo.index_path(), turn.note().path())?;
    if !base.is_present(repo)? {
        return Err(CommitError::Overtaken.into());
    }
    let landed = Landing {
        session,
        wish,
        head: &head,
        branch: &branch,
        base: &base,
        from: state.head,
        planned: &planned,
        own: &own,
        lock: RefCell::new(Some(lock)),
        turn,
        signals,
        message: &message,
        wording,
    }
    .make()?;
    if landed.index_is_behind.is_some() {
        turn.leave();
    }
    if let Some(entry) = entry {
        entry.write(session, landed.id, Some(&landed.branch));
    }
    told(session, wish, (landed, state), before)
}

/// What a commit starts from.
struct Ground {
    base: Base,
    head: Head,
    /// The branch that it moves.
    branch: String,
}

impl Ground {
    fn of(session: &Session<'_>) -> Result<Self, WorkError> {
        let base = Base::read(&session.repo)?;
        let head = session.repo.head()?;
        let branch = guard::refuse_unsafe(session, &head)?;
        Ok(Self { base, head, branch })
    }
}

/// Captures what there is to commit.
fn look(
    session: &Session<'_>,
    policy: &Policy,
    wish: &CommitWish,
    (base, head): (&Base, &Head),
) -> Result<(Look, State), WorkError> {
    let look = Look::take(session, policy, &wish.additions)?;
    if look.captured.head != *head || !base.is_present(&session.repo)? {
        return Err(CommitError::Overtaken.into());
    }
    let state = State::of(session, &look.captured)?;
    state.refuse_conflicts(&session.repo, base)?;
    Ok((look, state))
}

/// What is told of the commit.
fn told(
    session: &Session<'_>,
    wish: &CommitWish,
    (landed, state): (Landed, State),
    checkpoint: Option<Stored>,
) -> Result<Committed, WorkError> {
    let (message, at) = made::words(session.repo.gix(), landed.id)?;
    let is_left_out = |it: &&Skipped| {
        let path = it.path.as_bstr();
        wish.scope.holds(path) && !landed.changes.contains_key(path)
    };
    let left_out = state.skipped.iter().filter(is_left_out).cloned().collect();
    Ok(Committed {
        id: landed.id,
        message,
        at,
        branch: landed.branch,
        files: landed.changes.into_keys().map(TreePath::new).collect(),
        checkpoint,
        left_out,
        skipped: state.skipped,
        index_is_behind: landed.index_is_behind.map(Box::new),
    })
}

/// Makes the checkpoint before an agent's commit, unless the latest holds the same.
fn keep(
    session: &Session<'_>,
    policy: &Policy,
    wish: &CommitWish,
    By { who, .. }: &By,
    look: Look,
) -> Result<Stored, WorkError> {
    let text = |text: &str| text.to_owned();
    let before = Wish {
        agent: Some(text(&who.agent)),
        session: who.session.as_deref().map(text),
        task: who.task.as_deref().map(text),
        additions: wish.additions.clone(),
        ..Wish::automatic(wish.command, None, "before a commit")
    };
    let kept = look.keep(session, policy, &before)?;
    let (Created::Made { stored, .. } | Created::Unchanged { latest: stored }) = kept;
    Ok(stored)
}

/// The whole message.
fn words(
    session: &Session<'_>,
    policy: &Policy,
    wish: &CommitWish,
    branch: &str,
    before: Option<&Stored>,
) -> Result<String, WorkError> {
    let Some(by) = &wish.by else {
        return Ok(wish.words.under(&wish.words.description));
    };
    let template = by.template.as_ref().unwrap_or(&policy.runs.commit_template);
    let run = by.run.map(|run| run.to_string());
    let subject = message::subject(template, &wish.words, &by.who, run.as_deref(), branch)?;
    let sessions = match policy.agents.hash_sessions {
        true => Sessions::Hashed,
        false => Sessions::Plain,
    };
    let id = before.map(|before| before.checkpoint.id);
    let trailers = policy.agents.attribution.trailers(&by.who, id, sessions);
    if let Some(other) = contradicted(&wish.words.body, &by.who.agent)
        && !trailers.is_empty()
    {
        let talk = session.console.talk();
        let (agent, key) = (&by.who.agent, trailers[0].key);
        talk.warning(format_args!(
            "the message is 'Co-authored-by' {other}, and '{key}' says {agent}"
        ));
    }
    message::with_trailers(session, wish.words.under(&subject), &trailers)
}
