//! One push: attempt after attempt, until all of it is there.

pub(crate) mod tips;

use std::collections::BTreeMap;

use checkpoint_git::{Repository, refs};
use checkpoint_store::{
    Doing,
    notes::{self, CHECKPOINTS},
};
use gix::ObjectId;

use self::tips::Tips;
use super::{Pushed, SharedState, SharedTag, Wanted, advertised, preview, tag_taken};
use crate::{
    ClearedState, Direction, Manner, Remote, ShareError,
    records::{self, RECORDS, Shared},
    report::{self, Became, Line},
    transport::{Call, Said},
    words::{Spoken, Words},
};

/// How often a push is tried while others are faster.
const TRIES: usize = 16;
/// How often it is tried where nobody is faster, and the other side says no nevertheless.
const TRIES_ALONE: usize = 3;

/// A push, from the first attempt to the last.
pub(super) struct Run<'a> {
    call: Call<'a>,
    wanted: &'a [Wanted],
    words: Words<'a>,
    doing: &'a Doing,
    /// What stays here of the records, as of the last attempt.
    held: Vec<Spoken>,
    /// What came while it went on.
    shared: BTreeMap<&'static str, Shared>,
    is_atomic: bool,
}

/// What came of one attempt.
enum Attempt {
    Done(Vec<Line>),
    /// A reference was not taken; which, and why.
    Refused(String, String),
    /// The other side cannot take several references as one.
    NotAtomic,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        repo: &'a Repository,
        remote: &'a Remote,
        manner: Manner,
        wanted: &'a [Wanted],
        words: Words<'a>,
        doing: &'a Doing,
    ) -> Self {
        Self {
            call: Call {
                repo,
                remote,
                manner,
                writing: true,
            },
            wanted,
            words,
            doing,
            held: Vec::new(),
            shared: BTreeMap::new(),
            is_atomic: true,
        }
    }

    /// Merges what the other side has.
    pub(super) fn take(&mut self) -> Result<(), ShareError> {
        let Call {
            repo,
            remote,
            manner,
            ..
        } = self.call;
        records::bring(repo, remote, manner, &[])?;
        for new in records::merge(repo, remote, manner, self.doing)? {
            let old = self.shared.entry(new.reference).or_insert(Shared {
                received: 0,
                odd_lines: 0,
                ..new
            });
            old.received += new.received;
            old.odd_lines += new.odd_lines;
        }
        Ok(())
    }

    /// How many records came so far, new or telling more.
    pub(super) fn received(&self) -> usize {
        self.shared.values().map(|shared| shared.received).sum()
    }

    pub(super) fn give(&mut self) -> Result<Pushed, ShareError> {
        let mut alone = 0;
        for tries in 0..TRIES {
            let before = self.known()?;
            let (tips, prepared) = self.tips(&before)?;
            match self.attempt(&tips)? {
                Attempt::Done(lines) => return self.finish(&before, &tips, prepared, &lines),
                Attempt::NotAtomic => {
                    preview(
                        self.call.repo,
                        self.call.remote,
                        self.call.manner,
                        self.wanted,
                        self.words,
                    )?;
                    self.is_atomic = false;
                }
                Attempt::Refused(reference, why) => {
                    self.call.pause(tries);
                    self.take()?;
                    alone = if self.known()? == before {
                        alone + 1
                    } else {
                        0
                    };
                    if alone >= TRIES_ALONE {
                        let remote = self.call.remote.shown();
                        return Err(ShareError::Refused {
                            remote,
                            reference,
                            why,
                        });
                    }
                }
            }
        }
        let remote = self.call.remote.shown();
        Err(ShareError::Busy {
            remote,
            tries: TRIES,
        })
    }

    /// Where the records stand there, as far as it is known.
    fn known(&self) -> Result<Vec<Option<ObjectId>>, ShareError> {
        let known = RECORDS
            .iter()
            .map(|name| refs::find(self.call.repo, &self.call.remote.tracking(name)));
        Ok(known.collect::<Result<_, _>>()?)
    }

    fn attempt(&self, tips: &Tips) -> Result<Attempt, ShareError> {
        let remote = self.call.remote;
        // git gives no references to a mirror but all of them.
        let mirror = self
            .is_mirror()
            .map(|name| format!("remote.{name}.mirror=false"));
        let mut words: Vec<&str> = Vec::new();
        if let Some(mirror) = &mirror {
            words.extend(["-c", mirror]);
        }
        words.extend([
            "push",
            "--porcelain",
            "--no-follow-tags",
            "--recurse-submodules=no",
        ]);
        if self.is_atomic {
            words.push("--atomic");
        }
        let gifts: Vec<_> = self.wanted.iter().flat_map(Wanted::refspecs).collect();
        if gifts.is_empty() {
            // What people let run before a push is about their code.
            words.push("--no-verify");
        }
        let states = self
            .wanted
            .iter()
            .filter_map(|wanted| wanted.state.as_ref());
        let leases: Vec<_> = states.map(ClearedState::lease).collect();
        words.extend(leases.iter().map(String::as_str));
        words.extend(["--", &remote.address]);
        let records: Vec<_> = tips
            .iter()
            .map(|(reference, tip)| format!("{tip}:{reference}"))
            .collect();
        if records.is_empty() && gifts.is_empty() {
            return Ok(Attempt::Done(Vec::new()));
        }
        words.extend(records.iter().chain(&gifts).map(String::as_str));
        let said = self.call.git(&words, "")?;
        self.judge(&said)
    }

    fn is_mirror(&self) -> Option<&str> {
        let name = self.call.remote.name.as_deref()?;
        let config = self.call.repo.gix().config_snapshot();
        let key = format!("remote.{name}.mirror");
        config.boolean(key.as_str()).filter(|is| *is).map(|_| name)
    }

    fn judge(&self, said: &Said) -> Result<Attempt, ShareError> {
        let lines = report::pushed(&said.out);
        if said.is_done {
            return Ok(Attempt::Done(lines));
        }
        if self.is_atomic && said.err.contains("does not support --atomic") {
            return Ok(Attempt::NotAtomic);
        }
        let all_or_nothing = "all of it, or nothing".to_owned();
        let refused = lines.iter().filter_map(|line| match &line.became {
            Became::Refused(why) => Some((0, &line.name, why)),
            Became::HeldBack => Some((1, &line.name, &all_or_nothing)),
            _ => None,
        });
        // What was refused by itself is the reason for all else, what the other side speaks of before all else; and a tag
        // that is taken, for the records with it.
        let first = refused.min_by_key(|(rank, name, _)| {
            let is_meant = is_spoken_of(name, &said.err);
            (
                *rank,
                !is_meant,
                name.starts_with("refs/tags/") == (*rank == 1),
            )
        });
        let Some((_, name, why)) = first else {
            return Err(self.call.unreachable(said));
        };
        if RECORDS.contains(&name.as_str()) {
            let why = with_talk(why, &said.err);
            return Ok(Attempt::Refused(name.clone(), why));
        }
        Err(self.refusal(name, why, said))
    }

    /// What is not a record does not grow: nothing is tried again.
    fn refusal(&self, name: &str, why: &str, said: &Said) -> ShareError {
        let Call {
            repo,
            remote,
            manner,
            ..
        } = self.call;
        let there = || advertised(repo, remote, manner, &[name]).ok()?.remove(name);
        for wanted in self.wanted {
            match (&wanted.tag, &wanted.state) {
                (Some((tag, id)), _) if tag == name && why == "already exists" => {
                    return tag_taken(repo, remote, wanted, *id, there());
                }
                (_, Some(state)) if state.checkpoint().ref_name() == name => {
                    if let Some(there) = there().filter(|there| *there != state.snapshot()) {
                        return ShareError::StateDiffers {
                            remote: remote.shown(),
                            direction: Direction::Push,
                            id: wanted.checkpoint,
                            told: state.snapshot(),
                            there,
                        };
                    }
                }
                _ => {}
            }
        }
        ShareError::Refused {
            remote: remote.shown(),
            reference: name.to_owned(),
            why: with_talk(why, &said.err),
        }
    }

    fn finish(
        &mut self,
        before: &[Option<ObjectId>],
        tips: &Tips,
        prepared: Option<ObjectId>,
        lines: &[Line],
    ) -> Result<Pushed, ShareError> {
        let Call { repo, remote, .. } = self.call;
        for (reference, tip) in tips {
            let at = RECORDS.iter().position(|name| name == reference);
            let there = at.and_then(|at| before[at]);
            let is_same = lines
                .iter()
                .any(|line| line.name == *reference && line.became == Became::Same);
            let sent = match is_same {
                true => 0,
                false => notes::compare(repo, reference, Some(*tip), there)?.0,
            };
            let none = Shared {
                reference,
                received: 0,
                sent: 0,
                odd_lines: 0,
            };
            self.shared.entry(reference).or_insert(none).sent = sent;
        }
        if let Some(prepared) = prepared {
            notes::merge(repo, CHECKPOINTS, prepared, self.doing)?;
        }
        // What is not remembered is asked for again.
        let _forgotten = records::remember(repo, remote, tips, self.doing);
        records::forget(repo, remote, self.doing)?;
        let tags = self.wanted.iter().filter_map(|wanted| {
            let (name, _) = wanted.tag.clone()?;
            let is_new = lines
                .iter()
                .any(|line| line.name == name && line.became == Became::Moved);
            Some(SharedTag {
                checkpoint: wanted.checkpoint,
                name,
                is_new,
            })
        });
        let is_moved = |name: &str| {
            let moved = |line: &Line| line.name == name && line.became == Became::Moved;
            lines.iter().any(moved)
        };
        let states = self.wanted.iter().filter_map(|wanted| {
            let checkpoint = wanted.state.as_ref()?.checkpoint();
            let is_new = is_moved(&checkpoint.ref_name());
            Some(SharedState { checkpoint, is_new })
        });
        Ok(Pushed {
            held: std::mem::take(&mut self.held),
            states: states.collect(),
            tags: tags.collect(),
            records: RECORDS
                .iter()
                .filter_map(|name| self.shared.get(name).copied())
                .collect(),
        })
    }
}

/// Whether the other side names it, in quotes: where it refuses one reference, git tells that of all.
fn is_spoken_of(name: &str, err: &str) -> bool {
    let short = name.strip_prefix("refs/tags/").unwrap_or(name);
    let names = [format!("'{name}'"), format!("'{short}'")];
    let lines = err.lines().filter(|line| line.starts_with("remote:"));
    lines
        .into_iter()
        .any(|line| names.iter().any(|name| line.contains(name)))
}

/// Why it was refused, and what the other side said about it in its own words: git puts `remote: ` before each line.
fn with_talk(why: &str, err: &str) -> String {
    let lines = err.lines().filter_map(|line| line.strip_prefix("remote:"));
    let lines = lines.map(str::trim).filter(|line| !line.is_empty());
    let parts: Vec<_> = std::iter::once(why).chain(lines).collect();
    checkpoint_model::url::without_password(&parts.join("; "))
}
