//! `git checkpoint hook <name>`: what the hook scripts call.
//!
//! Read in this order: [`scripts`] lists the hooks and their texts; `run` hands over to what each guards: `commit`,
//! `push`, `movement`, and `after` for what is only recorded. `desk` is what they share, `forward` finds the lines that
//! take the work on, `again` those that let a person pass; [`error`](HookError) says no.
//!
//! On the way that lets git go on, no git program is started and nothing is printed.

mod after;
mod again;
mod commit;
mod desk;
mod error;
mod forward;
mod movement;
mod outcome;
mod push;
pub mod scripts;

use checkpoint_cli::Console;

pub use self::error::HookError;
pub(crate) use self::outcome::HookOutcome;
use self::{desk::Desk, scripts::Event};
use crate::{CheckpointError, args::HookArgs};

/// Does what the hook is for. Fails to stop git; an event that only watches never fails.
pub(crate) fn run(console: &Console, args: &HookArgs) -> Result<HookOutcome, CheckpointError> {
    let event: Event = args.name.parse()?;
    let words = &args.words;
    if !event.is_of_interest(words, &console.start().env) {
        return Ok(HookOutcome);
    }
    let desk = || Desk::open(console, event, words);
    match event {
        Event::PreCommit => commit::pre_commit(&desk()?)?,
        Event::PreMergeCommit | Event::PreApplypatch => commit::guard(&desk()?)?,
        Event::PrepareCommitMsg => commit::prepare_commit_msg(&desk()?)?,
        Event::PreRebase => commit::pre_rebase(&desk()?)?,
        Event::PrePush => push::run(&desk()?)?,
        Event::ReferenceTransaction => movement::run(console)?,
        Event::PostCommit => after::run(console),
        // Records follow a rewritten commit by git config notes.rewriteRef.
        Event::PostRewrite => {}
    }
    Ok(HookOutcome)
}
