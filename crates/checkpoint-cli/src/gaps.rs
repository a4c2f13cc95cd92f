//! What is said of checkpoints that are not whole, and of records that cannot be read.

use checkpoint_model::verdict::Skipped;
use checkpoint_store::Problem;

use crate::{Talk, count, human_bytes};

/// Says what a checkpoint does not hold, and why; at most a screenful.
pub fn tell_skipped(skipped: &[Skipped], talk: &Talk) {
    tell(skipped, "not in the checkpoint", talk);
}

/// Says what a commit of everything does not hold, since the checkpoint before it does not.
pub fn tell_uncommitted(skipped: &[Skipped], talk: &Talk) {
    tell(skipped, "not committed, and not in the checkpoint", talk);
}

fn tell(skipped: &[Skipped], what: &str, talk: &Talk) {
    const SHOWN: usize = 15;
    if skipped.is_empty() {
        return;
    }
    let paths = count(skipped.len() as u64, "path is", "paths are");
    let mut text = format!("{paths} {what}:");
    for Skipped {
        path,
        reason,
        bytes,
    } in skipped.iter().take(SHOWN)
    {
        let size = bytes.map(|bytes| format!(" ({})", human_bytes(bytes)));
        let why = reason.explain();
        text.push_str(&format!("\n  {path}: {why}{}", size.unwrap_or_default()));
    }
    if let Some(more @ 1..) = skipped.len().checked_sub(SHOWN) {
        text.push_str(&format!("\n  and {more} more"));
    }
    talk.warning(text);
}

/// Says which records could not be read in full; no more than a few, since one cause mostly has many effects.
pub fn tell_problems(problems: &[Problem], talk: &Talk) {
    const SHOWN: usize = 3;
    for problem in problems.iter().take(SHOWN) {
        let Problem { snapshot, why } = problem;
        talk.warning(format_args!(
            "the record of snapshot {snapshot} has a line that cannot be read: {why}"
        ));
    }
    if let Some(more @ 1..) = problems.len().checked_sub(SHOWN) {
        let more = count(more as u64, "more line", "more lines");
        talk.warning(format_args!("{more} of records cannot be read"));
    }
}
