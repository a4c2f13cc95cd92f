//! The checkpoints of an agent's run.

use checkpoint_cli::Session;
use checkpoint_model::{checkpoint::Checkpoint, run::Run};
use checkpoint_share::ShareError;

use crate::CheckpointError;

/// The least that is taken for the beginning of an id.
const SHORTEST: usize = 4;

/// The runs that `typed` means: an id or the beginning of one, a branch, or the end of one. Two clones may each have a
/// run of one branch; then both are meant.
pub(super) fn meant(session: &Session<'_>, typed: &str) -> Result<Vec<Run>, CheckpointError> {
    let branch = typed.strip_prefix("refs/heads/").unwrap_or(typed);
    let is_beginning = |run: &Run| {
        typed.len() >= SHORTEST && run.id.to_string().starts_with(&typed.to_ascii_lowercase())
    };
    let is_meant = |run: &Run| {
        run.started.branch == branch || run.short_branch() == branch || is_beginning(run)
    };
    let mut runs = checkpoint_store::runs(&session.repo)?.runs;
    runs.retain(is_meant);
    match runs.is_empty() {
        true => {
            let typed = typed.to_owned();
            Err(ShareError::RunUnknown { typed }.into())
        }
        false => Ok(runs),
    }
}

/// Whether it was made on the branch of the run since that began, or keeps what was there before or after it.
pub(super) fn has(run: &Run, checkpoint: &Checkpoint) -> bool {
    let created = &checkpoint.created;
    let is_on_branch = created.branch.as_deref() == Some(run.started.branch.as_str());
    let ends = [
        run.started.checkpoint,
        run.abandoned.as_ref().and_then(|it| it.checkpoint),
    ];
    is_on_branch && checkpoint.at >= run.at || ends.contains(&Some(checkpoint.id))
}
