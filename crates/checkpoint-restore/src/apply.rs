//! The second half of a restore: guard, back up, write the journal, do what is planned, check it, record it.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;

use checkpoint_capture::{Captured, Request};
use checkpoint_git::objects::ObjectSink;
use checkpoint_git::{Repository, refs};
use checkpoint_model::event::{CheckpointRestored, EventBody, RolledBack};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::{
    Action, Difference, FileKind, HeadMove, Leaf, Plan, Scope, Unseen, is_same_or_below,
};
use checkpoint_model::words::CheckpointKind;
use checkpoint_store::keep::{KeepRequest, keep};
use checkpoint_store::record::Doing;
use chrono::TimeDelta;
use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};

use crate::files::{
    self, Applied, Attributes, Content, Durability, Expected, Options, Step, Token, Unsynced,
    Wanted, Writer,
};
use crate::index::{IndexLock, Make};
use crate::journal::{Desk, Journal};
use crate::prepare::{Goal, Present, Restore, including};
use crate::state::{Objects, State, USUAL, ancestors};
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
            let synced = synced.join();
            synced.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            faults::passed("sync::after");
            Ok::<_, RestoreError>(())
        })?;
        // Without the journal nobody would know that files have yet to be there after a power cut.
        desk.clear()
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
        let written = write_files(
            repo,
            &objects,
            plan,
            &self.then,
            empty,
            &self.asked.discard,
            &options,
        )?;
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
    then: &crate::state::State,
    empty: &[TreePath],
    discard: &[TreePath],
    options: &Options,
) -> Result<Written, RestoreError> {
    if plan.files.is_empty() && plan.directories.is_empty() && plan.hollow.is_empty() {
        return Ok(Written::default());
    }
    let (before, after) = attributes(repo, objects, plan, then)?;
    let attributes = Attributes {
        before: &before,
        after: &after,
    };
    let mut writer = Writer::new(repo, attributes, options)?;
    let mut written = Written::default();
    for step in steps(plan, empty, discard)? {
        let path = || step.path().to_owned();
        match writer.apply(&step)? {
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

fn is_attributes(difference: &Difference) -> bool {
    crate::reshape::is_attributes(difference.path.as_bstr())
}

/// The steps in their order: what stands in the way goes first, what is only to go comes last.
fn steps(plan: &Plan, empty: &[TreePath], discard: &[TreePath]) -> Result<Vec<Step>, RestoreError> {
    let written: BTreeSet<&[u8]> = plan
        .writes()
        .map(|difference| difference.path.as_bstr().as_bytes())
        .collect();
    let above: BTreeSet<&[u8]> = written.iter().flat_map(|path| ancestors(path)).collect();
    let is_in_the_way = |path: &[u8]| {
        above.contains(path) || ancestors(path).any(|directory| written.contains(directory))
    };
    let mut steps = Vec::new();
    let (first, last): (Vec<_>, Vec<_>) = plan
        .deletes()
        .partition(|difference| is_in_the_way(difference.path.as_bstr()));
    push_deletes(&first, &mut steps)?;
    let mut hollow: Vec<&TreePath> = empty
        .iter()
        .chain(&plan.hollow)
        .filter(|path| {
            written.contains(path.as_bstr().as_bytes())
                || ancestors(path.as_bstr()).any(|directory| written.contains(directory))
        })
        .collect();
    hollow.sort();
    for path in hollow.into_iter().rev() {
        for directory in [path.as_bstr().as_bytes()]
            .into_iter()
            .chain(upwards(path.as_bstr()))
        {
            if written.contains(directory)
                || ancestors(directory).any(|above| written.contains(above))
            {
                steps.push(Step::RemoveDirectoryIfEmpty {
                    path: directory.into(),
                });
            }
        }
    }
    // Attributes decide what becomes of all other files.
    let (rules, others): (Vec<_>, Vec<_>) = plan
        .writes()
        .partition(|difference| is_attributes(difference));
    let (gone, last): (Vec<_>, Vec<_>) = last
        .into_iter()
        .partition(|difference| is_attributes(difference));
    for difference in &gone {
        let path = difference.path.as_bstr().to_owned();
        steps.push(Step::Delete {
            path,
            expected: expected(difference.now.as_ref())?,
        });
    }
    for difference in rules.into_iter().chain(others) {
        steps.push(write(difference, discard)?);
    }
    push_deletes(&last, &mut steps)?;
    let above_gone = gone
        .iter()
        .flat_map(|difference| ancestors(difference.path.as_bstr()));
    let above_gone: Vec<TreePath> = above_gone.map(TreePath::new).collect();
    push_hollow(&above_gone, &mut steps);
    push_hollow(&plan.hollow, &mut steps);
    steps.extend(plan.directories.iter().map(|path| Step::MakeDirectory {
        path: path.as_bstr().to_owned(),
    }));
    Ok(steps)
}

/// Deletes, the deepest first, and the directories that are empty by that.
fn push_deletes(deletes: &[&Difference], steps: &mut Vec<Step>) -> Result<(), RestoreError> {
    let mut directories: BTreeSet<BString> = BTreeSet::new();
    for difference in deletes.iter().rev() {
        let path = difference.path.as_bstr().to_owned();
        directories.extend(ancestors(&path).map(BString::from));
        steps.push(Step::Delete {
            path,
            expected: expected(difference.now.as_ref())?,
        });
    }
    steps.extend(
        directories
            .into_iter()
            .rev()
            .map(|path| Step::RemoveDirectoryIfEmpty { path }),
    );
    Ok(())
}

/// Directories that have nothing in them, and those above that have nothing else in them.
fn push_hollow(hollow: &[TreePath], steps: &mut Vec<Step>) {
    let paths = hollow.iter().map(|path| path.as_bstr());
    let all: BTreeSet<BString> = paths
        .flat_map(|path| ancestors(path).map(BString::from).chain([path.into()]))
        .collect();
    let all = all.into_iter().rev();
    steps.extend(all.map(|path| Step::RemoveDirectoryIfEmpty { path }));
}

fn write(difference: &Difference, discard: &[TreePath]) -> Result<Step, RestoreError> {
    let path = difference.path.as_bstr().to_owned();
    let then = difference
        .then
        .as_ref()
        .expect("a write has something to write");
    if difference
        .now
        .as_ref()
        .is_some_and(|now| is_same_content(now, then))
    {
        return Ok(Step::SetPermissions {
            path,
            executable: then.kind == FileKind::Executable,
            permissions: Some(permissions(then)),
        });
    }
    let content = match &then.raw {
        Some(raw) => Content::Raw(parse(raw)?),
        None => Content::Stored(parse(&then.id)?),
    };
    let wanted = Wanted {
        kind: kind(then.kind),
        content,
        permissions: Some(permissions(then)),
    };
    let is_given_up = |given: &TreePath| is_same_or_below(path.as_bstr(), given.as_bstr());
    let expected = match &difference.now {
        None if discard.iter().any(is_given_up) => Expected::Whatever,
        now => expected(now.as_ref())?,
    };
    Ok(Step::Write {
        path,
        wanted,
        expected,
    })
}

/// The exact bits, whatever the umask says now: those of which nothing is told were the usual.
fn permissions(leaf: &Leaf) -> u16 {
    leaf.permissions.unwrap_or(match leaf.kind {
        FileKind::Executable => USUAL.1,
        _ => USUAL.0,
    })
}

/// Whether both are the same on disk. Of an ignored file only its bytes are known, and not what git would store.
fn has_same_bytes(now: &Leaf, then: &Leaf) -> bool {
    let bytes = |leaf: &Leaf| leaf.raw.clone().unwrap_or_else(|| leaf.id.clone());
    let is_ignored = now.raw.as_ref() == Some(&now.id);
    is_ignored && now.kind == then.kind && bytes(now) == bytes(then)
}

/// Whether a file has to change in nothing but its permissions.
pub(crate) fn is_same_content(now: &Leaf, then: &Leaf) -> bool {
    now.kind.is_regular() && then.kind.is_regular() && now.id == then.id && now.raw == then.raw
}

fn expected(now: Option<&Leaf>) -> Result<Expected, RestoreError> {
    let Some(now) = now else {
        return Ok(Expected::Nothing);
    };
    Ok(Expected::File {
        kind: kind(now.kind),
        stored: parse(&now.id)?,
        raw: now.raw.as_deref().map(parse).transpose()?,
    })
}

fn kind(kind: FileKind) -> files::FileKind {
    match kind {
        FileKind::Executable => files::FileKind::Executable,
        FileKind::Link => files::FileKind::Link,
        FileKind::File | FileKind::Submodule => files::FileKind::File,
    }
}

/// The directories above `path`, from the deepest.
fn upwards(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    ancestors(path).collect::<Vec<_>>().into_iter().rev()
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

/// Captures once more: there must be nothing left to do.
fn check(
    repo: &Repository,
    request: &checkpoint_capture::Request,
    then: &crate::state::State,
    done: &Plan,
    asked: &crate::Asked,
    goal: &Goal,
) -> Result<(), RestoreError> {
    if !done.scope.has_files() {
        return Ok(());
    }
    let mut present = Present::capture(repo, request, &AtomicU64::new(0))?;
    let mut differences = present.differences(then, done.scope, &asked.paths)?;
    let hidden = present.hidden(repo, &differences);
    if !hidden.is_empty() {
        // What was written is ignored by rules that stay.
        present = Present::capture(repo, &including(request, &hidden), &AtomicU64::new(0))?;
        differences = present.differences(then, done.scope, &asked.paths)?;
    }
    let left = present.plan(repo, then, done.scope, differences, asked)?;
    // What came into sight because the target ignores less, or was made meanwhile, was not to be removed.
    let gone: BTreeSet<&TreePath> = done.deletes().map(|file| &file.path).collect();
    let hollowed = gone.iter().flat_map(|path| ancestors(path.as_bstr()));
    let hollow = done.hollow.iter().flat_map(|path| {
        let path = path.as_bstr().as_bytes();
        ancestors(path).chain([path])
    });
    let hollowed: BTreeSet<&[u8]> = hollowed.chain(hollow).collect();
    let is_left = |file: &&Difference| match &file.then {
        Some(then) => !file
            .now
            .as_ref()
            .is_some_and(|now| has_same_bytes(now, then)),
        None => gone.contains(&file.path),
    };
    let mut directories = left.hollow.iter();
    let has_hollow = directories.any(|path| hollowed.contains(path.as_bstr().as_bytes()));
    let mut what: Vec<String> = left
        .files
        .iter()
        .filter(is_left)
        .take(5)
        .map(|difference| difference.path.to_string())
        .collect();
    let others = [
        ("directories", has_hollow),
        ("the index", left.index),
        ("HEAD", left.head.is_some()),
        ("the operation in progress", left.operation.is_some()),
    ];
    what.extend(
        others
            .into_iter()
            .filter(|(_, is_left)| *is_left)
            .map(|(name, _)| name.to_owned()),
    );
    match what.is_empty() {
        true => Ok(()),
        false => Err(RestoreError::Differs {
            target: goal.told(),
            what,
        }),
    }
}
