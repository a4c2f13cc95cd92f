//! The second half of a restore: guard, back up, write the journal, do what is planned, check it, record it.

use std::collections::BTreeSet;

use checkpoint_capture::{Captured, Request};
use checkpoint_git::objects::ObjectSink;
use checkpoint_git::{Repository, refs};
use checkpoint_model::event::{CheckpointRestored, EventBody, RolledBack};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{Action, Difference, HeadMove, Leaf, Plan, Scope, Unseen};
use checkpoint_model::words::CheckpointKind;
use checkpoint_store::keep::{KeepRequest, keep};
use checkpoint_store::record::Doing;
use chrono::TimeDelta;
use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};

use crate::check::check;
use crate::files::{self, Applied, Attributes, Durability, Options, Step, Token, Unsynced, Writer};
use crate::index::{IndexLock, Make};
use crate::journal::{Desk, Journal};
use crate::prepare::{Goal, Restore};
use crate::state::{Objects, State};
use crate::steps::{is_attributes, steps};
use crate::{Asked, RestoreError, again, faults, head, index, operation, unseen};

/// A restore that was done.
#[derive(Debug, Clone)]
pub struct Restored {
    /// What was done.
    pub plan: Plan,
    /// What was there before; none when there was nothing to do.
    pub backup: Option<CheckpointId>,
}

impl Restore<'_> {
    /// Does what is planned. After a failure the journal stays where something was touched: [`crate::proceed`]
    /// finishes it, [`crate::abort`] goes back.
    pub fn run(self, doing: &Doing, tool: &str, worktree: &str) -> Result<Restored, RestoreError> {
        let desk = Desk::take(self.repo)?;
        desk.tidy(self.repo)?;
        if let Some(journal) = desk.journal()? {
            return Err(journal.unfinished());
        }
        self.run_at(&desk, None, doing, tool, worktree)
    }

    /// As [`run`](Self::run), at a desk that is taken; after a restore that died, with the journal it left.
    pub(crate) fn run_at(
        self,
        desk: &Desk,
        left: Option<&Journal>,
        doing: &Doing,
        tool: &str,
        worktree: &str,
    ) -> Result<Restored, RestoreError> {
        let is_move = matches!(self.asked.action, Action::Undo | Action::Redo);
        let has_nothing_to_do = self.plan.is_empty() && self.plan.blocked.is_empty();
        if has_nothing_to_do && !is_move && left.is_none() {
            return Ok(Restored {
                plan: self.plan,
                backup: None,
            });
        }
        self.guard()?;
        let doing = &after_all(self.repo, doing)?;
        let lock = IndexLock::take(self.repo, desk.scratch())?;
        self.require_same_index()?;
        let Self {
            repo,
            goal,
            asked,
            request,
            sink,
            captured,
            now,
            then,
            plan,
            begun,
            unseen,
            ..
        } = self;
        let backup = match left.filter(|_| plan.is_empty()) {
            // All is done already but the record of it.
            Some(left) => left.backup,
            None => {
                let request = backup_request(&goal, tool, worktree);
                back_up(repo, sink, &captured, &request, doing)?
            }
        };
        let work = Work {
            repo,
            goal,
            asked,
            request,
            now,
            then,
            plan,
            begun,
            unseen,
        };
        let journal = work.journal(left, backup);
        // However often it is begun again, the state to go back to is the one before the first time; but what an abort
        // gives up is in the backup made now.
        let backup = match work.asked.action {
            Action::Abort => backup,
            _ => journal.backup,
        };
        if let Err(error) = desk.write(&journal) {
            // Nothing was touched: there is nothing to go on with but what there was before.
            if left.is_none() {
                desk.clear()?;
            }
            drop(desk.tidy(repo));
            return Err(error);
        }
        if let Err(error) = work.finish(desk, lock, &journal, backup, doing, worktree) {
            drop(desk.tidy(repo));
            return Err(RestoreError::stopped(error));
        }
        checkpoint_store::maintain(repo);
        Ok(Restored {
            plan: work.plan,
            backup: Some(backup),
        })
    }

    /// Fails with [`RestoreError::IndexChanged`] when somebody has staged anything since the present was captured: the
    /// backup would not hold it. To be called with the lock held.
    fn require_same_index(&self) -> Result<(), RestoreError> {
        let path = self.repo.index_path();
        let present = fs_err::read(path).ok();
        let hash = self.repo.gix().object_hash();
        match index::tell_the_same(self.index_seen.as_deref(), present.as_deref(), hash) {
            true => Ok(()),
            false => Err(RestoreError::IndexChanged),
        }
    }

    /// Everything that may forbid the restore, before anything is done; [`run`](Self::run) asks it too.
    pub fn guard(&self) -> Result<(), RestoreError> {
        let index = self.repo.index_path();
        if index
            .extension()
            .is_some_and(|extension| extension == "lock")
        {
            // A hook of `git commit` sees the index that is about to be committed: it is git's until that is done.
            let path = index.to_owned();
            return Err(RestoreError::IndexLocked { path });
        }
        if !self.plan.blocked.is_empty() {
            return Err(RestoreError::WouldLose {
                blocked: self.plan.blocked.clone(),
            });
        }
        let Some(step) = &self.plan.head else {
            return Ok(());
        };
        let Some(branch) = &step.then.reference else {
            return Ok(());
        };
        let name = branch.strip_prefix("refs/heads/").unwrap_or(branch);
        let moves = step.branch_now != step.then.id;
        let is_here = step.now.reference.as_ref() == Some(branch);
        if moves && self.policy.branches.is_protected(name) {
            let commit = |id: &Option<String>| {
                let short = |id: &String| format!("{id:.7}");
                id.as_ref().map_or_else(|| "nothing".to_owned(), short)
            };
            let (from, to) = (commit(&step.branch_now), commit(&step.then.id));
            return Err(RestoreError::Protected {
                branch: name.to_owned(),
                from,
                to,
                instead: self.goal.without_moving(),
            });
        }
        if is_here || !moves {
            // Here too already: what it moves for the other worktree, any commit of ours would have moved. And where it
            // stays, nothing changes there.
            return Ok(());
        }
        match head::checked_out_elsewhere(self.repo, branch) {
            Some(path) => Err(RestoreError::CheckedOutElsewhere {
                branch: name.to_owned(),
                path,
                instead: self.goal.without_moving(),
            }),
            None => Ok(()),
        }
    }
}

