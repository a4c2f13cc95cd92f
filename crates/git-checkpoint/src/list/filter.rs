//! Which checkpoints are meant.

use checkpoint_cli::Session;
use checkpoint_model::words::{CheckpointKind, Phase};
use checkpoint_store::{Entered, Place};
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
    pub(crate) fn takes(&self, entered: &Entered<'_>) -> bool {
        self.is_among(entered) && self.matches(entered)
    }

    /// Like [`takes`](Self::takes), for who counts deleted checkpoints beside the others.
    pub(crate) fn takes_also_deleted(&self, entered: &Entered<'_>) -> bool {
        (self.among == Among::Kept || self.is_among(entered)) && self.matches(entered)
    }

    fn is_among(&self, Entered { brief, place, .. }: &Entered<'_>) -> bool {
        match self.among {
            Among::Kept => brief.is_kept,
            Among::Named => brief.is_kept && brief.name.is_some(),
            Among::Automatic => brief.is_kept && brief.name.is_none(),
            Among::Backups => brief.is_kept && brief.kind == CheckpointKind::Backup,
            Among::Deleted => !brief.is_kept && *place == Place::Here,
        }
    }

    fn matches(&self, Entered { brief, .. }: &Entered<'_>) -> bool {
        is_wanted(self.session.as_deref(), brief.session)
            && is_wanted(self.agent.as_deref(), brief.agent)
            && is_wanted(self.task.as_deref(), brief.task)
            && is_wanted(self.kind, Some(brief.kind))
            && is_wanted(self.phase, brief.phase)
            && is_wanted(self.branch.as_deref(), brief.branch)
            && self.since.is_none_or(|since| brief.at >= since)
    }
}

fn is_wanted<T: PartialEq>(wanted: Option<T>, actual: Option<T>) -> bool {
    wanted.is_none() || wanted == actual
}
