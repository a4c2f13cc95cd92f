//! Taking the records of another repository, and merging them into ours.

use checkpoint_git::{
    Repository, refs,
    refs::{Expect, RefChange},
};
use checkpoint_store::{
    AGENTS, Doing, GUARD,
    notes::{self, CHECKPOINTS},
};
use gix::ObjectId;

use crate::{
    Manner, Remote, ShareError, locks, report,
    transport::{Call, Said},
};

/// How often a fetch is tried while others fetch the same.
const TRIES: usize = 8;

/// The references that hold records, and are shared.
pub const RECORDS: [&str; 3] = [CHECKPOINTS, AGENTS, GUARD];

/// What was shared of one reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Its full name.
    pub reference: &'static str,
    /// The number of records that are new here, or tell more than before.
    pub received: usize,
    /// The number of records that are new there, or tell more than before.
    pub sent: usize,
    /// Lines that came and are no events. They are kept.
    pub odd_lines: usize,
}

/// Whether the other repository has every record that is here, as far as it is remembered; asks nobody.
pub fn is_shared(repo: &Repository, remote: &Remote) -> Result<bool, ShareError> {
    for reference in RECORDS {
        let here = refs::find(repo, reference)?;
        if here.is_some() && here != refs::find(repo, &remote.tracking(reference))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The words of any fetch: only what is asked for, all of it, and nothing else touched.
pub(crate) fn fetch_words() -> Vec<&'static str> {
    vec![
        "fetch",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-recurse-submodules",
        "--no-prune",
        "--no-filter",
        "--refmap=",
        "--stdin",
        "--",
    ]
}

/// Brings the records of the other side into `refs/notes/remotes/`, and what `more` asks for.
pub(crate) fn bring(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    more: &[String],
) -> Result<Said, ShareError> {
    let call = Call {
        repo,
        remote,
        manner,
        writing: false,
    };
    let mut words = fetch_words();
    words.push(&remote.source);
    let wanted: Vec<String> = remote
        .refspecs()
        .into_iter()
        .chain(more.iter().cloned())
        .collect();
    let wanted = wanted.join("\n") + "\n";
    let mut tries = 0;
    loop {
        locks::free(repo, remote);
        let said = call.git(&words, &wanted)?;
        // Tags that stay what they are make git fail.
        let kept = report::tags_kept(&said.err);
        let are_all_kept = !kept.is_empty() && !report::has_other_rejections(&said.err);
        if said.is_done || are_all_kept {
            return Ok(said);
        }
        tries += 1;
        // Another fetch was here at the same time.
        let is_race = [
            "cannot lock ref",
            "unable to update local ref",
            ".lock': File exists",
        ];
        if tries >= TRIES || !is_race.iter().any(|words| said.err.contains(words)) {
            return Err(call.unreachable(&said));
        }
        call.pause(tries);
    }
}

/// Merges what [`bring`] has brought. Fails with [`NotNotes`](checkpoint_store::StoreError::NotNotes) where something of it is no notes; nothing was
/// merged then.
pub(crate) fn merge(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    doing: &Doing,
) -> Result<Vec<Shared>, ShareError> {
    let mut differing = Vec::new();
    for reference in RECORDS {
        let here = refs::find(repo, reference)?;
        let there = refs::find(repo, &remote.tracking(reference))?;
        let Some(there) = there.filter(|there| here != Some(*there)) else {
            continue;
        };
        complete(repo, remote, manner, there)?;
        // All are looked at before one is merged: where one is refused, nothing has changed.
        notes::refuse_others(repo, reference, here)?;
        if let Err(error) = notes::refuse_others(repo, reference, Some(there)) {
            // What is remembered of it must not be in the way once it is mended there.
            let change = RefChange::delete(remote.tracking(reference), there);
            refs::transaction(repo, &[change], &doing.command, &repo.signature(doing.now))?;
            return Err(error.into());
        }
        differing.push((reference, there));
    }
    let mut shared = Vec::new();
    for (reference, there) in differing {
        let merged = notes::merge(repo, reference, there, doing)?;
        shared.push(Shared {
            reference,
            received: merged.received,
            sent: 0,
            odd_lines: merged.odd_lines,
        });
    }
    Ok(shared)
}

/// A partial clone lacks what a plain fetch of its own has left out; the notes are wanted in full.
fn complete(
    repo: &Repository,
    remote: &Remote,
    manner: Manner,
    tip: ObjectId,
) -> Result<(), ShareError> {
    if !is_partial(repo) {
        return Ok(());
    }
    let call = Call {
        repo,
        remote,
        manner,
        writing: false,
    };
    // Trees may be missing as well; what is below them is only known once they are here.
    let mut before = String::new();
    loop {
        let missing = missing(repo, tip)?;
        if missing.is_empty() {
            return Ok(());
        }
        let said = call.git(&by_id(&remote.source), &missing)?;
        if !said.is_done || missing == before {
            return Err(call.unreachable(&said));
        }
        before = missing;
    }
}

/// The objects of the notes of `tip` that are known to be missing, one on each line.
fn missing(repo: &Repository, tip: ObjectId) -> Result<String, ShareError> {
    let tip = tip.to_string();
    let words = [
        "rev-list",
        "--objects",
        "--no-walk",
        "--missing=print",
        &tip,
    ];
    let list = repo.git(words).output()?.to_string();
    let missing = list.lines().filter_map(|line| line.strip_prefix('?'));
    Ok(missing.map(|id| format!("{id}\n")).collect())
}

/// The words by which git itself fetches what a partial clone lacks.
fn by_id(source: &str) -> Vec<&str> {
    let mut words = vec![
        "-c",
        "fetch.negotiationAlgorithm=noop",
        "fetch",
        "--no-tags",
    ];
    words.extend(["--no-write-fetch-head", "--no-auto-maintenance"]);
    words.extend(["--no-recurse-submodules", "--filter=blob:none", "--stdin"]);
    words.extend(["--", source]);
    words
}

fn is_partial(repo: &Repository) -> bool {
    let config = repo.gix().config_snapshot();
    let names = repo.gix().remote_names();
    config.string("extensions.partialClone").is_some()
        || names
            .iter()
            .any(|name| config.boolean(format!("remote.{name}.promisor").as_str()) == Some(true))
}

/// Remembers where the records stand there. Of a URL nothing is remembered.
pub(crate) fn remember(
    repo: &Repository,
    remote: &Remote,
    tips: &[(&'static str, ObjectId)],
    doing: &Doing,
) -> Result<(), ShareError> {
    let mut changes = Vec::new();
    for (reference, tip) in tips {
        let name = remote.tracking(reference);
        let known = refs::find(repo, &name)?;
        if remote.name.is_some() && known != Some(*tip) {
            changes.push(RefChange {
                name,
                expected: Expect::Any,
                new: Some(*tip),
            });
        }
    }
    let who = repo.signature(doing.now);
    refs::transaction(repo, &changes, &doing.command, &who)?;
    Ok(())
}

/// Forgets what was brought from a URL, once it is merged.
pub(crate) fn forget(repo: &Repository, remote: &Remote, doing: &Doing) -> Result<(), ShareError> {
    if remote.name.is_some() {
        return Ok(());
    }
    let mut changes = Vec::new();
    for reference in RECORDS {
        let name = remote.tracking(reference);
        changes.extend(refs::find(repo, &name)?.map(|id| RefChange::delete(name, id)));
    }
    let who = repo.signature(doing.now);
    refs::transaction(repo, &changes, &doing.command, &who)?;
    Ok(())
}
