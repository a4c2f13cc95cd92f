//! What the repository's configuration knows of the branch of a run: `branch.<name>.agentRun` is the run's id. git moves
//! it along with the branch, and removes it with that.
//!
//! The record is what counts. This saves reading all records to find the one, and may be missing.

use std::time::{Duration, Instant};

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_git::ProgramError;
use checkpoint_model::{id::RunId, run::Run};

use crate::{Place, RunError};

/// How long one waits for others who write to the configuration.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same for what may be missing.
const LITTLE_PATIENCE: Duration = Duration::from_millis(500);

/// Writes down which run the branch is of. Where that fails, all records are read each time, and nothing is lost.
pub(crate) fn remember(session: &Session<'_>, run: &Run) {
    let key = format!("branch.{}.agentRun", run.started.branch);
    let words = ["--replace-all", &key, &run.id.to_string()];
    set_within(session, &words, LITTLE_PATIENCE).ok();
}

/// Forgets everything about a branch that is gone, as `git branch -d` does. There may be nothing.
pub(crate) fn forget(session: &Session<'_>, branch: &str) {
    set(session, &["--remove-section", &format!("branch.{branch}")]).ok();
}

/// The run of `branch`, if that was written down here and its record agrees; its commits are not looked for.
pub(crate) fn remembered(session: &Session<'_>, branch: &str) -> Result<Option<Run>, RunError> {
    let config = session.repo.gix().config_snapshot();
    let written = config.string_by("branch", branch.as_bytes().as_bstr(), "agentRun");
    let id: Option<RunId> = written.and_then(|id| id.to_str().ok()?.parse().ok());
    let Some(id) = id else {
        return Ok(None);
    };
    let run = checkpoint_store::run_by_id(&session.repo, id)?;
    let here = Place::here(session);
    Ok(run.filter(|run| run.started.branch == branch && here.has(run)))
}

/// Runs `git config --local` until nobody else has the lock.
pub(crate) fn set(session: &Session<'_>, words: &[&str]) -> Result<(), ProgramError> {
    set_within(session, words, PATIENCE)
}

fn set_within(
    session: &Session<'_>,
    words: &[&str],
    patience: Duration,
) -> Result<(), ProgramError> {
    let until = Instant::now() + patience;
    loop {
        let words = ["config", "--local"].iter().chain(words);
        match session
            .repo
            .git(words)
            .at(session.repo.common_dir())
            .output()
        {
            Err(ProgramError::Failed { stderr, .. })
                if stderr.contains("could not lock") && Instant::now() < until =>
            {
                std::thread::sleep(Duration::from_millis(20));
            }
            done => return done.map(|_| ()),
        }
    }
}
