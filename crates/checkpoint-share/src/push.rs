//! Giving: the records, and what of checkpoints is asked for beside them.

pub(crate) mod run;

use std::collections::{BTreeMap, BTreeSet};

use checkpoint_git::{Repository, Surroundings, refs};
use checkpoint_model::{event::CheckpointShared, id::CheckpointId};
use checkpoint_store::{Doing, Stored, notes, tag};
use gix::ObjectId;

use self::run::Run;
use crate::{
    ClearedState, Manner, Remote, ShareError,
    records::{RECORDS, Shared},
    transport::Call,
    words::{self, Otherwise, Spoken, Words},
};

/// Set for the git programs that are started here: a hook before a push then knows that records are on their way.
pub(crate) const MARK: &str = "GIT_CHECKPOINT_SHARING";

/// Whether a push of ours is what runs this process, as a hook.
pub fn is_sharing(surroundings: &Surroundings) -> bool {
    surroundings.filled(MARK).is_some()
}

/// What of a checkpoint is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The checkpoint.
    pub checkpoint: CheckpointId,
    /// Its snapshot, by which its record is found.
    pub snapshot: ObjectId,
    /// The tag of its name: full name, and what it is here.
    pub tag: Option<(String, ObjectId)>,
    /// Its state.
    pub state: Option<ClearedState>,
    /// The rules for secrets that somebody passed for it; they are recorded.
    pub allowed: Vec<String>,
}

impl Wanted {
    /// The name of `stored`, if it has a tag here.
    pub fn tag_of(repo: &Repository, stored: &Stored) -> Result<Self, ShareError> {
        let name = stored.checkpoint.name.as_ref().filter(|_| stored.is_tagged);
        let found = name
            .map(|name| tag::find(repo, name))
            .transpose()?
            .flatten();
        // Records of two machines may call two checkpoints by one name; the tag here is of one of them.
        let own = found.filter(|tag| tag.snapshot().is_none_or(|of| of == stored.snapshot));
        let name = name.map(|name| tag::ref_name(repo, name));
        Ok(Self {
            checkpoint: stored.checkpoint.id,
            snapshot: stored.snapshot,
            tag: name.zip(own.map(|tag| tag.id)),
            state: None,
            allowed: Vec::new(),
        })
    }

    fn told(&self, remote: &Remote) -> CheckpointShared {
        CheckpointShared {
            checkpoint: self.checkpoint,
            remote: remote.shown(),
            tag: self.tag.as_ref().map(|(name, _)| name.clone()),
            state: self.state.is_some(),
            allowed: self.allowed.clone(),
        }
    }

    fn refspecs(&self) -> impl Iterator<Item = String> {
        let tag = self.tag.as_ref();
        let tag = tag.map(|(name, id)| format!("{id}:{name}"));
        tag.into_iter()
            .chain(self.state.as_ref().map(ClearedState::refspec))
    }
}

/// A tag that was given, or was there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedTag {
    /// The checkpoint.
    pub checkpoint: CheckpointId,
    /// The full name.
    pub name: String,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// A state that was given, or was there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedState {
    /// The checkpoint.
    pub checkpoint: CheckpointId,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// What was given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pushed {
    /// Of each kind of records that there are, in the order of [`RECORDS`].
    pub records: Vec<Shared>,
    /// The tags that were asked for.
    pub tags: Vec<SharedTag>,
    /// The states that were asked for.
    pub states: Vec<SharedState>,
    /// What looks like a secret in records, which stayed here for it.
    pub held: Vec<Spoken>,
}

/// A push that gave nothing.
#[derive(Debug)]
pub struct Unpushed {
    /// Why.
    pub error: Box<ShareError>,
    /// The number of records that came from there before that, new or telling more.
    pub received: usize,
}

/// Merges the records of the other side into ours, and gives it all of ours together with what is `wanted`: all of it
/// arrives, or nothing. Where others are faster, it is tried again.
pub fn push(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    wanted: &[Wanted],
    words: Words<'_>,
    doing: &Doing,
) -> Result<Pushed, Unpushed> {
    let mut run = Run::new(repo, remote, manner, wanted, words, doing);
    let pushed = run.take().and_then(|()| run.give());
    pushed.map_err(|error| Unpushed {
        error: Box::new(error),
        received: run.received(),
    })
}

/// The same for records alone, which are given without a look at those of the other side first: one connection, where
/// nobody else has written since.
pub fn push_at_once(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    words: Words<'_>,
    doing: &Doing,
) -> Result<Pushed, ShareError> {
    Run::new(repo, remote, manner, &[], words, doing).give()
}

/// What a push would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// For each kind of records that there are: its reference, and how many would be new there or tell more; none
    /// where the other side has records that are not here yet, and would be merged first.
    pub records: Vec<(&'static str, Option<usize>)>,
    /// The tags that were asked for.
    pub tags: Vec<SharedTag>,
    /// The states that were asked for.
    pub states: Vec<SharedState>,
    /// What looks like a secret in what would go of words.
    pub spoken: Vec<Spoken>,
}

/// What the other side has, as it says itself. What is remembered here of it may be long gone from there: a branch that was
/// deleted since, for a secret in it.
#[derive(Debug, Clone, Default)]
pub struct There {
    /// Where its references stand.
    pub(crate) tips: Vec<ObjectId>,
}

