//! The commit, from the moment git is asked for it until the index knows of it.

use std::{cell::RefCell, ops::ControlFlow};

use checkpoint_cli::Session;
use checkpoint_git::Head;
use gix::ObjectId;

use super::{
    CommitError, CommitWish, guard,
    index::{Base, OwnIndex},
    lock::IndexLock,
    made::{self, Made},
    message,
    plan::Wanted,
    signals::Signals,
    state::Planned,
    trees::{Changes, difference},
    turn::Turn,
};
use crate::WorkError;

/// A commit that is ready to be made.
pub(super) struct Landing<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) wish: &'a CommitWish,
    /// Where HEAD was looked at, and the branch that it moves.
    pub(super) head: &'a Head,
    pub(super) branch: &'a str,
    /// The index as it was found.
    pub(super) base: &'a Base,
    /// HEAD's tree.
    pub(super) from: ObjectId,
    pub(super) planned: &'a Planned,
    pub(super) own: &'a OwnIndex,
    /// The lock of the real index, until that has the commit.
    pub(super) lock: RefCell<Option<IndexLock>>,
    pub(super) turn: &'a Turn,
    pub(super) signals: &'a Signals,
    pub(super) message: &'a str,
    pub(super) wording: Wording,
}

/// Whose message a commit has to have. All commits of a working tree write theirs into one file, COMMIT_EDITMSG, and
/// two at once may exchange them; but what is another one twice, a hook has made of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    Ours,
    OfHooks,
}

/// A commit that stands.
pub(super) struct Landed {
    pub(super) id: ObjectId,
    /// The branch that it is on.
    pub(super) branch: String,
    /// What it changes.
    pub(super) changes: Changes,
    /// Why the index does not show it, where it does not.
    pub(super) index_is_behind: Option<WorkError>,
}

impl Landing<'_> {
    /// Runs git, and makes sure that its commit stands on what was looked at. The commit is settled as soon as it is
    /// there: hooks that run after it, and whoever commits meanwhile, are to find an index that knows of it.
    pub(super) fn make(&self) -> Result<Landed, WorkError> {
        let repo = &self.session.repo;
        if repo.head()? != *self.head {
            return Err(CommitError::Overtaken.into());
        }
        let mut early = None;
        let look = || match self.look() {
            Some(landed) => {
                early = Some(landed);
                ControlFlow::Break(())
            }
            None => ControlFlow::Continue(()),
        };
        let file = self.turn.write_message(self.message)?;
        let ran = made::run(
            self.session,
            file,
            (self.own, self.turn, self.signals),
            look,
        );
        if let Some(landed) = early {
            return Ok(landed);
        }
        match ran {
            Ok(()) => self.find(),
            Err(error) if repo.head()? == *self.head => Err(error),
            // Git may have been ended when the commit was made.
            Err(_) => Ok(self.look().ok_or(CommitError::Overtaken)?),
        }
    }

    /// The commit, if it is there already, and the index can be given it.
    fn look(&self) -> Option<Landed> {
        let (own, planned) = (self.own, &self.planned.plan.settled);
        let (made, changes) = made::at_head(self.session, self.head, own, planned).ok()??;
        let has_our_words = self.has_our_words(&made).ok()?;
        let landed = has_our_words.then(|| self.settle(&made, self.branch, changes).ok())??;
        landed.index_is_behind.is_none().then_some(landed)
    }

    /// The commit, after git has ended; one that does not stand as it should is taken back.
    fn find(&self) -> Result<Landed, WorkError> {
        let (session, command) = (self.session, self.wish.command);
        let made = made::find(session, self.head.id, self.own)?;
        let branch = self.landed_on(&made)?;
        if made.parent != self.head.id {
            made::take_back(session, command, &branch, &made)?;
            return Err(CommitError::Overtaken.into());
        }
        if !self.has_our_words(&made)? {
            let stands = made::take_back(session, command, &branch, &made).is_err();
            if stands {
                self.settle(&made, &branch, self.changes(&made)?)?;
            }
            let commit = made.id.to_hex_with_len(7).to_string();
            return Err(CommitError::OtherWords { commit, stands }.into());
        }
        self.settle(&made, &branch, self.changes(&made)?)
    }

    fn changes(&self, made: &Made) -> Result<Changes, WorkError> {
        Ok(difference(self.session.repo.gix(), self.from, made.tree)?)
    }

    fn has_our_words(&self, made: &Made) -> Result<bool, WorkError> {
        let (words, _) = made::words(self.session.repo.gix(), made.id)?;
        Ok(self.wording == Wording::OfHooks || message::is_of(&words, self.message))
    }

    /// The branch that a commit is on: git looks at HEAD once more when it moves it, and others, or a hook, may have
    /// switched it. From one where there may be none, it is taken back.
    fn landed_on(&self, made: &Made) -> Result<String, WorkError> {
        let (repo, branch) = (&self.session.repo, self.branch);
        let now = repo.head()?;
        let tip = checkpoint_git::refs::find(repo, &format!("refs/heads/{branch}"));
        let is_here =
            now.branch() == self.head.branch() || matches!(tip, Ok(Some(id)) if id == made.id);
        let Some(other) = guard::moved_branch(repo, &now).filter(|_| !is_here) else {
            return Ok(branch.to_owned());
        };
        if self.wish.by.is_some()
            && let Err(error) = guard::may_commit(self.session, self.head, &other)
        {
            made::take_back(self.session, self.wish.command, &other, made)?;
            return Err(error.into());
        }
        Ok(other)
    }

    /// Gives the real index what it has to hold of the commit: what was in scope, and what a hook has added to it.
    fn settle(&self, made: &Made, branch: &str, changes: Changes) -> Result<Landed, WorkError> {
        let Planned { plan, .. } = self.planned;
        let mut entries: Wanted = plan.settled.clone();
        let committed = changes.iter();
        entries.extend(committed.map(|(path, (_, after))| (path.clone(), *after)));
        Ok(Landed {
            id: made.id,
            branch: branch.to_owned(),
            changes,
            index_is_behind: self.give_index(&entries).err(),
        })
    }

    /// Gives the index the commit, and others the index.
    fn give_index(&self, entries: &Wanted) -> Result<(), WorkError> {
        let mut held = self.lock.borrow_mut();
        let lock = held.as_ref().expect("the index is given its commit once");
        let how = (!self.planned.plan.reset, entries);
        self.own
            .give_back(&self.session.repo, lock, self.base, how)?;
        drop(held.take());
        Ok(())
    }
}
