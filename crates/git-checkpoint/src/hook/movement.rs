//! `reference-transaction`: a protected branch moves only to what its upstream has.
//!
//! The hook runs in the midst of every change of references, also of those that git makes for itself. So it lets pass
//! what it does not understand, and whatever goes wrong in it stops nothing.

use std::io::Read as _;

use bstr::{BString, ByteSlice as _};
use checkpoint_cli::{Console, Failure as _, Kind, shell_word};
use checkpoint_git::{Repository, refs};
use checkpoint_model::policy::{Movement, Rules, Verdict};
use checkpoint_policy::{PolicyReader, upstream};
use checkpoint_work::{forward, proposal};
use gix::ObjectId;

use super::{
    again::{self, Stopped},
    desk::Desk,
    error::HookError,
    scripts::Event,
};
use crate::CheckpointError;

/// One line of what git tells: `<old> <new> <ref>`.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    /// Without `refs/heads/`.
    branch: String,
    new: New,
}

/// What a branch shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum New {
    /// Not there.
    Nothing,
    /// At this commit.
    At(ObjectId),
    /// A symbolic reference, to something else.
    Symbolic,
}

/// Reads the steps, and refuses those that a protected branch must not take.
pub(super) fn run(console: &Console) -> Result<(), CheckpointError> {
    match judge(console) {
        Err(error) if error.kind() == Kind::Refused => Err(error),
        Err(error) => {
            let talk = console.talk();
            talk.warning(format_args!(
                "the hook 'reference-transaction' looks away: {error}"
            ));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

fn judge(console: &Console) -> Result<(), CheckpointError> {
    let event = Event::ReferenceTransaction;
    let mut input = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut input);
    let hook = event.as_str();
    read.map_err(|source| HookError::Input { hook, source })?;
    // Most transactions have no branch in them: the repository is not opened for those.
    if !input.contains_str("refs/heads/") {
        return Ok(());
    }
    let steps: Vec<Step> = input.lines().filter_map(Step::read).collect();
    let desk = Desk::open(console, event, &[])?;
    let reader = PolicyReader::new(desk.repo());
    for step in &steps {
        let rules = desk.rules(&reader, &step.branch);
        if rules.protection(&step.branch).is_some() {
            step.hold(&desk, &rules, &input)?;
        }
    }
    Ok(())
}

impl Step {
    /// None for what is no branch, and for a line of another form.
    fn read(line: &[u8]) -> Option<Self> {
        let mut words = line.splitn_str(3, b" ");
        let (_, new, name) = (words.next()?, words.next()?, words.next()?);
        let branch = name
            .strip_prefix(b"refs/heads/")?
            .to_str_lossy()
            .into_owned();
        let new = match ObjectId::from_hex(new) {
            Ok(id) if id.is_null() => New::Nothing,
            Ok(id) => New::At(id),
            Err(_) if new.starts_with(b"ref:") => New::Symbolic,
            Err(_) => return None,
        };
        Some(Self { branch, new })
    }

    fn hold(&self, desk: &Desk<'_>, rules: &Rules, input: &[u8]) -> Result<(), CheckpointError> {
        let name = format!("refs/heads/{}", self.branch);
        let now = refs::find(desk.repo(), &name).map_err(checkpoint_store::StoreError::from)?;
        let movement = self.movement(desk.repo(), rules, now, input);
        let verdict = rules.movement(&self.branch, movement);
        if verdict == Verdict::Allowed {
            return Ok(());
        }
        let short = |id: ObjectId| id.to_hex_with_len(7).to_string();
        desk.hold(verdict, &name, |grounds| HookError::Move {
            branch: self.branch.clone(),
            stays: match now {
                Some(now) => format!("stays at {}", short(now)),
                None => "is not made".to_owned(),
            },
            to: match self.new {
                New::At(id) => short(id),
                New::Symbolic | New::Nothing => "that".to_owned(),
            },
            help: self.help(desk, rules),
            grounds: grounds.again(again(desk)),
        })
    }

    /// What the step does to the branch that is now at `now`. What the same transaction brings to an upstream counts:
    /// git fetches both in one.
    fn movement(
        &self,
        repo: &Repository,
        rules: &Rules,
        now: Option<ObjectId>,
        input: &[u8],
    ) -> Movement {
        let new = match self.new {
            New::Nothing => return Movement::Away,
            New::Symbolic => return Movement::Elsewhere,
            New::At(new) if Some(new) == now => return Movement::Nowhere,
            New::At(new) => new,
        };
        let places = upstreams(repo, rules, &self.branch);
        let mut tips = Vec::new();
        for place in &places {
            tips.extend(refs::find(repo, place).ok().flatten());
            tips.extend(brought_to(place, input));
        }
        match tips.is_empty() && now.is_none() {
            true => Movement::Birth,
            false if tips.iter().any(|tip| is_ancestor(repo, new, *tip)) => Movement::ToUpstream,
            false => Movement::Elsewhere,
        }
    }

    /// What is left of the command, and what goes on from it: git may have switched files and index before it asks.
    fn help(&self, desk: &Desk<'_>, rules: &Rules) -> String {
        let head = desk.repo().head().ok();
        let is_here = head.is_some_and(|head| head.branch().is_some_and(|it| *it == self.branch));
        let Some(name) = proposal::branch(desk.repo(), rules, &self.branch) else {
            return forward::nowhere(rules);
        };
        let word = shell_word(&name);
        let operations = checkpoint_capture::operations(desk.repo()).unwrap_or_default();
        match (operations.first(), self.new) {
            (Some(operation), _) => forward::continued(&name, *operation),
            (None, New::At(new)) => {
                let new = new.to_hex_with_len(12);
                let back = match is_here {
                    true => format!(
                        "\nand then, as git may have switched files by now, back to '{branch}':\n  git switch {word}",
                        branch = self.branch,
                        word = shell_word(&self.branch)
                    ),
                    false => String::new(),
                };
                let make = if is_here { "switch -c" } else { "branch" };
                format!("take it to a branch of its own:\n  git {make} {word} {new}{back}")
            }
            (None, _) => format!("take it to a branch of its own:\n  git branch {word}"),
        }
    }
}

/// What was stopped, as far as it shows.
fn again(desk: &Desk<'_>) -> Vec<String> {
    match again::stopped(desk) {
        Stopped::Commit => vec!["git …".to_owned()],
        stopped => again::again(stopped),
    }
}

/// Where `branch` may have come from: the branch of its name at its remote, or the one that git config names, if that
/// is protected as well.
fn upstreams(repo: &Repository, rules: &Rules, branch: &str) -> Vec<String> {
    let mut places = vec![upstream::tracking(repo, branch)];
    if let Some((place, name)) = upstream::configured(repo, branch)
        && rules.protection(&name).is_some()
        && !places.contains(&place)
    {
        places.push(place);
    }
    places
}

/// The value that a transaction gives to the reference `name`.
fn brought_to(name: &str, input: &[u8]) -> Option<ObjectId> {
    let ending = BString::from(format!(" {name}"));
    let line = input.lines().find(|line| line.ends_with(&ending))?;
    ObjectId::from_hex(line.splitn_str(3, b" ").nth(1)?).ok()
}

/// Whether `old` is `new`, or one of what came before it; not where that cannot be told.
pub(super) fn is_ancestor(repo: &Repository, old: ObjectId, new: ObjectId) -> bool {
    old == new
        || repo
            .gix()
            .merge_base(old, new)
            .is_ok_and(|base| base.is_some_and(|base| base == old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_branches_are_looked_at() {
        let id = "1".repeat(40);
        let null = "0".repeat(40);
        let check = |line: &str, want: Option<New>| {
            let step = Step::read(line.as_bytes());
            assert_eq!(step.map(|step| step.new), want, "{line}");
        };
        check(
            &format!("{null} {id} refs/heads/main"),
            Some(New::At(ObjectId::from_hex(id.as_bytes()).unwrap())),
        );
        check(&format!("{id} {null} refs/heads/main"), Some(New::Nothing));
        check(
            &format!("{id} ref:refs/heads/feat refs/heads/main"),
            Some(New::Symbolic),
        );
        check(&format!("{null} {id} refs/remotes/origin/main"), None);
        check(&format!("{null} {id} HEAD"), None);
        check(&format!("{null} what-comes-next refs/heads/main"), None);
        check("", None);
        check("refs/heads/main", None);
    }
}
