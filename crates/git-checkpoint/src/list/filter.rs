//! Which checkpoints are meant.

use checkpoint_cli::Session;
use checkpoint_model::words::{CheckpointKind, Phase};
use checkpoint_store::{Place, Stored};
use chrono::{DateTime, Utc};

use crate::{CheckpointError, args::Filters, since};

/// Conditions that all must hold.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) session: Option<String>,
    pub(crate) agent: Option<String>,
    pub(crate) task: Option<String>,
    pub(crate) kind: Option<CheckpointKind>,
    pub(crate) phase: Option<Phase>,
    /// Without `refs/heads/`.
    pub(crate) branch: Option<String>,
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) among: Among,
}

/// The set that the other conditions choose from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Among {
    /// All that were not deleted.
    #[default]
    Kept,
    /// Of these, the ones with a name.
    Named,
    /// Of these, the ones without a name.
    Automatic,
    /// Of these, the ones that a restore made.
    Backups,
    /// Those that were deleted and can still be had back.
    Deleted,
}

impl Filter {
    /// Reads what was typed.
    pub(crate) fn resolve(session: &Session<'_>, typed: Filters) -> Result<Self, CheckpointError> {
        let among = match (typed.named, typed.automatic, typed.backups, typed.deleted) {
            (true, ..) => Among::Named,
            (_, true, ..) => Among::Automatic,
            (_, _, true, _) => Among::Backups,
            (_, _, _, true) => Among::Deleted,
            _ => Among::Kept,
        };
        let since = |text: String| since::resolve(&text, &session.repo, session.now());
        let branch = |typed: String| match typed.strip_prefix("refs/heads/") {
            Some(branch) => branch.to_owned(),
            None => typed,
        };
        Ok(Self {
            session: typed.session,
            agent: typed.agent,
            task: typed.task,
            kind: typed.kind.map(|kind| kind.resolve()).transpose()?,
            phase: typed.phase.map(|phase| phase.resolve()).transpose()?,
            branch: typed.branch.map(branch),
            since: typed.since.map(since).transpose()?,
            among,
        })
    }

    /// Whether all conditions hold.
    pub(crate) fn takes(&self, stored: &Stored) -> bool {
        self.is_among(stored) && self.matches(stored)
    }

    /// Like [`takes`](Self::takes), for who counts deleted checkpoints beside the others.
    pub(crate) fn takes_also_deleted(&self, stored: &Stored) -> bool {
        (self.among == Among::Kept || self.is_among(stored)) && self.matches(stored)
    }

    fn is_among(&self, stored: &Stored) -> bool {
        let checkpoint = &stored.checkpoint;
        let is_kept = checkpoint.is_kept();
        match self.among {
            Among::Kept => is_kept,
            Among::Named => is_kept && checkpoint.name.is_some(),
            Among::Automatic => is_kept && checkpoint.name.is_none(),
            Among::Backups => is_kept && checkpoint.created.kind == CheckpointKind::Backup,
            Among::Deleted => !is_kept && stored.place == Place::Here,
        }
    }

    fn matches(&self, stored: &Stored) -> bool {
        let created = &stored.checkpoint.created;
        is_wanted(self.session.as_ref(), created.session.as_ref())
            && is_wanted(self.agent.as_ref(), created.agent.as_ref())
            && is_wanted(self.task.as_ref(), created.task.as_ref())
            && is_wanted(self.kind, Some(created.kind))
            && is_wanted(self.phase, created.phase)
            && is_wanted(self.branch.as_ref(), created.branch.as_ref())
            && self.since.is_none_or(|since| stored.checkpoint.at >= since)
    }
}

fn is_wanted<T: PartialEq>(wanted: Option<T>, actual: Option<T>) -> bool {
    wanted.is_none() || wanted == actual
}
