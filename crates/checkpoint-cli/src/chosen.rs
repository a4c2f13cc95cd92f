//! From what was typed to the checkpoints that are meant.

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

    /// Like [`choose_all`](Self::choose_all), for what needs the states.
    pub fn choose_states(&self, typed: &[String]) -> Result<Vec<Stored>, SessionError> {
        let chosen = self.choose_all(typed)?;
        match chosen.iter().find(|stored| stored.place != Place::Here) {
            None => Ok(chosen),
            Some(stored) => {
                let id = stored.checkpoint.id;
                Err(checkpoint_store::StoreError::StateMissing { id }.into())
            }
        }
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

/// How many characters of each of `ids` tell it from the others, in their order; never fewer than the 13 that hold the
/// time. `ids` must be sorted: only neighbours can share more than others do.
pub fn short_lengths(ids: impl Iterator<Item = CheckpointId>) -> Vec<usize> {
    let mut lengths: Vec<usize> = Vec::with_capacity(ids.size_hint().0);
    let mut before: Option<CheckpointId> = None;
    for id in ids {
        let needed = before.map_or(1, |before| shared_length(before, id) + 1);
        if let Some(last) = lengths.last_mut() {
            *last = readable_length(needed.max(*last));
        }
        lengths.push(readable_length(needed));
        before = Some(id);
    }
    lengths
}

/// The shortest beginnings that tell `ids` apart, as [`short_lengths`] has them.
pub fn shortened(ids: impl Iterator<Item = CheckpointId> + Clone) -> Vec<String> {
    let lengths = short_lengths(ids.clone());
    let short = |(id, length): (CheckpointId, usize)| {
        let mut id = id.to_string();
        id.truncate(length);
        id
    };
    ids.zip(lengths).map(short).collect()
}

/// Where the hyphens of an id stand; a beginning that ends in one reads badly.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// So many characters, or a few more; never more than an id has.
fn readable_length(needed: usize) -> usize {
    const TIME: usize = 13;
    const WHOLE: usize = 36;
    let length = needed.clamp(TIME, WHOLE);
    if HYPHENS.contains(&(length - 1)) {
        length + 1
    } else {
        length
    }
}

/// With how many equal characters two ids begin.
fn shared_length(one: CheckpointId, other: CheckpointId) -> usize {
    let differing = u128::from_be_bytes(one.to_bytes()) ^ u128::from_be_bytes(other.to_bytes());
    let n_digits = differing.leading_zeros() as usize / 4;
    // Each hyphen comes after so many digits.
    n_digits + [8, 12, 16, 20].iter().filter(|at| **at <= n_digits).count()
}

#[cfg(test)]
mod tests {
    use super::*;

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
