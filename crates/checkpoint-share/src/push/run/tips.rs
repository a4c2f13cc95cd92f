//! What the records of the other side are to become.

use checkpoint_git::{Repository, refs};
use checkpoint_model::{
    event::{CheckpointShared, EventBody},
    record::Record,
};
use checkpoint_store::notes::{self, CHECKPOINTS, Notes};
use gix::{ObjectId, bstr::ByteSlice as _};

use super::Run;
use crate::{
    Remote, ShareError, Wanted,
    records::RECORDS,
    transport::Call,
    words::{self, Otherwise, Spoken},
};

/// Records, and where they stand.
pub(crate) type Tips = Vec<(&'static str, ObjectId)>;

impl Run<'_> {
    /// What the records there are to become: what they are here, and the news of what goes with them, but for what
    /// stays here.
    pub(super) fn tips(
        &mut self,
        before: &[Option<ObjectId>],
    ) -> Result<(Tips, Option<ObjectId>), ShareError> {
        let Call { repo, remote, .. } = self.call;
        let mut tips = here(repo)?;
        let known: Vec<_> = before.iter().copied().flatten().collect();
        let fresh = fresh(repo, remote, self.wanted)?;
        let found = words::search(repo, &tips, &known, &fresh, self.words.rules)?;
        let is_allowed = |it: &Spoken| self.words.allowed.iter().any(|id| id == it.finding.rule);
        let (passed, found): (Vec<_>, Vec<_>) = found.into_iter().partition(is_allowed);
        let must_go = |it: &Spoken| !it.is_in_record();
        if self.words.otherwise == Otherwise::Refuse || found.iter().any(must_go) {
            words::refusal(remote.shown(), &found, self.wanted).map_or(Ok(()), Err)?;
        }
        let prepared = checkpoint_store::prepare(repo, &self.news(&passed)?, self.doing)?;
        if here(repo)? != tips {
            // Somebody has written meanwhile, and nobody has looked through that.
            return self.tips(before);
        }
        if let Some(prepared) = prepared {
            tips.retain(|(reference, _)| *reference != CHECKPOINTS);
            tips.insert(0, (CHECKPOINTS, prepared));
        }
        self.held = found;
        if !self.held.is_empty() {
            tips = self.held_back(&tips, before)?;
        }
        Ok((tips, prepared))
    }

    /// The records without what stays here, and without their history, which may tell of it.
    fn held_back(&self, tips: &Tips, before: &[Option<ObjectId>]) -> Result<Tips, ShareError> {
        let lines = words::lines(&self.held);
        let is_held = |text: &[u8]| text.lines().any(|line| lines.contains(line));
        let mut left = Tips::new();
        for (reference, tip) in tips {
            let at = RECORDS.iter().position(|name| name == reference);
            let there = at.and_then(|at| before[at]);
            let repo = self.call.repo;
            let tip = notes::without(repo, reference, *tip, there, self.doing, is_held)?;
            left.extend(tip.map(|tip| (*reference, tip)));
        }
        Ok(left)
    }

    /// What the records do not tell yet: what is given, and what was `passed` for it.
    fn news(&self, passed: &[Spoken]) -> Result<Vec<(ObjectId, EventBody)>, ShareError> {
        let repo = self.call.repo;
        let notes = Notes::read(repo, CHECKPOINTS)?;
        let given = self
            .wanted
            .iter()
            .filter(|wanted| wanted.refspecs().next().is_some());
        let mut told: Vec<_> = given
            .map(|wanted| (wanted.snapshot, wanted.told(self.call.remote)))
            .collect();
        for spoken in passed {
            self.tell_passed(spoken, &mut told)?;
        }
        let mut news = Vec::new();
        for (snapshot, told) in told {
            let body = EventBody::from(told);
            let record = Record::parse(&notes.get(&snapshot)?.unwrap_or_default());
            if !record.events().iter().any(|event| event.body == body) {
                news.push((snapshot, body));
            }
        }
        Ok(news)
    }

    /// Tells in the record of the checkpoint that a rule was passed for what it says.
    fn tell_passed(
        &self,
        spoken: &Spoken,
        told: &mut Vec<(ObjectId, CheckpointShared)>,
    ) -> Result<(), ShareError> {
        let Some(id) = spoken.checkpoint else {
            return Ok(());
        };
        let at = match told.iter().position(|(_, it)| it.checkpoint == id) {
            Some(at) => at,
            None => {
                let Some(snapshot) = checkpoint_store::snapshot_of(self.call.repo, id)? else {
                    return Ok(());
                };
                let remote = self.call.remote.shown();
                let shared = CheckpointShared {
                    checkpoint: id,
                    remote,
                    tag: None,
                    state: false,
                    allowed: Vec::new(),
                };
                told.push((snapshot, shared));
                told.len() - 1
            }
        };
        let allowed = &mut told[at].1.allowed;
        if !allowed.iter().any(|rule| rule == spoken.finding.rule) {
            allowed.push(spoken.finding.rule.to_owned());
        }
        Ok(())
    }
}

/// What of `wanted` was not given to this remote before, as the records tell.
pub(crate) fn fresh<'a>(
    repo: &Repository,
    remote: &Remote,
    wanted: &'a [Wanted],
) -> Result<Vec<&'a Wanted>, ShareError> {
    let notes = Notes::read(repo, CHECKPOINTS)?;
    let mut fresh = Vec::new();
    for wanted in wanted {
        let record = Record::parse(&notes.get(&wanted.snapshot)?.unwrap_or_default());
        let new = wanted.told(remote);
        let is_told = |told: &CheckpointShared| {
            told.remote == new.remote && told.tag == new.tag && told.state >= new.state
        };
        let was_told = record
            .events()
            .iter()
            .any(|it| matches!(&it.body, EventBody::CheckpointShared(it) if is_told(it)));
        if !was_told {
            fresh.push(wanted);
        }
    }
    Ok(fresh)
}

/// Where the records stand here. Fails with [`NotNotes`](checkpoint_store::StoreError::NotNotes) where one of them holds
/// something else.
pub(crate) fn here(repo: &Repository) -> Result<Tips, ShareError> {
    let mut tips = Tips::new();
    for reference in RECORDS {
        let here = refs::find(repo, reference)?;
        notes::refuse_others(repo, reference, here)?;
        tips.extend(here.map(|tip| (reference, tip)));
    }
    Ok(tips)
}
