//! The last step: what is no longer needed here is removed, and nothing else.

use std::path::Path;

use bstr::{BString, ByteSlice as _};
use checkpoint_cli::Session;
use checkpoint_git::{ProgramError, refs::RefChange};
use checkpoint_model::{event::RunCleanedUp, policy::Cleanup, run::Run};
use checkpoint_work::Wish;
use gix::ObjectId;

use super::{COMMAND, Done, Work};
use crate::{Log, RunError, config, worktree};

/// Removes the working tree, if it was made for the run, and with [`Cleanup::All`] the branch, if its last commit is at
/// the remote. What git would miss stays, and is told; so do ignored files, which no checkpoint holds, unless they go.
pub(super) fn up(
    work: &mut Work<'_>,
    cleanup: Cleanup,
    discard_ignored: bool,
) -> Result<(), RunError> {
    let removed = away(work, discard_ignored)?;
    let wants_branch = cleanup == Cleanup::All;
    let tip = work.tip.to_string();
    let is_pushed = work
        .run
        .push
        .as_ref()
        .is_some_and(|push| push.commit == tip);
    let why_not = match () {
        () if !wants_branch => None,
        () if !is_pushed && !is_empty(&work.run, work.tip) => {
            Some("it has commits that are not pushed")
        }
        () if work.is_astray => Some("somebody works on from it"),
        () if work.dir.is_some() => Some("it is checked out"),
        () => None,
    };
    if let Some(why) = why_not {
        work.done.push(Done::Kept(format!(
            "branch '{}' stays: {why}",
            work.branch()
        )));
    }
    let asked = Removed {
        branch: (wants_branch && why_not.is_none()).then_some(work.tip),
        worktree: removed,
    };
    if asked.branch.is_none() && !asked.worktree {
        return Ok(());
    }
    remove(&work.log, work.common, &work.run, asked)?;
    if asked.branch.is_some() {
        work.done
            .push(Done::BranchRemoved(work.branch().to_owned()));
    }
    Ok(())
}

/// Whether nothing was committed on the branch.
fn is_empty(run: &Run, tip: ObjectId) -> bool {
    run.started.commit.as_deref() == Some(tip.to_string().as_str())
}

/// What goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Removed {
    /// The last commit of the branch, if that goes.
    pub(crate) branch: Option<ObjectId>,
    /// Whether the working tree is gone.
    pub(crate) worktree: bool,
}

/// Removes the branch, if it still is where it was, together with the word of it; `common` stands in no working tree
/// that may be gone.
pub(crate) fn remove(
    log: &Log<'_>,
    common: &Session<'_>,
    run: &Run,
    removed: Removed,
) -> Result<(), RunError> {
    let reference = format!("refs/heads/{}", run.started.branch);
    let delete = removed.branch.map(|tip| RefChange::delete(reference, tip));
    let changes: Vec<_> = delete.into_iter().collect();
    let event = RunCleanedUp {
        run: run.id,
        branch_removed: removed.branch.is_some(),
        worktree_removed: removed.worktree,
    };
    let told = [(checkpoint_store::Subject::run(run.id), log.event(event))];
    checkpoint_store::append_with(&common.repo, told, &changes, &log.doing())?;
    if removed.branch.is_some() {
        config::forget(common, &run.started.branch);
    }
    Ok(())
}

/// Takes HEAD, or the whole working tree, off the branch; whether the working tree is gone. It is kept first.
fn away(work: &mut Work<'_>, discard_ignored: bool) -> Result<bool, RunError> {
    let Some(dir) = work.dir.clone() else {
        // Whoever was interrupted has removed it, and not told so.
        return Ok(work.run.is_linked && !Path::new(&work.run.worktree).exists());
    };
    if !work.run.is_linked {
        return Ok(false);
    }
    if Path::new(&work.run.worktree) != dir {
        work.done.push(Done::Kept(format!(
            "working tree '{}' stays: it is not where it was made for the run, '{}'",
            dir.display(),
            work.run.worktree
        )));
        return Ok(false);
    }
    let unkept = worktree::unkept(work.session, work.policy, &dir)?;
    if !unkept.is_empty() && !discard_ignored {
        let paths = worktree::in_short(&unkept);
        work.done.push(Done::Kept(format!(
            "working tree '{}' stays: ignored files are in no checkpoint, but go by --discard-ignored: {paths}",
            dir.display()
        )));
        return Ok(false);
    }
    let wish = Wish::automatic(COMMAND, None, "before its working tree was removed");
    checkpoint_work::create(work.session, work.policy, &wish)?;
    catch_up(work.session)?;
    match worktree::remove(work.common, &dir) {
        Ok(()) => {
            work.done.push(Done::WorktreeRemoved(dir));
            work.dir = None;
            Ok(true)
        }
        Err(error @ ProgramError::Failed { .. }) => {
            let said = crate::log::said(&error);
            let why = uncommitted(work.session)?.unwrap_or(said);
            work.done.push(Done::Kept(format!(
                "working tree '{}' stays: {why}",
                dir.display()
            )));
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// What is in the working tree and in no commit, which git does not name.
fn uncommitted(session: &Session<'_>) -> Result<Option<String>, ProgramError> {
    let words = ["status", "--porcelain", "--no-renames", "-z"];
    let status = session.repo.git(words).output()?;
    let lines = status.split_str("\0").filter_map(|line| line.get(3..));
    let paths: Vec<BString> = lines.map(BString::from).collect();
    let named = || format!("in no commit: {}", worktree::in_short(&paths));
    Ok((!paths.is_empty()).then(named))
}

/// Where a commit was killed before it had written the index, that still has what was there before the commit, and git
/// takes it for work. The checkpoint has it; the files are what is committed, or nothing is done here.
fn catch_up(session: &Session<'_>) -> Result<(), RunError> {
    let is_committed = session
        .repo
        .git(["diff", "--quiet", "HEAD", "--"])
        .answer()?;
    if is_committed.is_some() {
        session.repo.git(["reset", "--quiet"]).output()?;
    }
    Ok(())
}
