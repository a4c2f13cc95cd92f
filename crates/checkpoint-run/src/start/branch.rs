//! The branch of a run, which comes into being together with its record.

use std::path::{Path, PathBuf};

use checkpoint_cli::Session;
use checkpoint_git::refs::{RefChange, RefError};
use checkpoint_model::{
    event::{EventBody, GitBranchCreated, TaskStarted},
    id::{CheckpointId, RunId},
    slug::RunBranches,
};
use checkpoint_store::{StoreError, fresh};

use super::{Begun, Ground, Start, Worktree};
use crate::{Log, Place, RunError, worktree};

/// How many numbers are passed over where something lies in the way of their working trees.
const N_TRIES: u32 = 1000;

/// The run that is about to be.
pub(super) struct Making<'s> {
    pub(super) session: &'s Session<'s>,
    pub(super) log: &'s Log<'s>,
    pub(super) wish: &'s Start,
    pub(super) ground: &'s Ground,
    pub(super) branches: &'s RunBranches,
    /// The checkpoint of what was there before.
    pub(super) checkpoint: Option<CheckpointId>,
}

impl Making<'_> {
    /// Makes the branch and the record in one transaction, from the number `free` on. Who comes second takes the next
    /// one.
    pub(super) fn make(&self, free: u32) -> Result<Begun, RunError> {
        let run = fresh::run_id(self.log.now());
        for number in free.. {
            let worktree = self.worktree(number);
            if let Some(dir) = worktree.as_ref().filter(|dir| is_occupied(dir)) {
                // Of two who begin at once, one has made the working tree of this number by now.
                if self.wish.worktree == Worktree::Beside && number < free + N_TRIES {
                    continue;
                }
                return Err(RunError::Occupied { dir: dir.clone() });
            }
            if let Some(begun) = self.attempt(run, number, worktree)? {
                return Ok(begun);
            }
        }
        Err(RunError::NoNumber)
    }

    /// Where the working tree is made, if one is.
    fn worktree(&self, number: u32) -> Option<PathBuf> {
        match &self.wish.worktree {
            Worktree::Present => None,
            Worktree::Beside => {
                let slug = &self.branches.slug;
                Some(worktree::default_dir(self.session, slug, number))
            }
            Worktree::At(dir) => {
                let dir = self.session.surroundings.cwd.join(dir);
                Some(worktree::plain(&dir))
            }
        }
    }

    /// None where somebody else has made this branch.
    fn attempt(
        &self,
        run: RunId,
        number: u32,
        worktree: Option<PathBuf>,
    ) -> Result<Option<Begun>, RunError> {
        let branch = self.branches.nth(number);
        let reference = format!("refs/heads/{branch}");
        let commit = self.ground.commit;
        let started = self.started(run, number, worktree.as_deref());
        let made = GitBranchCreated {
            run,
            branch: branch.clone(),
            commit: commit.map(|id| id.to_string()),
        };
        let create = commit.map(|id| RefChange::create(reference.clone(), id));
        let changes: Vec<_> = create.into_iter().collect();
        let told: [EventBody; 2] = [started.into(), made.into()];
        match self.log.tell_with(run, told, &changes) {
            Err(StoreError::Refs(RefError::Moved { name, .. })) if name == reference => Ok(None),
            Err(StoreError::Refs(RefError::Program(_))) if is_there(self.session, &reference) => {
                Ok(None)
            }
            Err(StoreError::Refs(RefError::Occupied { name, other })) if name == reference => {
                let other = other.strip_prefix("refs/heads/").unwrap_or(&other);
                Err(RunError::PrefixTaken {
                    branch,
                    other: other.to_owned(),
                })
            }
            Err(error) => Err(error.into()),
            Ok(()) => Ok(Some(Begun {
                run,
                branch,
                commit,
                head: None,
                has_switched: false,
                worktree,
            })),
        }
    }

    fn started(&self, run: RunId, number: u32, worktree: Option<&Path>) -> TaskStarted {
        let Self { wish, ground, .. } = self;
        let present = || self.session.worktree();
        TaskStarted {
            run,
            task: wish.task.clone(),
            task_id: wish.task_id.clone(),
            number,
            branch: self.branches.nth(number),
            base: ground.base.clone(),
            commit: ground.commit.map(|id| id.to_string()),
            repository: Place::here(self.session).repository,
            worktree: worktree.map_or_else(present, |dir| dir.to_string_lossy().into_owned()),
            linked: worktree.is_some(),
            model: wish.who.model.clone(),
            checkpoint: self.checkpoint,
            template: wish.template.clone(),
        }
    }
}

/// git-update-ref does not say what stood in its way.
fn is_there(session: &Session<'_>, reference: &str) -> bool {
    checkpoint_git::refs::find(&session.repo, reference).is_ok_and(|found| found.is_some())
}

/// Whether something lies where a working tree is to be: git would refuse, but only after the branch was made.
fn is_occupied(dir: &Path) -> bool {
    match fs_err::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}
