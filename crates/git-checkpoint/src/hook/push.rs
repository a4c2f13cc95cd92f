//! Before a push: where it goes, and whether what goes is kept.

use std::io::Read as _;

use bstr::ByteSlice as _;
use checkpoint_cli::shell_word;
use checkpoint_git::refs;
use checkpoint_model::{
    policy::{PushStep, Rules},
    url::without_password,
};
use checkpoint_policy::PolicyReader;
use checkpoint_store::tag;
use checkpoint_work::proposal;
use gix::ObjectId;

use super::{desk::Desk, error::HookError, movement::is_ancestor};
use crate::CheckpointError;

mod dry;
mod required;
mod share;

/// One line of what git tells: `<local ref> <local id> <remote ref> <remote id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Update {
    /// What it is made from here, as git has it: the full name of a reference, or words that lead to a commit.
    from: String,
    /// The full name at the other repository: what counts, however the push was spelled.
    name: String,
    /// What it shall be; none: not there.
    new: Option<ObjectId>,
    /// What it is there; none: not there.
    old: Option<ObjectId>,
}

/// The other repository.
struct Remote {
    /// As git names it to the hook.
    name: String,
    /// Its name, or its address without what is secret in it.
    shown: String,
    /// How it is named on a command line; `…` where that is secret.
    word: String,
    /// Whether it has no branch yet, as far as is known here: nothing of it was fetched, and nothing is told of it now.
    is_new: bool,
}

/// Judges each update by where it goes; the words are the remote and its URL. All that are refused are named, the
/// first one with the way on.
pub(super) fn run(desk: &Desk<'_>) -> Result<(), CheckpointError> {
    let mut input = Vec::new();
    let hook = desk.event.as_str();
    let read = std::io::stdin().lock().read_to_end(&mut input);
    read.map_err(|source| HookError::Input { hook, source })?;
    let updates: Vec<Update> = input.lines().filter_map(Update::read).collect();
    let remote = Remote::of(desk, &updates);
    let reader = PolicyReader::new(desk.repo());
    let mut refused: Option<CheckpointError> = None;
    for update in &updates {
        match (update.judge(desk, &reader, &remote), &refused) {
            (Ok(()), _) => {}
            (Err(error), None) => refused = Some(error),
            (Err(error), Some(_)) => {
                let talk = desk.session.console.talk();
                talk.warning(format_args!("{error}, too"));
            }
        }
    }
    match refused {
        Some(error) => return Err(error),
        None => required::keep(desk, &reader, &updates)?,
    }
    share::ride_along(desk, &remote.name);
    Ok(())
}

impl Remote {
    fn of(desk: &Desk<'_>, updates: &[Update]) -> Self {
        let word = |at: usize| desk.words.get(at).map(|word| word.to_string_lossy());
        let name = word(0).unwrap_or_default().into_owned();
        let shown = without_password(&name);
        let address = word(1).unwrap_or_default();
        let known_as = known_as(desk, &name, &address);
        let known = refs::names(desk.repo(), &format!("refs/remotes/{known_as}/"));
        Self {
            word: match shown == name {
                true => shell_word(&name).into_owned(),
                false => "…".to_owned(),
            },
            is_new: known.is_ok_and(|known| known.is_empty())
                && updates.iter().all(|update| update.old.is_none()),
            shown,
            name,
        }
    }
}

/// The configured remote that is meant: where an address was typed, the one that has it.
fn known_as(desk: &Desk<'_>, name: &str, address: &str) -> String {
    let remotes = desk.repo().gix().remote_names();
    let mut remotes = remotes.iter().map(|remote| remote.to_string());
    if remotes.clone().any(|remote| remote == name) {
        return name.to_owned();
    }
    let config = desk.repo().gix().config_snapshot();
    let has = |remote: &str, key: &str| {
        let value = config.string(format!("remote.{remote}.{key}").as_str());
        value.is_some_and(|value| *value == *name.as_bytes() || *value == *address.as_bytes())
    };
    let is_meant = |it: &String| has(it, "url") || has(it, "pushurl");
    remotes.find(is_meant).unwrap_or_else(|| name.to_owned())
}

impl Update {
    /// None for a line of another form.
    fn read(line: &[u8]) -> Option<Self> {
        // A local name may be anything, `HEAD~1 ` included; the last three words are not.
        let mut words = line.rsplitn_str(4, b" ");
        let (old, name, new) = (words.next()?, words.next()?, words.next()?);
        let from = words.next()?;
        let id = |hex: &[u8]| ObjectId::from_hex(hex).ok();
        let there = |id: ObjectId| (!id.is_null()).then_some(id);
        Some(Self {
            from: from.to_str_lossy().into_owned(),
            name: name.to_str_lossy().into_owned(),
            new: there(id(new)?),
            old: there(id(old)?),
        })
    }

