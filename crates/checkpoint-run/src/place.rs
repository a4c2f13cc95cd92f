//! Where a run is at home: the clone that it was started in.

use std::path::PathBuf;

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_model::{id::RunId, run::Run, words::Actor};

use crate::RunError;

/// One clone of a repository, on one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The machine.
    pub host: String,
    /// The git directory that all worktrees share.
    pub repository: String,
}

impl Place {
    /// The clone that we are in.
    #[must_use]
    pub fn here(session: &Session<'_>) -> Self {
        Self {
            host: session.actor(None, None).host,
            repository: common_dir(session).to_string_lossy().into_owned(),
        }
    }

    /// The clone that `run` belongs to.
    pub(crate) fn of(run: &Run) -> Self {
        Self {
            host: run.host.clone(),
            repository: run.repository.clone(),
        }
    }

    /// Whether `run` belongs to this clone: it was started here, or taken over.
    #[must_use]
    pub fn has(&self, run: &Run) -> bool {
        *self == Self::of(run)
    }

    /// Refuses a run of another clone, whose branch and working tree are not here.
    pub(crate) fn must_have(&self, run: &Run) -> Result<(), RunError> {
        match self.has(run) {
            true => Ok(()),
            false => Err(RunError::OtherClone {
                run: run.short_branch().to_owned(),
                host: run.host.clone(),
                repository: run.repository.clone(),
            }),
        }
    }
}

/// The git directory that all worktrees share, by a path that does not lead through one of them.
pub(crate) fn common_dir(session: &Session<'_>) -> PathBuf {
    let common = session.repo.common_dir();
    common.canonicalize().unwrap_or_else(|_| common.to_owned())
}

/// What a commit takes for the name of a task at most; in bytes.
const LONGEST_TASK: usize = 200;

/// The task of a run as commits name it: by its id, else in its words, cut where they are too many.
#[must_use]
pub fn task_name(run: &Run) -> String {
    let named = told_id(run).unwrap_or(&run.started.task);
    if named.len() <= LONGEST_TASK {
        return named.to_owned();
    }
    let room = LONGEST_TASK - '…'.len_utf8();
    let ends = named.char_indices().map(|(at, _)| at);
    let end = ends.take_while(|at| *at <= room).last().unwrap_or(0);
    let cut = &named[..end];
    let words = cut.rsplit_once(' ').map(|(words, _)| words);
    format!("{}…", words.unwrap_or(cut))
}

/// What the task is called elsewhere. An id that was made up for several repositories says nothing to a reader.
pub(crate) fn told_id(run: &Run) -> Option<&str> {
    let id = run.started.task_id.as_deref();
    id.filter(|id| id.parse::<RunId>().is_err())
}

/// Who acts on a run: its agent, unless another one is told.
pub(crate) fn actor(session: &Session<'_>, run: &Run) -> Actor {
    Actor {
        agent: run.by.agent.clone(),
        session: run.by.session.clone(),
        ..session.actor(None, None)
    }
}

/// The branch that HEAD is on, without `refs/heads/`; none when it is detached.
pub fn current_branch(session: &Session<'_>) -> Result<Option<String>, RunError> {
    let head = session.repo.head()?;
    Ok(head
        .branch()
        .map(|branch| branch.to_str_lossy().into_owned()))
}
