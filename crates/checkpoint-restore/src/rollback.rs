//! Going back by commits: `git reset` by first parents, through the same steps as any restore.
//!
//! The target is no checkpoint but a state made up of one commit: its tree for the files that git tracks and for the
//! index, the present for all else. What is untracked stays; what has to make way for a file of the commit is in the
//! backup, and told.

mod error;
mod history;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;

use checkpoint_capture::Request;
use checkpoint_git::{Head, Repository};
use checkpoint_model::path::TreePath;
use checkpoint_model::policy::Policy;
use checkpoint_model::restore::{Action, Difference, Leaving, Rollback, Scope, is_same_or_below};
use checkpoint_model::words::OperationKind;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::objs::Kind;

pub use self::error::RollbackError;
use crate::prepare::{Goal, Present, Rest, Uncovered, everything};
use crate::state::{Objects, State, ancestors};
use crate::{Asked, Journal, Restore, RestoreError, complete, operation};

/// What is asked of going back by commits.
#[derive(Debug, Clone)]
pub struct Back {
    /// How many commits, by first parents; at least 1.
    pub commits: u32,
    /// [`Scope::Soft`], [`Scope::Mixed`] or [`Scope::Hard`].
    pub scope: Scope,
    /// Ignored files that may make way, and what may be lost for good.
    pub discard: Vec<TreePath>,
}

impl<'r> Restore<'r> {
    /// Finds the commit, captures the present without naming it, and plans. Touches nothing.
    pub fn back(
        repo: &'r Repository,
        back: &Back,
        request: &Request,
        policy: &Policy,
        seen: &AtomicU64,
    ) -> Result<Self, RestoreError> {
        let leaving = history::find(repo, &repo.head()?, back.commits)?;
        let restore = Self::back_to(repo, leaving, back, request, policy, seen)?;
        refuse_operation(&restore.now, back.scope)?;
        Ok(restore)
    }

    /// Plans what a process that died has left to do.
    pub(crate) fn back_again(
        repo: &'r Repository,
        rollback: &Rollback,
        journal: &Journal,
        request: &Request,
        policy: &Policy,
        seen: &AtomicU64,
    ) -> Result<Self, RestoreError> {
        let leaving = history::told(repo, rollback)?;
        let back = Back {
            commits: rollback.commits,
            scope: journal.scope,
            discard: journal.discard.clone(),
        };
        Self::back_to(repo, leaving, &back, request, policy, seen)
    }

    /// Plans to go to a commit that was found, also where HEAD is there already.
    fn back_to(
        repo: &'r Repository,
        mut leaving: Leaving,
        back: &Back,
        request: &Request,
        policy: &Policy,
        seen: &AtomicU64,
    ) -> Result<Self, RestoreError> {
        let request = everything(request);
        let present = Present::capture(repo, &request, seen)?;
        let then = target(&present, &leaving.rollback, back.scope)?;
        let look = |present: &Present| present.differences(&then, back.scope, &[]);
        let Uncovered {
            present,
            request,
            differences,
            hidden,
        } = present.uncovered(repo, request, seen, look)?;
        refuse_ignored(&present, &hidden, &back.discard)?;
        let asked = Asked {
            scope: Some(back.scope),
            paths: Vec::new(),
            discard: back.discard.clone(),
            action: Action::Restore,
            branch: None,
            unseen: Vec::new(),
        };
        let rest = rest(&present.now, &then, back.scope);
        let mut plan = present.plan(repo, &then, back.scope, differences, rest, &asked)?;
        leaving.untracked = giving_way(&present, &plan.files)?;
        plan.rollback = Some(leaving.clone());
        complete::require(repo, &present.objects(), &plan, &present.now, &then)?;
        let goal = Goal::Commit(leaving.rollback);
        present.into_restore(repo, goal, asked, (request, policy), then, plan)
    }
}

/// The state to go to: the commit's, and the present wherever a commit says nothing.
fn target(present: &Present, rollback: &Rollback, scope: Scope) -> Result<State, RestoreError> {
    let commit = crate::apply::parse(&rollback.to)?;
    let tree = present.objects().tree_of(commit)?;
    let mut state = present.now.clone();
    state.head = Head {
        reference: rollback.reference.as_deref().map(Into::into),
        id: Some(commit),
    };
    if scope != Scope::Soft {
        end_operation(&present.objects(), &mut state)?;
    }
    (state.tree, state.index_tree) = (tree, tree);
    state.skipped = Vec::new();
    state.side.conflicts.clear();
    state.side.staged.clear();
    state.side.files.clear();
    state.side.raw.clear();
    state.side.forget_permissions();
    Ok(state)
}

/// What becomes of index and operation when one goes back by commits.
pub(crate) fn rest(now: &State, then: &State, scope: Scope) -> Rest {
    Rest {
        index: scope != Scope::Soft && index_differs(now, then),
        operation: operation::plan(now, then),
    }
}

/// Whether the index holds other content than the commit. Flags are no content: they stay.
fn index_differs(now: &State, then: &State) -> bool {
    let is_more = !now.side.conflicts.is_empty() || !now.side.staged.is_empty();
    now.index_tree != then.index_tree || is_more
}