    /// The branch at the other repository.
    fn branch(&self) -> Option<&str> {
        self.name.strip_prefix("refs/heads/")
    }

    fn step(&self, remote: &Remote) -> PushStep {
        match (self.new, self.old) {
            (None, _) => PushStep::Delete,
            (Some(_), Some(_)) => PushStep::Move,
            (Some(_), None) => PushStep::Create {
                first: remote.is_new,
            },
        }
    }

    fn judge(
        &self,
        desk: &Desk<'_>,
        reader: &PolicyReader<'_>,
        remote: &Remote,
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
        remote: &Remote,
    ) -> Result<(), CheckpointError> {
        let step = self.step(remote);
        desk.hold(rules.push(branch, step), &self.name, |grounds| {
            HookError::Push {
                verb: verb(step),
                branch: branch.to_owned(),
                remote: remote.shown.clone(),
                help: self.elsewhere(desk, rules, branch, remote),
                grounds: grounds.again(vec![self.again(desk, remote)]),
            }
        })
    }

    /// How it is pushed to a branch that is not protected.
    fn elsewhere(
        &self,
        desk: &Desk<'_>,
        rules: &Rules,
        branch: &str,
        Remote { word, .. }: &Remote,
    ) -> String {
        let Some(new) = self.new else {
            return "leave it to whoever keeps that repository".to_owned();
        };
        let new = new.to_hex_with_len(12);
        match proposal::branch(desk.repo(), rules, branch) {
            Some(name) => {
                let to = format!("{new}:refs/heads/{name}");
                let to = shell_word(&to);
                format!(
                    "push a branch of its own, and ask for it to be merged:\n  git push {word} {to}"
                )
            }
            None => {
                let patterns = proposal::patterns(rules);
                format!(
                    "push a branch that is for work, by 'feature' of the policy {patterns}, and ask for it to be merged:\n  git push {word} {new}:refs/heads/<branch>"
                )
            }
        }
    }

    /// The push of this reference alone, which says what it was to do however it was spelled.
    fn again(&self, desk: &Desk<'_>, remote: &Remote) -> String {
        let short = |name: &str| match name.strip_prefix("refs/heads/") {
            Some(branch) if !is_ambiguous(desk, branch) => branch.to_owned(),
            _ => name.to_owned(),
        };
        let from = match (self.new, self.from.starts_with("refs/")) {
            (None, _) => String::new(),
            (Some(_), true) => short(&self.from),
            (Some(new), false) => new.to_string(),
        };
        let is_same = self.new.is_some() && self.from == self.name;
        let to = match is_same {
            true => short(&self.name),
            false => format!("{from}:{}", self.name),
        };
        // git asks no hook about what it would refuse itself, so that such a push was forced.
        let lease = match (self.old, self.new) {
            (Some(old), Some(new)) if !is_ancestor(desk.repo(), old, new) => {
                let lease = format!("--force-with-lease={}:{old}", self.name);
                format!("{} ", shell_word(&lease))
            }
            _ => String::new(),
        };
        format!("git push {lease}{} {}", remote.word, shell_word(&to))
    }

    fn judge_tag(
        &self,
        desk: &Desk<'_>,
        reader: &PolicyReader<'_>,
        name: &str,
        remote: &Remote,
    ) -> Result<(), CheckpointError> {
        let step = match self.step(remote) {
            PushStep::Move if self.new == self.old => return Ok(()),
            step => step,
        };
        let rules = reader.rules(None);
        desk.hold(rules.push_tag(step), &self.name, |grounds| HookError::Tag {
            verb: verb(step),
            tag: self.name.trim_start_matches("refs/tags/").to_owned(),
            remote: remote.shown.clone(),
            help: match self.new {
                None => "leave it to whoever keeps that repository".to_owned(),
                Some(_) => format!(
                    "give the checkpoint another name, and push that:\n  git checkpoint name --replace {} {free}\n  git checkpoint push {} {free}",
                    shell_word(name),
                    remote.word,
                    free = shell_word(&format!("{name}-2"))
                ),
            },
            grounds: grounds.again(vec![self.again(desk, remote)]),
        })
    }
}

/// Whether git would not know which reference is meant by the name of this branch.
fn is_ambiguous(desk: &Desk<'_>, branch: &str) -> bool {
    let tag = refs::find(desk.repo(), &format!("refs/tags/{branch}"));
    !matches!(tag, Ok(None))
}

fn verb(step: PushStep) -> &'static str {
    match step {
        PushStep::Create { .. } => "create",
        PushStep::Move => "push to",
        PushStep::Delete => "delete",
    }
}
