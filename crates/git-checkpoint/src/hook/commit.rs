//! Before a commit: where it may be, and a checkpoint of what it is made from.

use std::{ffi::OsString, path::Path};

use bstr::{BStr, ByteSlice as _};
use checkpoint_model::{
    policy::{Because, Level, Reason, Rule, Rules, Verdict},
    words::OperationKind,
};
use checkpoint_policy::{Agent, PolicyReader};
use checkpoint_work::{Created, Wish};

use super::{
    again::{self, Stopped},
    desk::Desk,
    error::HookError,
    forward,
};
use crate::CheckpointError;

/// Says whether HEAD's branch may be committed to, and keeps what is there, with the index that git is about to commit.
pub(super) fn pre_commit(desk: &Desk<'_>) -> Result<(), CheckpointError> {
    let head = desk.repo().head()?;
    let reader = PolicyReader::new(desk.repo());
    let branch = desk.branch(&head);
    let rules = desk.rules(&reader, branch.as_deref().unwrap_or_default());
    if let Some(branch) = &branch {
        let verdict = rules.commit(branch, desk.is_first(&head, branch));
        hold(desk, &rules, branch, verdict)?;
    }
    keep(desk, &reader, branch.as_deref(), &rules)
}

/// Says whether HEAD's branch may be committed to.
pub(super) fn guard(desk: &Desk<'_>) -> Result<(), CheckpointError> {
    let head = desk.repo().head()?;
    match desk.branch(&head) {
        Some(branch) => judge(desk, &branch, desk.is_first(&head, &branch)),
        None => Ok(()),
    }
}

/// The same; and during a rebase, which detaches HEAD, the same about the branch that will be moved at its end.
pub(super) fn prepare_commit_msg(desk: &Desk<'_>) -> Result<(), CheckpointError> {
    guard(desk)?;
    match rebased(desk.repo().git_dir()) {
        Some(branch) => judge(desk, &branch.to_str_lossy(), false),
        None => Ok(()),
    }
}

/// Says whether the branch may be rebased; the words are the upstream, and the branch unless it is HEAD's.
pub(super) fn pre_rebase(desk: &Desk<'_>) -> Result<(), CheckpointError> {
    let head = desk.repo().head()?;
    let named = desk
        .words
        .get(1)
        .map(|word| word.to_string_lossy().into_owned());
    let branch = match &named {
        Some(name) => Some(name.strip_prefix("refs/heads/").unwrap_or(name).to_owned()),
        None => desk.branch(&head),
    };
    let Some(branch) = branch else { return Ok(()) };
    let name = format!("refs/heads/{branch}");
    let Ok(Some(tip)) = checkpoint_git::refs::find(desk.repo(), &name) else {
        return Ok(());
    };
    let rules = desk.rules(&PolicyReader::new(desk.repo()), &branch);
    let verdict = rules.commit(&branch, false);
    if verdict != Verdict::Allowed && goes_forward(desk, tip, desk.words.first()) {
        return Ok(());
    }
    hold(desk, &rules, &branch, verdict)
}

/// Whether the rebase has nothing to rewrite: the upstream has the branch already.
fn goes_forward(desk: &Desk<'_>, tip: gix::ObjectId, upstream: Option<&OsString>) -> bool {
    let repo = desk.repo().gix();
    let Some(upstream) = upstream.and_then(|upstream| upstream.to_str()) else {
        return false;
    };
    let Ok(upstream) = repo.rev_parse_single(upstream) else {
        return false;
    };
    super::movement::is_ancestor(desk.repo(), tip, upstream.detach())
}

fn judge(desk: &Desk<'_>, branch: &str, is_first: bool) -> Result<(), CheckpointError> {
    let rules = desk.rules(&PolicyReader::new(desk.repo()), branch);
    hold(desk, &rules, branch, rules.commit(branch, is_first))
}

fn hold(
    desk: &Desk<'_>,
    rules: &Rules,
    branch: &str,
    verdict: Verdict,
) -> Result<(), CheckpointError> {
    let because = match &verdict {
        Verdict::Allowed => return Ok(()),
        Verdict::Warned(Reason { because, .. }) | Verdict::Refused(Reason { because, .. }) => {
            because.clone()
        }
    };
    let stopped = again::stopped(desk);
    let verb = match stopped {
        Stopped::Rebase { .. }
        | Stopped::Step
        | Stopped::Waiting(OperationKind::RebaseMerge | OperationKind::RebaseApply) => "rebase",
        _ => "commit to",
    };
    let name = format!("refs/heads/{branch}");
    let branch = branch.to_owned();
    let help = || forward::commit(desk, rules, &branch, stopped);
    desk.hold(verdict, &name, |grounds| match because {
        Because::NotForWork => HookError::NotForWork {
            verb,
            help: help(),
            branch: branch.clone(),
            grounds: grounds.again(again::again(stopped)),
        },
        _ => HookError::Protected {
            verb,
            help: help(),
            branch: branch.clone(),
            grounds: grounds.again(again::again(stopped)),
        },
    })
}

/// The branch that is being rebased, without `refs/heads/`.
fn rebased(git_dir: &Path) -> Option<bstr::BString> {
    let read = |dir: &str| fs_err::read(git_dir.join(dir).join("head-name")).ok();
    let name = read("rebase-merge").or_else(|| read("rebase-apply"))?;
    let name: &BStr = name.trim_end().as_bstr();
    Some(name.strip_prefix(b"refs/heads/")?.into())
}

/// Makes the automatic checkpoint, unless the latest one holds the same.
fn keep(
    desk: &Desk<'_>,
    reader: &PolicyReader<'_>,
    branch: Option<&str>,
    rules: &Rules,
) -> Result<(), CheckpointError> {
    // A commit of ours has made its checkpoint before it touched the index.
    let is_kept = checkpoint_work::under_way(desk.repo()).is_some();
    if is_kept || rules.level(Rule::Checkpoint) == Level::Off {
        return Ok(());
    }
    let agent = Agent::in_environment(&desk.session.surroundings.env);
    let policy = reader.policy(branch).unwrap_or_else(|_| rules.merged());
    let wish = Wish::automatic("git checkpoint create", agent.as_ref(), "before a commit");
    let why = match checkpoint_work::create(&desk.session, &policy, &wish) {
        Ok(Created::Made { .. } | Created::Unchanged { .. }) => return Ok(()),
        Err(error) => Box::new(error.into()),
    };
    let help = "see what is in its way:\n  git checkpoint validate";
    desk.hold(rules.commit_without_checkpoint(), "HEAD", |grounds| {
        let grounds = grounds.again(again::again(again::stopped(desk)));
        HookError::CommitUnkept { why, help, grounds }
    })
}