/// Ends what `git reset` ends: a merge, and the cherry-pick or revert of the last commit. A rebase, a bisect and a list
/// of commits that is not at its end go on.
fn end_operation(objects: &Objects<'_>, state: &mut State) -> Result<(), RestoreError> {
    const ENDED: [&str; 8] = [
        "MERGE_HEAD",
        "MERGE_MODE",
        "MERGE_MSG",
        "MERGE_RR",
        "AUTO_MERGE",
        "CHERRY_PICK_HEAD",
        "REVERT_HEAD",
        "SQUASH_MSG",
    ];
    let files = &mut state.side.git_dir;
    let n_files = files.len();
    let is_picking = ["CHERRY_PICK_HEAD", "REVERT_HEAD"]
        .iter()
        .any(|name| files.contains_key(BStr::new(name)));
    files.retain(|path, _| !ENDED.iter().any(|name| path == name));
    if let Some(todo) = files
        .get(BStr::new("sequencer/todo"))
        .filter(|_| is_picking)
        && objects.read(todo.id, Kind::Blob)?.lines().count() <= 1
    {
        files.retain(|path, _| !path.starts_with(b"sequencer/"));
    }
    if files.len() == n_files {
        return Ok(());
    }
    let ended = [
        OperationKind::Merge,
        OperationKind::CherryPick,
        OperationKind::Revert,
    ];
    let has_list = files.keys().any(|path| path.starts_with(b"sequencer/"));
    state
        .operations
        .retain(|kind| !ended.contains(kind) || has_list && *kind != OperationKind::Merge);
    if files.len() == 1 {
        // It only went along.
        files.remove(BStr::new("ORIG_HEAD"));
    }
    Ok(())
}

/// Where `git reset --soft` refuses, and where its end of an operation could not be taken back by moving a branch.
fn refuse_operation(now: &State, scope: Scope) -> Result<(), RollbackError> {
    if now.side.git_dir.contains_key(BStr::new("MERGE_AUTOSTASH")) {
        return Err(RollbackError::Autostash);
    }
    let stops = [
        OperationKind::Merge,
        OperationKind::CherryPick,
        OperationKind::Revert,
    ];
    let operation = now.operations.iter().find(|kind| stops.contains(kind));
    match operation {
        _ if scope != Scope::Soft => Ok(()),
        Some(operation) => Err(RollbackError::InOperation {
            operation: operation.to_string(),
        }),
        None if !now.side.conflicts.is_empty() => Err(RollbackError::Unmerged),
        None => Ok(()),
    }
}

/// Refuses where ignored files are in the way: at the `hidden` paths or below them.
fn refuse_ignored(
    present: &Present,
    hidden: &BTreeSet<BString>,
    discard: &[TreePath],
) -> Result<(), RollbackError> {
    let is_in_the_way = |path: &&BString| {
        let is_below = |other: &BStr| is_same_or_below(path.as_bstr(), other);
        hidden.iter().any(|hidden| is_below(hidden.as_bstr()))
            && !discard.iter().any(|given| is_below(given.as_bstr()))
    };
    let ignored = present.now.side.ignored.keys();
    let paths: Vec<TreePath> = ignored
        .filter(is_in_the_way)
        .map(|path| TreePath::new(path.clone()))
        .collect();
    match paths.is_empty() {
        true => Ok(()),
        false => Err(RollbackError::IgnoredInTheWay { paths }),
    }
}

/// Takes out of `differences` what `git reset --hard` leaves alone: files whose content git finds as it shall be, and
/// untracked ones, but for those that stand where a file of the commit has to be.
pub(crate) fn spare(
    present: &Present,
    differences: &mut Vec<Difference>,
) -> Result<(), RestoreError> {
    let is_clean = |difference: &Difference| match (&difference.now, &difference.then) {
        (Some(now), Some(then)) => now.kind == then.kind && now.id == then.id,
        _ => false,
    };
    differences.retain(|difference| !is_clean(difference));
    let written: BTreeSet<BString> = differences
        .iter()
        .filter(|difference| difference.then.is_some())
        .map(|difference| difference.path.as_bstr().to_owned())
        .collect();
    let above: BTreeSet<BString> = written
        .iter()
        .flat_map(|path| ancestors(path).map(BString::from))
        .collect();
    let mut kept = Vec::with_capacity(differences.len());
    for difference in differences.drain(..) {
        let path = difference.path.as_bstr();
        let is_in_the_way = above.contains(path)
            || ancestors(path).any(|directory| written.contains(BStr::new(directory)));
        if difference.then.is_some()
            || is_in_the_way
            || present.now.is_tracked(&present.objects(), path)?
        {
            kept.push(difference);
        }
    }
    *differences = kept;
    Ok(())
}

/// The untracked files that are overwritten or deleted.
fn giving_way(
    present: &Present,
    differences: &[Difference],
) -> Result<Vec<TreePath>, RestoreError> {
    let mut found = Vec::new();
    for difference in differences {
        if difference.now.is_some()
            && !present
                .now
                .is_tracked(&present.objects(), difference.path.as_bstr())?
        {
            found.push(difference.path.clone());
        }
    }
    Ok(found)
}