/// What is left of a restore when the present is safe.
struct Work<'r> {
    repo: &'r Repository,
    goal: Goal,
    asked: Asked,
    request: Request,
    now: State,
    then: State,
    plan: Plan,
    begun: Option<Vec<BString>>,
    unseen: Vec<Unseen>,
}

impl Work<'_> {
    /// What a later process has to know. What one that died has written stays true: where it came from, and which
    /// branches it moved or was to take back.
    fn journal(&self, left: Option<&Journal>, backup: CheckpointId) -> Journal {
        let token = left.and_then(|left| left.token.parse().ok());
        let moved = self.plan.head.as_ref().and_then(HeadMove::other_branch);
        let paths = self.asked.paths.iter();
        let mut unseen = left.map_or_else(Vec::new, |left| left.unseen.clone());
        unseen.extend(self.unseen.iter().cloned());
        let backup = left.map_or(backup, |left| left.backup);
        let (target, rollback) = match &self.goal {
            Goal::Checkpoint(target) => (target.checkpoint.id, None),
            Goal::Commit(rollback) => (backup, Some(rollback.clone())),
        };
        Journal {
            version: 1,
            target,
            backup,
            scope: self.plan.scope,
            paths: paths.map(|path| TreePath::new(path.clone())).collect(),
            discard: self.asked.discard.clone(),
            action: self.asked.action,
            branch: left.and_then(|left| left.branch.clone()).or(moved),
            take_back: self.asked.branch.clone(),
            unseen,
            made_since: self.asked.unseen.clone(),
            given_up: left
                .filter(|_| self.asked.action == Action::Abort)
                .and_then(Journal::brought_back),
            token: token.unwrap_or_else(Token::random).to_string(),
            rollback,
        }
    }

    /// Does what is planned, checks it, records it, drops the journal.
    fn finish(
        &self,
        desk: &Desk,
        lock: IndexLock,
        journal: &Journal,
        backup: CheckpointId,
        doing: &Doing,
        worktree: &str,
    ) -> Result<(), RestoreError> {
        let done = self.apply(desk, lock, journal, doing)?;
        if !done.foreign.is_empty() {
            return Err(RestoreError::ChangedMeanwhile {
                changed: done.foreign,
            });
        }
        let is_anywhere = self.begun.is_none();
        let begun = self.begun.iter().flatten().cloned();
        let unsynced = Unsynced::of(self.repo, done.touched.into_iter().chain(begun))?;
        faults::point("sync::before").map_err(|source| desk.failed(source))?;
        // While the disk is at it, what was read of the files is still in memory.
        std::thread::scope(|scope| {
            let synced = scope.spawn(|| {
                if is_anywhere {
                    // Nobody knows what the process that died has touched.
                    rustix::fs::sync();
                }
                unsynced.wait()
            });
            self.confirm(desk, journal, backup, doing, worktree)?;
            let synced = synced.join();
            synced.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            faults::passed("sync::after");
            Ok::<_, RestoreError>(())
        })?;
        // Without the journal nobody would know that files have yet to be there after a power cut.
        desk.clear()
    }

    /// Checks what was done, and records it.
    fn confirm(
        &self,
        desk: &Desk,
        journal: &Journal,
        backup: CheckpointId,
        doing: &Doing,
        worktree: &str,
    ) -> Result<(), RestoreError> {
        faults::point("check::before").map_err(|source| desk.failed(source))?;
        check(
            self.repo,
            &self.request,
            &self.then,
            &self.plan,
            &self.asked,
            &self.goal,
        )?;
        let (snapshot, event) = event(self.repo, &self.goal, journal, backup, worktree)?;
        faults::point("record::before").map_err(|source| desk.failed(source))?;
        checkpoint_store::append(self.repo, snapshot, event, doing)?;
        faults::passed("record::after");
        Ok(())
    }

    /// Does what is planned.
    fn apply(
        &self,
        desk: &Desk,
        lock: IndexLock,
        journal: &Journal,
        doing: &Doing,
    ) -> Result<Written, RestoreError> {
        let (repo, plan) = (self.repo, &self.plan);
        // Everything is in the repository now.
        let sink = ObjectSink::new(repo.gix())?;
        let objects = Objects { sink: &sink };
        let empty = &self.now.side.meta.empty_directories;
        let options = Options {
            durability: Durability::None,
            token: journal.token.parse().expect("a journal has a token"),
            links: self.then.side.links(),
        };
        let standing = unseen::standing(&self.asked.unseen);
        let steps = steps(plan, empty, &self.asked.discard, &standing)?;
        let written = write_files(repo, &objects, plan, &self.then, &steps, &options)?;
        put_index(repo, &objects, lock, plan, &self.then, desk)?;
        if let Some(step) = &plan.head {
            let message = format!("{}: {}", doing.command, self.goal.named());
            head::apply(repo, step, &destination(step)?, &message)?;
        }
        if let Some(branch) = &self.asked.branch {
            head::take_back(repo, branch, &doing.command)?;
        }
        if plan.operation.is_some() {
            operation::apply(repo, &objects, &self.now, &self.then, desk.scratch())?;
        }
        Ok(written)
    }
}

