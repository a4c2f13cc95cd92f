//! From words to values; what makes no sense is refused here, before the repository is looked at.

use checkpoint_capture::Untracked;
use checkpoint_cli::Additions;
use checkpoint_model::words::{CheckpointKind, StateCounts};

use checkpoint_work::Wish;

use crate::{CheckpointError, args::CreateArgs};

/// Reads the words.
pub(super) fn wish(args: CreateArgs) -> Result<Wish, CheckpointError> {
    let mut state = StateCounts::default();
    args.state.iter().try_for_each(|text| state.set(text))?;
    let kind = args.kind.map(|kind| kind.resolve()).transpose()?;
    Ok(Wish {
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
        command: "git checkpoint create",
    })
}
