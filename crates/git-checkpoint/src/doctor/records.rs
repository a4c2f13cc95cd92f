//! Whether records and states belong together, and what they cost.

use bstr::ByteSlice as _;
use checkpoint_cli::{Session, count, human_bytes, shown};
use checkpoint_store::{
    Entered, Loaded, Place, Stored,
    notes::{CHECKPOINTS, Notes},
    subject::{AGENTS, GUARD},
};

use super::{finding::Finding, mend::Mend};
use crate::CheckpointError;

const WHAT: &str = "records";

pub(super) fn look(session: &Session<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for reference in [CHECKPOINTS, AGENTS, GUARD] {
        findings.extend(notes(session, reference));
    }
    match checkpoint_store::load(&session.repo) {
        Ok(loaded) => findings.extend(records(session, &loaded)),
        Err(error) => findings.push(Finding::failure(WHAT, error.to_string()).by("git fsck")),
    }
    findings.extend(size(session));
    findings
}

/// Whether what a reference leads to is a tree of notes.
fn notes(session: &Session<'_>, reference: &'static str) -> Option<Finding> {
    let mend = format!("git log {reference}");
    let notes = match Notes::read(&session.repo, reference) {
        Ok(notes) => notes,
        Err(error) => {
            let says = format!("'{reference}' holds no notes: {error}");
            return Some(Finding::failure(WHAT, says).by(mend));
        }
    };
    notes.tip()?;
    let words = ["ls-tree", "-r", "-z", "--name-only", reference];
    let names = session.repo.git(words).output().unwrap_or_default();
    let is_note = |path: &[u8]| {
        let digits = path.iter().filter(|byte| **byte != b'/');
        let is_hex = digits.clone().all(u8::is_ascii_hexdigit);
        is_hex && matches!(digits.count(), 40 | 64)
    };
    let other = names
        .split_str(b"\0")
        .find(|path| !path.is_empty() && !is_note(path))?;
    let says = format!("'{reference}' holds '{}', which is no note", shown(other));
    Some(Finding::warning(WHAT, says).by(mend))
}

fn records(session: &Session<'_>, loaded: &Loaded) -> Vec<Finding> {
    let mut findings: Vec<_> = loaded.problems.iter().map(unreadable).collect();
    let n_lost = loaded
        .checkpoints
        .iter()
        .filter(|it| it.record_missing)
        .count();
    if n_lost > 0 {
        let lost = count(n_lost as u64, "checkpoint has", "checkpoints have");
        let says = format!("{lost} no record; tags and snapshots tell it");
        findings.push(Finding::warning(WHAT, says).fixed_by(Mend::Rebuild));
    }
    let n_gone = loaded
        .checkpoints
        .iter()
        .filter(|it| is_gone(session, it))
        .count();
    if n_gone > 0 {
        let gone = count(n_gone as u64, "checkpoint", "checkpoints");
        let says = format!("{gone} made here lost the state: the reference is gone");
        findings.push(Finding::warning(WHAT, says).by("git fsck --unreachable --no-reflogs"));
    }
    if findings.is_empty() {
        let is_here = |it: &&Stored| it.place == Place::Here;
        let n_here = loaded.checkpoints.iter().filter(is_here).count();
        let records = count(loaded.checkpoints.len() as u64, "record", "records");
        let states = count(n_here as u64, "state", "states");
        findings.push(Finding::ok(WHAT, format!("{records}, {states}")));
    }
    findings
}

fn unreadable(problem: &checkpoint_store::Problem) -> Finding {
    let says = format!(
        "the record of {:.10} is not as it should be: {}",
        problem.snapshot.to_string(),
        problem.why
    );
    let show = format!("git notes --ref=checkpoints show {}", problem.snapshot);
    Finding::warning(WHAT, says).by(show)
}

/// Whether a checkpoint that nobody deleted was made in this very working tree, and its state is not here.
fn is_gone(session: &Session<'_>, stored: &Stored) -> bool {
    stored.place == Place::Elsewhere && stored.checkpoint.created.worktree == session.worktree()
}

fn size(session: &Session<'_>) -> Option<Finding> {
    let measured = || -> Result<u64, CheckpointError> {
        let overview = checkpoint_store::overview(&session.repo)?;
        let all: Vec<Entered<'_>> = overview.iter().collect();
        Ok(crate::summary::kept_by(session, &all)?)
    };
    let bytes = measured().ok()?;
    let limit = session.policy().ok()?.retention.max_bytes;
    let says = format!("checkpoints alone keep {} on disk", human_bytes(bytes));
    Some(match bytes > limit.bytes() {
        true => Finding::warning("size", format!("{says}, over retention.max-bytes"))
            .by("git checkpoint prune --dry-run"),
        false => Finding::ok("size", says),
    })
}
