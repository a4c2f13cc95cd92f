//! From what was typed to the checkpoints that are meant.

use std::borrow::Cow;

use checkpoint_model::{id::CheckpointId, selector::Selector};
use checkpoint_store::{Doing, Place, Stored};

use crate::{Session, SessionError};

impl Session<'_> {
    /// The one checkpoint that `typed` means, whether its state is here or not.
    pub fn choose(&self, typed: &str) -> Result<Stored, SessionError> {
        let selector: Selector = typed.parse()?;
        Ok(checkpoint_store::resolve(&self.repo, &selector)?)
    }

    /// The checkpoints that are meant, in the order in which they were typed, each once.
    pub fn choose_all(&self, typed: &[String]) -> Result<Vec<Stored>, SessionError> {
        let mut chosen: Vec<Stored> = Vec::with_capacity(typed.len());
        for typed in typed {
            let stored = self.choose(typed)?;
            if chosen
                .iter()
                .all(|other| other.checkpoint.id != stored.checkpoint.id)
            {
                chosen.push(stored);
            }
        }
        Ok(chosen)
    }

    /// What is being done now, for the records; `command` as one types it.
    pub fn doing(&self, command: &str) -> Doing {
        Doing {
            now: self.now(),
            by: self.actor(None, None),
            command: command.to_owned(),
        }
    }

    /// Like [`choose`](Self::choose), for what needs the state: refused where only the record is here.
    pub fn choose_state(&self, typed: &str) -> Result<Stored, SessionError> {
        let stored = self.choose(typed)?;
        match stored.place {
            Place::Here => Ok(stored),
            Place::Pruned | Place::Elsewhere => {
                let id = stored.checkpoint.id;
                Err(checkpoint_store::StoreError::StateMissing { id }.into())
            }
        }
    }
}

/// A word of a command line that is to be pasted: names come from other machines too, and some of what git allows in
/// them, a shell would run.
pub fn shell_word(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./@%+=:,".contains(c);
    if word.chars().all(is_plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''")).into()
}

/// The shortest beginnings that tell `ids` apart, in their order; never shorter than the 13 characters that hold the
/// time. `ids` must be sorted: only neighbours can share more than others do.
pub fn shortened(ids: impl Iterator<Item = CheckpointId>) -> Vec<String> {
    let mut all: Vec<String> = ids.map(|id| id.to_string()).collect();
    let shared: Vec<usize> = all
        .windows(2)
        .map(|pair| shared_length(&pair[0], &pair[1]))
        .collect();
    for (position, id) in all.iter_mut().enumerate() {
        let before = position.checked_sub(1).map_or(0, |at| shared[at]);
        let after = shared.get(position).copied().unwrap_or(0);
        id.truncate(readable_length(before.max(after) + 1));
    }
    all
}

/// Where the hyphens of an id stand; a beginning that ends in one reads badly.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

fn readable_length(needed: usize) -> usize {
    const TIME: usize = 13;
    let length = needed.max(TIME);
    if HYPHENS.contains(&(length - 1)) {
        length + 1
    } else {
        length
    }
}

fn shared_length(one: &str, other: &str) -> usize {
    one.bytes()
        .zip(other.bytes())
        .take_while(|(a, b)| a == b)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_a_shell_would_run_is_quoted() {
        let check = |word: &str, want: &str| assert_eq!(shell_word(word), want);
        check("api/step-2", "api/step-2");
        check("prüfung", "prüfung");
        check("a;reboot", "'a;reboot'");
        check("$(reboot)", "'$(reboot)'");
        check("it's", r"'it'\''s'");
    }

    #[test]
    fn short_ids_are_unique_and_no_longer_than_that_takes() {
        let check = |ids: &[&str], want: &[&str]| {
            let ids = ids.iter().map(|id| id.parse().unwrap());
            assert_eq!(shortened(ids), want);
        };
        check(&[], &[]);
        check(
            &["0199a1b2-c3d4-7000-8000-000000000000"],
            &["0199a1b2-c3d4"],
        );
        check(
            &[
                "0199a1b2-c3d4-7000-8000-000000000000",
                "0199a1b2-c3d4-7000-8000-000000000001",
                "0199a1b2-c3d4-7a00-8000-000000000000",
                "0199a1b2-c3d5-7000-8000-000000000000",
            ],
            &[
                "0199a1b2-c3d4-7000-8000-000000000000",
                "0199a1b2-c3d4-7000-8000-000000000001",
                "0199a1b2-c3d4-7a",
                "0199a1b2-c3d5",
            ],
        );
    }
}
