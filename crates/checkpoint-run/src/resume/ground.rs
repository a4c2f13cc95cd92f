//! Where a run goes on: its branch, and a working tree that is on it.

use std::path::{Path, PathBuf};

use checkpoint_cli::Session;
use checkpoint_git::{
    Head,
    refs::{self, RefChange},
};
use checkpoint_model::{run::Run, slug::Slug};
use checkpoint_store::Stored;
use gix::ObjectId;

use super::{COMMAND, is_unborn, last_commit};
use crate::{Place, RunError, worktree};

/// What is there, and what has to be made.
pub(super) struct Ground<'s> {
    session: &'s Session<'s>,
    branch: &'s str,
    head: Head,
    /// The last commit of the branch; none of one that was given up before it had any.
    pub(super) commit: Option<ObjectId>,
    is_branch_there: bool,
    is_checked_out: bool,
    /// Where the working tree is, or goes.
    pub(super) dir: PathBuf,
    /// Whether that is the run's own.
    pub(super) is_linked: bool,
}

impl<'s> Ground<'s> {
    /// Looks, and refuses what would lose anything; writes nothing.
    pub(super) fn look(
        session: &'s Session<'s>,
        run: &'s Run,
        at: Option<&Stored>,
    ) -> Result<Self, RunError> {
        let branch = &run.started.branch;
        let tip = refs::find(&session.repo, &format!("refs/heads/{branch}"))?;
        let checked_out = worktree::of_branch(session, branch)?;
        let is_checked_out = checked_out.is_some();
        let (dir, is_linked) = match checked_out {
            Some(dir) => {
                let is_linked = is_its_own(run, &dir);
                (dir, is_linked)
            }
            None => {
                let (dir, is_linked) = place_for(session, run);
                let is_of_here = Place::here(session).has(run);
                worktree::refuse_lost(session, run, |lost| is_of_here || lost == dir)?;
                (dir, is_linked)
            }
        };
        let ground = Self {
            session,
            branch,
            head: session.repo.head()?,
            commit: match tip {
                None if is_unborn(run, at) => None,
                None => Some(last_commit(session, run, at)?),
                tip => tip,
            },
            is_branch_there: tip.is_some(),
            is_checked_out,
            dir,
            is_linked,
        };
        if !ground.is_checked_out && !ground.is_at_head() {
            refuse_dirty(session, &ground.dir, is_linked)?;
        }
        Ok(ground)
    }

    /// Whether HEAD can be put on the branch without a look at index and files.
    fn is_at_head(&self) -> bool {
        !self.is_linked && self.head.id == self.commit
    }

    fn reference(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    /// Makes the branch where it is gone.
    pub(super) fn make_branch(&self) -> Result<(), RunError> {
        if let Some(commit) = self.commit.filter(|_| !self.is_branch_there) {
            let create = RefChange::create(self.reference(), commit);
            let who = self.session.repo.signature(self.session.now());
            refs::transaction(&self.session.repo, &[create], COMMAND, &who)?;
        }
        Ok(())
    }

    /// Puts a working tree on the branch where none is.
    pub(super) fn enter(&self) -> Result<(), RunError> {
        let repo = &self.session.repo;
        match () {
            () if self.is_checked_out => worktree::make_whole(self.session, &self.dir, COMMAND)?,
            () if self.is_at_head() => repo.move_head(&self.head, &self.reference())?,
            // What is put back takes HEAD there.
            () if self.commit.is_none() => {}
            () if self.is_linked => worktree::add(self.session, &self.dir, self.branch)?,
            () => {
                let words = ["switch", "--quiet", "--no-guess", self.branch];
                repo.git(words).output()?;
            }
        }
        Ok(())
    }
}

/// Whether the working tree at `dir` was made for the run, also where nobody has recorded that it is there again.
fn is_its_own(run: &Run, dir: &Path) -> bool {
    run.is_linked || (run.started.linked && dir == Path::new(&run.started.worktree))
}

/// Where the branch goes: a working tree of its own, as it had one, or the one that the run was begun in.
fn place_for(session: &Session<'_>, run: &Run) -> (PathBuf, bool) {
    let here = Place::here(session);
    let was_begun_here = run.by.host == here.host && run.started.repository == here.repository;
    match (run.started.linked, was_begun_here) {
        (true, true) => (PathBuf::from(&run.started.worktree), true),
        (true, false) => (default_place(session, run), true),
        (false, _) => (PathBuf::from(session.worktree()), false),
    }
}

/// Where the working tree of the run is made when nobody says.
pub(super) fn default_place(session: &Session<'_>, run: &Run) -> PathBuf {
    worktree::default_dir(session, &Slug::of(&run.started.task), run.started.number)
}

fn refuse_dirty(session: &Session<'_>, dir: &Path, is_linked: bool) -> Result<(), RunError> {
    if is_linked {
        if worktree::is_only_begun(session, dir)? {
            return Ok(());
        }
        let is_empty = fs_err::read_dir(dir).map_or(true, |mut entries| entries.next().is_none());
        return match is_empty {
            true => Ok(()),
            false => Err(RunError::Occupied {
                dir: dir.to_owned(),
            }),
        };
    }
    if session.repo.work_tree().is_none() {
        return Err(RunError::Bare);
    }
    if let Some(&operation) = checkpoint_capture::operations(&session.repo)?.first() {
        return Err(RunError::InOperation { operation });
    }
    let words = ["status", "--porcelain", "--untracked-files=no"];
    match session.repo.git(words).output()?.is_empty() {
        true => Ok(()),
        false => Err(RunError::DirtyHere),
    }
}