/// Keeps the present; gives the id of the backup.
fn back_up(
    repo: &Repository,
    sink: ObjectSink,
    captured: &Captured,
    request: &KeepRequest,
    doing: &Doing,
) -> Result<CheckpointId, RestoreError> {
    let failed = |source| RestoreError::GitDir {
        path: repo.git_dir().to_owned(),
        source,
    };
    faults::point("backup::before").map_err(failed)?;
    let backup = keep(repo, sink, captured, request, doing)?;
    faults::passed("backup::after");
    Ok(backup.checkpoint.id)
}

/// The same doing, at a moment after all checkpoints of this repository: what can be undone is told by the order of
/// the backups, also when two are made in one millisecond or the clock is set back a little.
fn after_all(repo: &Repository, doing: &Doing) -> Result<Doing, RestoreError> {
    /// A checkpoint that is from further in the future was made by a clock that is wrong.
    const MOST: TimeDelta = TimeDelta::minutes(1);
    let names = refs::names(repo, CheckpointId::REF_PREFIX)?;
    let ids = names.iter().filter_map(|name| name.parse().ok());
    let newest = ids.max().map(|id: CheckpointId| id.at());
    let next = newest.map(|newest| newest + TimeDelta::milliseconds(1));
    let next = next.filter(|next| doing.now < *next && *next - doing.now < MOST);
    Ok(Doing {
        now: next.unwrap_or(doing.now),
        ..doing.clone()
    })
}

