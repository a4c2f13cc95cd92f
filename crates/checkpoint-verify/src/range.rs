//! The commits of a pull request or a push.

use std::collections::{BTreeMap, BTreeSet};

use bstr::ByteSlice as _;
use checkpoint_git::Repository;
use checkpoint_model::{
    event::EventBody,
    id::CheckpointId,
    policy::{Policy, Require},
    record::Record,
    shell::word,
};
use checkpoint_store::{
    StoreError,
    notes::{Notes, refuse_others},
    subject::AGENTS,
};
use gix::ObjectId;

use crate::{
    VerifyError,
    check::{About, Check, CheckId, Objection, Verified},
    facts::Facts,
    remote::fetch,
    tags::Commit,
};

/// What is looked at beside the commits.
pub(crate) struct Range<'a> {
    pub(crate) repo: &'a Repository,
    pub(crate) policy: &'a Policy,
    pub(crate) facts: &'a Facts,
    pub(crate) remote: Option<&'a str>,
}

impl Range<'_> {
    /// The checks of the commits that `words` mean to git-rev-list(1).
    pub(crate) fn check(&self, words: &str) -> Result<Vec<Verified>, VerifyError> {
        let commits = self.commits(words)?;
        let notes = match self.notes() {
            Ok(notes) => notes,
            Err(error) => return Ok(vec![Self::unread(&error)]),
        };
        let mut verified = Vec::new();
        let mut agents = 0;
        for id in &commits {
            let message = Commit::read(self.repo.gix(), *id)
                .map(|commit| commit.message)
                .unwrap_or_default();
            let is_agents = is_agents(&message);
            agents += usize::from(is_agents);
            let record = notes.get(id)?.map(|bytes| Record::parse(&bytes));
            let mut checks = Vec::new();
            if is_agents || record.is_some() {
                checks.push(self.branch(record.as_ref(), notes.tip().is_some()));
            }
            if is_agents && self.policy.checkpoint.require == Require::Run {
                checks.push(self.checkpoint_of(&message));
            }
            if !checks.is_empty() {
                verified.push(Verified {
                    about: About::Commit(*id),
                    checks,
                });
            }
        }
        let whole = Verified {
            about: About::Repository,
            checks: vec![self.required(&commits, agents)],
        };
        verified.insert(0, whole);
        Ok(verified)
    }

    fn notes(&self) -> Result<Notes<'_>, StoreError> {
        let notes = Notes::read(self.repo, AGENTS)?;
        refuse_others(self.repo, AGENTS, notes.tip())?;
        Ok(notes)
    }

    /// Without the records of agents, nothing tells where a commit was made.
    fn unread(error: &StoreError) -> Verified {
        let look = Some(format!("git log --stat {AGENTS}"));
        Verified {
            about: About::Repository,
            checks: vec![Check::failed(
                CheckId::FeatureBranch,
                error.to_string(),
                look,
            )],
        }
    }

    fn commits(&self, words: &str) -> Result<Vec<ObjectId>, VerifyError> {
        let listed = self
            .repo
            .git(["rev-list", "--end-of-options", words, "--"])
            .output();
        let listed = listed.map_err(|source| VerifyError::Range {
            range: words.to_owned(),
            remedy: self.remedy(words),
            source,
        })?;
        Ok(listed
            .lines()
            .filter_map(|hex| ObjectId::from_hex(hex).ok())
            .collect())
    }

    /// History that is cut off is the usual reason; else git tells what it does not know.
    fn remedy(&self, words: &str) -> String {
        let is_shallow = self.repo.gix().is_shallow().unwrap_or(false);
        match (is_shallow, self.remote) {
            (true, Some(remote)) => format!("git fetch --unshallow {}", word(remote)),
            _ => format!("git rev-list --max-count=1 {}", word(words)),
        }
    }

    /// Where the commit was made, as its record tells.
    fn branch(&self, record: Option<&Record>, has_records: bool) -> Check {
        let id = CheckId::FeatureBranch;
        let fetch = || self.remote.map(fetch);
        let Some(record) = record else {
            return match has_records {
                true => Check::not_here(
                    id,
                    "an agent made it, and nothing tells on which branch",
                    None,
                ),
                false => Check::failed(
                    id,
                    format!("an agent made it, and there is no {AGENTS} here"),
                    fetch(),
                ),
            };
        };
        let events = record.events().into_iter();
        let branches = events.filter_map(|event| match &event.body {
            EventBody::GitCommitCreated(created) => created.branch.clone(),
            _ => None,
        });
        let protected = branches
            .into_iter()
            .find(|branch| self.policy.branches.is_protected(branch));
        let objection = protected
            .map(|branch| Objection::new(format!("it was made on '{branch}', which is protected")));
        Check::of(id, objection)
    }

    /// Whether the checkpoint that was made before the commit of an agent is known.
    fn checkpoint_of(&self, message: &str) -> Check {
        let id = CheckId::CheckpointRequired;
        let Some(wanted) = trailer(message, "Checkpoint-Id") else {
            return Check::failed(id, "an agent made it without a checkpoint before it", None);
        };
        let id_of = wanted.parse::<CheckpointId>().ok();
        let mut known = self.facts.all.iter().filter_map(|fact| fact.id);
        let is_known = known.any(|id| Some(id) == id_of);
        let objection = (!is_known).then(|| {
            Objection::new(format!(
                "nothing here tells of the checkpoint {wanted} before it"
            ))
        });
        Check::of(id, objection)
    }

    fn required(&self, commits: &[ObjectId], agents: usize) -> Check {
        let id = CheckId::CheckpointRequired;
        match self.policy.checkpoint.require {
            Require::Never => Check::not_asked(id, "the policy does not ask for one"),
            Require::Run if agents == 0 => {
                Check::not_asked(id, "no commit of the range is an agent's")
            }
            Require::Run => Check::passed(id),
            Require::Push if commits.is_empty() => {
                Check::not_asked(id, "there are no commits in the range")
            }
            Require::Push => {
                let commits: BTreeSet<String> = commits.iter().map(ToString::to_string).collect();
                let heads = self.facts.all.iter().filter_map(|fact| {
                    let told = fact.checkpoint().map(|checkpoint| &checkpoint.created);
                    told.or_else(|| fact.message().map(|message| &message.created))?
                        .head
                        .clone()
                });
                let is_met = heads.into_iter().any(|head| commits.contains(&head));
                let why = "the policy asks for a checkpoint of what is pushed, and none stands on these commits";
                let make = match self.remote {
                    Some(remote) => format!(
                        "git checkpoint create && git checkpoint push {}",
                        word(remote)
                    ),
                    None => "git checkpoint create".to_owned(),
                };
                Check::of(id, (!is_met).then(|| Objection::new(why).with(make)))
            }
        }
    }
}

/// Whether the trailers say that an agent made the commit.
fn is_agents(message: &str) -> bool {
    ["Agent-Session", "Agent-Task", "Checkpoint-Id"]
        .iter()
        .any(|key| trailer(message, key).is_some())
}

/// The value of a trailer in the last paragraph.
fn trailer(message: &str, key: &str) -> Option<String> {
    let last = message.trim_end().rsplit("\n\n").next()?;
    let fields: BTreeMap<_, _> = last
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    fields.get(key).map(|value| value.trim().to_owned())
}
