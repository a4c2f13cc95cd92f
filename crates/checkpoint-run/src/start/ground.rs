//! Where a run begins, and whether it can.

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_git::Head;
use gix::ObjectId;

use super::{Start, Worktree};
use crate::RunError;

/// Where the run begins, and what is there.
pub(super) struct Ground {
    pub(super) head: Head,
    /// Where the branch begins; none on an unborn HEAD.
    pub(super) commit: Option<ObjectId>,
    pub(super) base: Option<String>,
    /// Whether HEAD can be put on the branch without a look at index and files.
    pub(super) is_at_head: bool,
    pub(super) wants_worktree: bool,
}

impl Ground {
    /// Looks, and refuses what cannot be begun; writes nothing.
    pub(super) fn look(session: &Session<'_>, wish: &Start) -> Result<Self, RunError> {
        let repo = &session.repo;
        let head = repo.head()?;
        let wants_worktree = wish.worktree != Worktree::Present;
        let base = match (&wish.base, head.branch()) {
            (Some(base), _) => Some(base.clone()),
            (None, branch) => branch.map(|branch| branch.to_str_lossy().into_owned()),
        };
        let commit = match &wish.base {
            Some(base) => Some(commit_of(session, base)?),
            None => head.id,
        };
        let ground = Self {
            is_at_head: commit == head.id,
            head,
            commit,
            base,
            wants_worktree,
        };
        match wants_worktree {
            true if ground.commit.is_none() => Err(RunError::NoCommit),
            true => Ok(ground),
            false => ground.refuse_unsafe(session).map(|()| ground),
        }
    }

    /// Refuses to move HEAD where that would lose something, or end an operation.
    fn refuse_unsafe(&self, session: &Session<'_>) -> Result<(), RunError> {
        if session.repo.work_tree().is_none() {
            return Err(RunError::Bare);
        }
        if let Some(&operation) = checkpoint_capture::operations(&session.repo)?.first() {
            return Err(RunError::InOperation { operation });
        }
        let words = ["status", "--porcelain", "--untracked-files=no"];
        if !self.is_at_head && !session.repo.git(words).output()?.is_empty() {
            let base = self.base.clone().unwrap_or_default();
            return Err(RunError::Dirty { base });
        }
        Ok(())
    }

    /// The branch that the run begins at, if it is one.
    pub(super) fn base_branch(&self) -> Option<&str> {
        self.base.as_deref()
    }
}

fn commit_of(session: &Session<'_>, base: &str) -> Result<ObjectId, RunError> {
    let unknown = || RunError::UnknownBase {
        base: base.to_owned(),
    };
    let commit = format!("{base}^{{commit}}");
    let words = [
        "rev-parse",
        "--quiet",
        "--verify",
        "--end-of-options",
        &commit,
    ];
    let hex = session.git_here(words).answer()?.ok_or_else(unknown)?;
    ObjectId::from_hex(hex.trim_end()).map_err(|_| unknown())
}
