//! `git checkpoint create`: from what was typed to a kept state.
//!
//! Read in this order: [`resolve`] makes a wish of words, [`run`] has it done, `outcome` tells.

mod outcome;
mod resolve;

use checkpoint_cli::{Schema, Session};
use checkpoint_model::policy::PathGlobs;
use checkpoint_work::Created;

use self::outcome::CreateOutcome;
use crate::{CheckpointError, args::CreateArgs};

/// Keeps the present state. Whatever fails, no ref was moved by the checkpoint, and no file or index was written.
pub(crate) fn run(
    session: &Session<'_>,
    args: CreateArgs,
) -> Result<CreateOutcome, CheckpointError> {
    let mut policy = session.policy()?;
    if args.shareable {
        policy.capture.include = PathGlobs::default();
        policy.capture.extra.clear();
    }
    let wish = resolve::wish(args)?;
    Ok(match checkpoint_work::create(session, &policy, &wish)? {
        Created::Made {
            stored,
            has_staged,
            replaced,
            commit,
        } => CreateOutcome::Created {
            stored,
            has_staged,
            replaced,
            commit,
        },
        Created::Unchanged { latest } => CreateOutcome::Unchanged {
            latest,
            asked_name: wish.name,
        },
    })
}

/// The schema of `create --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}
