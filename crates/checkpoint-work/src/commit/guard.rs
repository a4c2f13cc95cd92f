//! Whether there may be a commit here and now.

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_git::{Head, refs};
use checkpoint_model::policy::{Because, Reason, Source, Verdict};
use checkpoint_policy::{PolicyReader, upstream};

use super::CommitError;
use crate::{WorkError, forward};

/// Refuses where a commit would decide what nobody asked it to decide. Gives the branch.
pub(super) fn refuse_unsafe(session: &Session<'_>, head: &Head) -> Result<String, WorkError> {
    if let Some(&operation) = checkpoint_capture::operations(&session.repo)?.first() {
        return Err(CommitError::InOperation { operation }.into());
    }
    let Some(branch) = head.branch() else {
        return Err(CommitError::Detached.into());
    };
    Ok(branch.to_str_lossy().into_owned())
}

/// Whether an agent may commit to `branch`, by the policy alone: hooks may not be installed. Whatever else can forbid an
/// agent to commit is to be asked here, once for each commit, before anything is written.
pub(super) fn may_commit(
    session: &Session<'_>,
    head: &Head,
    branch: &str,
) -> Result<(), CommitError> {
    let reader = PolicyReader::new(&session.repo);
    let rules = reader.rules(Some(branch));
    let reason = match rules.commit(branch, is_first(session, head, branch)) {
        Verdict::Allowed => return Ok(()),
        Verdict::Warned(reason) => {
            let why = why(&reason);
            let talk = session.console.talk();
            talk.warning(format_args!("a commit to '{branch}': {why}"));
            return Ok(());
        }
        Verdict::Refused(reason) => reason,
    };
    Err(CommitError::Protected {
        branch: branch.to_owned(),
        why: why(&reason),
        forward: forward::commit(&session.repo, &rules, branch),
    })
}

/// Whether the policy lets agents commit to the branch of HEAD.
pub fn is_open(session: &Session<'_>) -> Result<bool, WorkError> {
    let head = session.repo.head()?;
    let Some(branch) = head
        .branch()
        .map(|branch| branch.to_str_lossy().into_owned())
    else {
        return Ok(false);
    };
    let rules = PolicyReader::new(&session.repo).rules(Some(&branch));
    let verdict = rules.commit(&branch, is_first(session, &head, &branch));
    Ok(!matches!(verdict, Verdict::Refused(_)))
}

/// Whether the branch of HEAD is about to begin, and no upstream has it already.
fn is_first(session: &Session<'_>, head: &Head, branch: &str) -> bool {
    let tracking = || upstream::tracking(&session.repo, branch);
    head.id.is_none() && !matches!(refs::find(&session.repo, &tracking()), Ok(Some(_)))
}

fn why(reason: &Reason) -> String {
    let by = match &reason.source {
        Source::Defaults => "default".to_owned(),
        source => source.to_string(),
    };
    match &reason.because {
        Because::Protected { pattern } => format!("'{pattern}' is protected by {by}"),
        _ => format!("no pattern of 'feature' in {by} has it"),
    }
}
