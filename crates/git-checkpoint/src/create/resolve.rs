//! From words to values; what makes no sense is refused here, before the repository is looked at.

use checkpoint_capture::Untracked;
use checkpoint_cli::Additions;
use checkpoint_model::{
    name::CheckpointName,
    words::{CheckpointKind, Phase, StateCounts},
};

use checkpoint_policy::Agent;

use crate::{CheckpointError, args::CreateArgs};

/// What was asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) name: Option<CheckpointName>,
    pub(super) description: String,
    pub(super) kind: CheckpointKind,
    pub(super) phase: Option<Phase>,
    pub(super) session: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) task: Option<String>,
    pub(super) state: Option<StateCounts>,
    pub(super) additions: Additions,
    pub(super) commit: bool,
    pub(super) if_changed: bool,
    pub(super) sign: bool,
    pub(super) replace: bool,
}

impl Asked {
    /// What a hook asks for: with a name, a safe state; without one, an automatic checkpoint of what is new.
    pub(super) fn by_hook(
        agent: Option<&Agent>,
        name: Option<CheckpointName>,
        description: &str,
    ) -> Self {
        Self {
            description: description.to_owned(),
            kind: match name {
                Some(_) => CheckpointKind::SafeState,
                None => CheckpointKind::Automatic,
            },
            phase: None,
            session: agent.and_then(|agent| agent.session.clone()),
            agent: agent.map(|agent| agent.name.clone()),
            task: None,
            state: None,
            additions: Additions::default(),
            commit: false,
            if_changed: name.is_none(),
            sign: false,
            replace: false,
            name,
        }
    }

    pub(super) fn resolve(args: CreateArgs) -> Result<Self, CheckpointError> {
        let mut state = StateCounts::default();
        args.state.iter().try_for_each(|text| state.set(text))?;
        let kind = args.kind.map(|kind| kind.resolve()).transpose()?;
        Ok(Self {
            name: args.name.map(|name| name.parse()).transpose()?,
            description: args.message.join("\n\n").trim_end().to_owned(),
            kind: kind.unwrap_or(CheckpointKind::Manual),
            phase: args.phase.map(|phase| phase.resolve()).transpose()?,
            session: args.session,
            agent: args.agent,
            task: args.task,
            state: Some(state).filter(|state| !state.is_empty()),
            additions: Additions {
                include: args.include,
                exclude: args.exclude,
                untracked: match args.no_untracked {
                    true => Untracked::LeftOut,
                    false => Untracked::Captured,
                },
            },
            commit: args.commit,
            if_changed: args.if_changed,
            sign: args.sign,
            replace: args.replace,
        })
    }
}