/// What is to be remembered, and in whose record: that of the checkpoint that came back, or of the backup, where there
/// is none but that.
fn event(
    repo: &Repository,
    goal: &Goal,
    journal: &Journal,
    backup: CheckpointId,
    worktree: &str,
) -> Result<(ObjectId, EventBody), RestoreError> {
    let worktree = worktree.to_owned();
    Ok(match goal {
        Goal::Checkpoint(target) => {
            let restored = CheckpointRestored {
                checkpoint: target.checkpoint.id,
                backup: Some(backup),
                scope: journal.scope,
                paths: journal.paths.clone(),
                action: journal.action,
                worktree,
                branch: journal.branch.clone(),
                unseen: unseen::as_they_are(repo, &journal.unseen),
            };
            (target.snapshot, restored.into())
        }
        Goal::Commit(rollback) => {
            let done = RolledBack {
                backup,
                commits: rollback.commits,
                from: rollback.from.clone(),
                to: rollback.to.clone(),
                reference: rollback.reference.clone(),
                scope: journal.scope,
                worktree,
            };
            (again::stored(repo, backup)?.snapshot, done.into())
        }
    })
}

fn backup_request(goal: &Goal, tool: &str, worktree: &str) -> KeepRequest {
    let description = match goal {
        Goal::Checkpoint(target) => {
            let checkpoint = &target.checkpoint;
            let name = checkpoint.name.as_ref().map(ToString::to_string);
            let name = name.unwrap_or_else(|| checkpoint.id.short());
            format!("before restoring {name}")
        }
        Goal::Commit(rollback) => format!("before going back to {:.7}", rollback.to),
    };
    KeepRequest {
        name: None,
        description,
        kind: CheckpointKind::Backup,
        phase: None,
        session: None,
        agent: None,
        task: None,
        state: None,
        worktree: worktree.to_owned(),
        replace: false,
        sign: false,
        tool: tool.to_owned(),
    }
}

fn destination(step: &HeadMove) -> Result<checkpoint_git::Head, RestoreError> {
    Ok(checkpoint_git::Head {
        reference: step
            .then
            .reference
            .as_ref()
            .map(|name| name.as_str().into()),
        id: step.then.id.as_deref().map(parse).transpose()?,
    })
}

/// What came of the file steps.
#[derive(Default)]
struct Written {
    /// The paths at which somebody else was at work meanwhile.
    foreign: Vec<TreePath>,
    /// Those at which anything was changed.
    touched: Vec<BString>,
}

