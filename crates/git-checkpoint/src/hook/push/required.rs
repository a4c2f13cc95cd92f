//! The policy's `checkpoint.require = "push"`: what is pushed has a named checkpoint.

use checkpoint_cli::shell_word;
use checkpoint_git::{Repository, refs};
use checkpoint_model::{
    name::CheckpointName,
    policy::{Reason, Verdict},
    words::CheckpointKind,
};
use checkpoint_policy::{Agent, PolicyReader};
use checkpoint_store::{StoreError, tag};
use checkpoint_work::{Created, Wish};
use gix::ObjectId;

use super::Update;
use crate::{
    CheckpointError,
    hook::{
        desk::Desk,
        error::{HookError, told},
    },
};

/// Makes the checkpoints that the updates need and do not have; says no where one cannot be made.
pub(super) fn keep(
    desk: &Desk<'_>,
    reader: &PolicyReader<'_>,
    updates: &[Update],
) -> Result<(), CheckpointError> {
    for update in updates {
        let (Some(branch), Some(new)) = (update.branch(), update.new) else {
            continue;
        };
        // What cannot be read of them was told when the push was judged.
        let rules = reader.rules(Some(branch));
        if let Some(reason) = rules.push_without_checkpoint() {
            keep_one(desk, reader, branch, new, reason)?;
        }
    }
    Ok(())
}

fn keep_one(
    desk: &Desk<'_>,
    reader: &PolicyReader<'_>,
    branch: &str,
    commit: ObjectId,
    reason: Reason,
) -> Result<(), CheckpointError> {
    if has_checkpoint(desk.repo(), commit)? {
        return Ok(());
    }
    let (why, help) = match desk.repo().head()?.id == Some(commit) {
        true => match make(desk, reader, branch) {
            Ok(()) => return Ok(()),
            Err(error) => (
                told(&error),
                "see what is in its way:\n  git checkpoint validate".to_owned(),
            ),
        },
        false => (
            format!("{} is not checked out here", commit.to_hex_with_len(7)),
            format!(
                "check it out and push again:\n  git switch {}",
                shell_word(branch)
            ),
        ),
    };
    let name = format!("refs/heads/{branch}");
    desk.hold(Verdict::Refused(reason), &name, |grounds| {
        HookError::PushUnkept {
            branch: branch.to_owned(),
            why,
            help,
            grounds: grounds.again(vec!["git push …".to_owned()]),
        }
    })
}

/// Whether a named checkpoint was made at this commit.
fn has_checkpoint(repo: &Repository, commit: ObjectId) -> Result<bool, StoreError> {
    let hex = commit.to_string();
    let prefix = format!("refs/tags/{}", tag::prefix(repo));
    for (_, id) in refs::list(repo, &prefix)?.into_iter().rev() {
        // A tag below the prefix may be anybody's; what cannot be read is no checkpoint.
        let message = tag::read(repo, id).ok().and_then(|tagged| tagged.message);
        if message.is_some_and(|message| message.created.head.as_ref() == Some(&hex)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn make(desk: &Desk<'_>, reader: &PolicyReader<'_>, branch: &str) -> Result<(), CheckpointError> {
    let agent = Agent::in_environment(&desk.session.surroundings.env);
    let policy = reader
        .policy(Some(branch))
        .unwrap_or_else(|_| reader.rules(Some(branch)).merged());
    let name = next_name(desk.repo(), branch)?;
    let description = format!("before a push of '{branch}'");
    let wish = Wish {
        name: Some(name),
        kind: CheckpointKind::SafeState,
        if_changed: false,
        ..Wish::automatic("git checkpoint create", agent.as_ref(), &description)
    };
    let made = checkpoint_work::create(&desk.session, &policy, &wish)?;
    if let Created::Made { stored, .. } = made
        && let Some(name) = &stored.checkpoint.name
    {
        let talk = desk.session.console.talk();
        talk.status(format_args!("kept '{name}' before the push"));
    }
    Ok(())
}

/// `push/<branch>-<n>`, the first that is free after all that were there; slashes become hyphens.
fn next_name(repo: &Repository, branch: &str) -> Result<CheckpointName, CheckpointError> {
    let slug = branch.replace('/', "-");
    let prefix = format!("refs/tags/{}push/", tag::prefix(repo));
    let taken = refs::names(repo, &prefix).map_err(StoreError::from)?;
    let numbers = taken.iter().filter_map(|name| {
        let (before, number) = name.rsplit_once('-')?;
        number.parse::<u64>().ok().filter(|_| before == slug)
    });
    let next = numbers.max().unwrap_or(0) + 1;
    Ok(format!("push/{slug}-{next}").parse()?)
}
