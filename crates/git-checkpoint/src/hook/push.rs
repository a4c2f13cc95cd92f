//! Before a push: where it goes, and whether what goes is kept.

use std::{ffi::OsString, io::Read as _};

use bstr::ByteSlice as _;
use checkpoint_cli::shell_word;
use checkpoint_git::refs;
use checkpoint_model::policy::{PushStep, Rules};
use checkpoint_policy::PolicyReader;
use checkpoint_store::tag;
use checkpoint_work::forward;
use gix::ObjectId;

use super::{desk::Desk, error::HookError};
use crate::CheckpointError;

mod required;
mod share;

/// One line of what git tells: `<local ref> <local id> <remote ref> <remote id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Update {
    /// The full name at the other repository: what counts, however the push was spelled.
    name: String,
    /// What it shall be; none: not there.
    new: Option<ObjectId>,
    /// What it is there; none: not there.
    old: Option<ObjectId>,
}

/// Judges each update by where it goes; the words are the remote and its URL.
pub(super) fn run(desk: &Desk<'_>, words: &[OsString]) -> Result<(), CheckpointError> {
    let mut input = Vec::new();
    let hook = desk.event.as_str();
    let read = std::io::stdin().lock().read_to_end(&mut input);
    read.map_err(|source| HookError::Input { hook, source })?;
    let updates: Vec<Update> = input.lines().filter_map(Update::read).collect();
    let remote = words
        .first()
        .map(|word| word.to_string_lossy())
        .unwrap_or_default();
    let reader = PolicyReader::new(desk.repo());
    for update in &updates {
        update.judge(desk, &reader, &remote)?;
    }
    required::keep(desk, &reader, &updates)?;
    share::ride_along(desk, &remote);
    Ok(())
}

impl Update {
    /// None for a line of another form.
    fn read(line: &[u8]) -> Option<Self> {
        // A local name may be anything, `HEAD~1 ` included; the last three words are not.
        let mut words = line.rsplitn_str(4, b" ");
        let (old, name, new) = (words.next()?, words.next()?, words.next()?);
        let id = |hex: &[u8]| ObjectId::from_hex(hex).ok();
        let there = |id: ObjectId| (!id.is_null()).then_some(id);
        Some(Self {
            name: name.to_str_lossy().into_owned(),
            new: there(id(new)?),
            old: there(id(old)?),
        })
    }

    /// The branch at the other repository.
    fn branch(&self) -> Option<&str> {
        self.name.strip_prefix("refs/heads/")
    }

    fn step(&self, desk: &Desk<'_>, remote: &str) -> PushStep {
        match (self.new, self.old) {
            (None, _) => PushStep::Delete,
            (Some(_), Some(_)) => PushStep::Move,
            (Some(_), None) => {
                let known = refs::names(desk.repo(), &format!("refs/remotes/{remote}/"));
                let first = known.is_ok_and(|known| known.is_empty());
                PushStep::Create { first }
            }
        }
    }

    fn judge(
        &self,
        desk: &Desk<'_>,
        reader: &PolicyReader<'_>,
        remote: &str,
    ) -> Result<(), CheckpointError> {
        if let Some(branch) = self.branch() {
            let rules = desk.rules(reader, branch);
            return self.judge_branch(desk, &rules, branch, remote);
        }
        let prefix = format!("refs/tags/{}", tag::prefix(desk.repo()));
        match self.name.strip_prefix(&prefix) {
            Some(name) if prefix != "refs/tags/" || self.moves_checkpoint(desk) => {
                self.judge_tag(desk, reader, name, remote)
            }
            _ => Ok(()),
        }
    }

    /// Without a prefix any tag may be a checkpoint's; what it says tells.
    fn moves_checkpoint(&self, desk: &Desk<'_>) -> bool {
        let tagged = self.old.map(|old| tag::read(desk.repo(), old));
        matches!(tagged, Some(Ok(tagged)) if tagged.message.is_some())
    }

    fn judge_branch(
        &self,
        desk: &Desk<'_>,
        rules: &Rules,
        branch: &str,
        remote: &str,
    ) -> Result<(), CheckpointError> {
        let step = self.step(desk, remote);
        desk.hold(rules.push(branch, step), &self.name, |grounds| HookError::Push {
            verb: verb(step),
            branch: branch.to_owned(),
            remote: remote.to_owned(),
            help: match self.new {
                Some(new) => {
                    let name = forward::branch(desk.repo(), rules, branch);
                    let to = format!("{}:refs/heads/{name}", new.to_hex_with_len(12));
                    let (to, remote) = (shell_word(&to), shell_word(remote));
                    format!(
                        "push a branch of its own, and ask for it to be merged:\n  git push {remote} {to}"
                    )
                }
                None => "leave it to whoever keeps that repository".to_owned(),
            },
            grounds,
        })
    }

    fn judge_tag(
        &self,
        desk: &Desk<'_>,
        reader: &PolicyReader<'_>,
        name: &str,
        remote: &str,
    ) -> Result<(), CheckpointError> {
        let step = match self.step(desk, remote) {
            PushStep::Move if self.new == self.old => return Ok(()),
            step => step,
        };
        let rules = reader.rules(None);
        desk.hold(rules.push_tag(step), &self.name, |grounds| HookError::Tag {
            verb: verb(step),
            tag: self.name.trim_start_matches("refs/tags/").to_owned(),
            remote: remote.to_owned(),
            help: format!("give the checkpoint another name, and push that:\n  git checkpoint name <checkpoint> {}",
                shell_word(&format!("{name}-2"))),
            grounds,
        })
    }
}

fn verb(step: PushStep) -> &'static str {
    match step {
        PushStep::Create { .. } => "create",
        PushStep::Move => "push to",
        PushStep::Delete => "delete",
    }
}