/// Does the file steps.
fn write_files(
    repo: &Repository,
    objects: &Objects<'_>,
    plan: &Plan,
    then: &State,
    steps: &[Step],
    options: &Options,
) -> Result<Written, RestoreError> {
    if steps.is_empty() {
        return Ok(Written::default());
    }
    let (before, after) = attributes(repo, objects, plan, then)?;
    let attributes = Attributes {
        before: &before,
        after: &after,
    };
    let mut writer = Writer::new(repo, attributes, options)?;
    let mut written = Written::default();
    for step in steps {
        let path = || step.path().to_owned();
        match writer.apply(step)? {
            Applied::Done => written.touched.push(path()),
            Applied::Foreign { .. } => written.foreign.push(TreePath::new(path())),
            Applied::AlreadySo | Applied::NotEmpty => {}
        }
    }
    Ok(written)
}

/// The files of attributes that change: as they are, and as they shall be.
fn attributes(
    repo: &Repository,
    objects: &Objects<'_>,
    plan: &Plan,
    then: &crate::state::State,
) -> Result<(gix::index::State, gix::index::State), RestoreError> {
    let files = || plan.files.iter();
    let before = rules(files().map(|difference| (difference, difference.now.as_ref())))?;
    let mut after = rules(files().map(|difference| (difference, difference.then.as_ref())))?;
    // Where there is no such file, or but a link, git asks the index for one.
    let is_file = |leaf: &Leaf| leaf.kind.is_regular();
    let lacks = |difference: &&Difference| {
        is_attributes(difference) && !difference.then.as_ref().is_some_and(is_file)
    };
    for difference in files().filter(lacks) {
        let path = difference.path.as_bstr();
        if let Some(entry) = crate::difference::find(objects, then.index_tree, path)? {
            after.push((path.to_owned(), entry.id));
        }
    }
    let of = |files: &[(BString, ObjectId)]| {
        let files = files.iter().map(|(path, id)| (path.as_bstr(), *id));
        files::attributes_of(repo.gix().object_hash(), files)
    };
    Ok((of(&before), of(&after)))
}

/// The files of attributes among these; git follows no link for them.
fn rules<'d>(
    leaves: impl Iterator<Item = (&'d Difference, Option<&'d Leaf>)>,
) -> Result<Vec<(BString, ObjectId)>, RestoreError> {
    let found = leaves.filter(|(difference, _)| is_attributes(difference));
    found
        .filter_map(|(difference, leaf)| Some((difference.path.as_bstr().to_owned(), leaf?)))
        .filter(|(_, leaf)| leaf.kind.is_regular())
        .map(|(path, leaf)| Ok((path, parse(&leaf.id)?)))
        .collect()
}

/// Reads an object id of a plan.
pub(crate) fn parse(hex: &str) -> Result<ObjectId, RestoreError> {
    let unsafe_id = |_| RestoreError::UnsafePath {
        path: TreePath::new(hex),
    };
    ObjectId::from_hex(hex.as_bytes()).map_err(unsafe_id)
}

fn put_index(
    repo: &Repository,
    objects: &Objects<'_>,
    lock: IndexLock,
    plan: &Plan,
    then: &crate::state::State,
    desk: &Desk,
) -> Result<(), RestoreError> {
    let make = match plan.scope {
        Scope::Exact if plan.index => Make::Of(then),
        Scope::Exact if !plan.files.is_empty() => Make::Refreshed,
        Scope::Mixed | Scope::Hard if plan.index => match then.head.id {
            Some(commit) => Make::Tree(commit),
            None => return Ok(()),
        },
        Scope::Hard if !plan.files.is_empty() => Make::Refreshed,
        _ => return Ok(()),
    };
    let unsure = match plan.files.iter().any(is_attributes) {
        true => plan.files.iter().map(|file| file.path.as_bstr()).collect(),
        false => BTreeSet::new(),
    };
    index::replace(repo, objects, lock, &make, &unsure, desk.scratch())
}