impl There {
    /// Asks it. Fails with [`ShareError::Unreachable`].
    pub fn ask(repo: &Repository, remote: &Remote, manner: Manner) -> Result<Self, ShareError> {
        let tips = advertised(repo, remote, manner, &[])?;
        Ok(Self {
            tips: tips.into_values().collect(),
        })
    }
}

/// Asks the other side what it has, and tells what [`push`] would do. Writes nothing.
pub fn preview(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    wanted: &[Wanted],
    words: Words<'_>,
) -> Result<Preview, ShareError> {
    let there = advertised(
        repo,
        remote,
        manner,
        &["refs/notes/*", "refs/tags/*", "refs/checkpoints/*"],
    )?;
    let mut preview = Preview::default();
    for reference in RECORDS {
        let Some(here) = refs::find(repo, reference)? else {
            continue;
        };
        let there = there.get(reference).copied();
        let is_known = there.is_none_or(|id| repo.gix().has_object(id));
        let ahead = is_known.then(|| notes::compare(repo, reference, Some(here), there));
        preview
            .records
            .push((reference, ahead.transpose()?.map(|(ahead, _)| ahead)));
    }
    for (wanted, (name, id)) in wanted
        .iter()
        .filter_map(|wanted| Some((wanted, wanted.tag.as_ref()?)))
    {
        let known = there.get(name.as_str()).copied();
        if known.is_some_and(|known| known != *id) {
            return Err(tag_taken(repo, remote, wanted, *id, known));
        }
        preview.tags.push(SharedTag {
            checkpoint: wanted.checkpoint,
            name: name.clone(),
            is_new: known.is_none(),
        });
    }
    let states = wanted.iter().filter_map(|wanted| wanted.state.as_ref());
    preview.states = states
        .map(|state| SharedState {
            checkpoint: state.checkpoint(),
            is_new: !there.contains_key(&state.checkpoint().ref_name()),
        })
        .collect();
    let known: Vec<_> = RECORDS
        .iter()
        .filter_map(|it| there.get(*it).copied())
        .collect();
    let spoken = words::search(
        repo,
        &run::tips::here(repo)?,
        &known,
        &run::tips::fresh(repo, remote, wanted)?,
        words.rules,
    )?;
    let is_stopped = |it: &Spoken| !words.allowed.iter().any(|id| id == it.finding.rule);
    preview.spoken = spoken.into_iter().filter(is_stopped).collect();
    if words.otherwise == Otherwise::HoldBack {
        let held: BTreeSet<_> = preview.spoken.iter().map(|it| it.checkpoint).collect();
        let held = held.into_iter().flatten().count();
        let ahead = preview.records.iter_mut();
        for (_, ahead) in ahead.filter(|(reference, _)| *reference == notes::CHECKPOINTS) {
            *ahead = ahead.map(|ahead| ahead.saturating_sub(held));
        }
    }
    Ok(preview)
}

/// How many commits go along with names and states, since these stand on them and the other side has nothing that does.
/// `heads` are the commits they stand on.
pub fn commits_along(
    repo: &Repository,
    there: &There,
    heads: &[ObjectId],
) -> Result<usize, ShareError> {
    if heads.is_empty() {
        return Ok(0);
    }
    let wanted = heads.iter().map(|id| format!("{id}\n"));
    let input: String = wanted
        .chain(there.tips.iter().map(|id| format!("^{id}\n")))
        .collect();
    let words = ["rev-list", "--count", "--ignore-missing", "--stdin"];
    let n = repo.git(words).output_of(input.as_bytes())?;
    Ok(n.to_string().trim().parse().unwrap_or_default())
}

/// The references of the other side below some prefixes.
pub(crate) fn advertised(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    patterns: &[&str],
) -> Result<BTreeMap<String, ObjectId>, ShareError> {
    let call = Call {
        repo,
        remote,
        manner,
        writing: false,
    };
    let mut words = vec!["ls-remote", "--refs", "--quiet", "--", &remote.source];
    words.extend(patterns);
    let said = call.ask(&words)?;
    let lines = said.out.lines().filter_map(|line| {
        let (hex, name) = line.split_once('\t')?;
        Some((name.to_owned(), ObjectId::from_hex(hex.as_bytes()).ok()?))
    });
    Ok(lines.collect())
}

/// The first of `name-2`, `name-3`, … that no checkpoint has here.
fn free_name(repo: &Repository, tag: &str) -> String {
    let prefix = format!("refs/tags/{}", tag::prefix(repo));
    let name = tag.strip_prefix(&prefix).unwrap_or(tag);
    let taken = refs::names(repo, &prefix).unwrap_or_default();
    let names = (2..).map(|n| format!("{name}-{n}"));
    let mut free = names.filter(|name| !taken.contains(name));
    free.next().expect("there is no last number")
}

fn tag_taken(
    repo: &Repository,
    remote: &Remote,
    wanted: &Wanted,
    here: ObjectId,
    there: Option<ObjectId>,
) -> ShareError {
    let name = wanted.tag.as_ref().map_or("", |(name, _)| name);
    ShareError::TagTaken {
        remote: remote.shown(),
        id: wanted.checkpoint,
        free: free_name(repo, name).into(),
        tag: name.strip_prefix("refs/tags/").unwrap_or(name).to_owned(),
        here: here.to_string().into(),
        there: there.map_or_else(|| "unknown".into(), |id| id.to_string().into()),
    }
}
