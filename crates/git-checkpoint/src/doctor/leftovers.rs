//! What a process that died has left.

use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use chrono::{DateTime, TimeDelta, Utc};

use super::{finding::Finding, mend::Mend};

const WHAT: &str = "leftovers";
/// What nobody has touched for so long belongs to no process that still runs.
const OLD: TimeDelta = TimeDelta::hours(1);

pub(super) fn look(session: &Session<'_>) -> Vec<Finding> {
    let common = session.repo.common_dir();
    let mut git_dirs = vec![common.to_owned()];
    git_dirs.extend(entries(&common.join("worktrees")));
    let mut findings = Vec::new();
    for dir in &git_dirs {
        findings.extend(journal(dir));
        findings.extend(temporary(session, &dir.join("checkpoint")));
    }
    findings.extend(temporary(session, &common.join("hooks")));
    findings.extend(locks_of_states(session, &common.join("refs/checkpoints")));
    findings.extend(objects(session));
    let locks = [common.join("config.lock"), common.join("packed-refs.lock")];
    let indexes = git_dirs.iter().map(|dir| dir.join("index.lock"));
    let locks = locks.into_iter().chain(indexes);
    findings.extend(locks.filter_map(|path| lock(session, path)));
    if findings.is_empty() {
        findings.push(Finding::ok(
            WHAT,
            "no stopped restore, no stale lock, no temporary file",
        ));
    }
    findings
}

/// The journal of a restore that was stopped halfway.
fn journal(git_dir: &Path) -> Option<Finding> {
    let path = git_dir.join("checkpoint/restore.json");
    if !path.exists() {
        return None;
    }
    let in_worktree = fs_err::read(git_dir.join("gitdir")).unwrap_or_default();
    let worktree = in_worktree.trim_end().strip_suffix(b"/.git");
    let place = worktree.map(|it| format!(" in '{}'", it.to_str_lossy()));
    let says = format!("a restore was stopped halfway{}", place.unwrap_or_default());
    Some(Finding::failure(WHAT, says).by("git safe-restore --continue, or --abort"))
}

/// What we write beside a file before it gets its name.
fn temporary(session: &Session<'_>, dir: &Path) -> Vec<Finding> {
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let digits = name.strip_prefix("list-cache.");
        digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
            || name.starts_with(".checkpoint-")
    };
    let left = entries(dir).into_iter().filter(is_ours);
    let old = left.filter(|path| is_old(session, path));
    old.map(removable).collect()
}

/// Locks of state references: nobody else ever writes one of that name, so the writer is gone.
fn locks_of_states(session: &Session<'_>, dir: &Path) -> Vec<Finding> {
    let is_lock = |path: &PathBuf| path.extension().is_some_and(|end| end == "lock");
    let left = entries(dir).into_iter().filter(is_lock);
    let old = left.filter(|path| is_old(session, path));
    old.map(removable).collect()
}

/// Objects and packs that were never finished; git's own clean-up removes them, too.
fn objects(session: &Session<'_>) -> Option<Finding> {
    let objects = session.repo.common_dir().join("objects");
    let is_unfinished = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ["tmp_obj_", "tmp_pack_", "tmp_idx_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    let all = entries(&objects)
        .into_iter()
        .chain(entries(&objects.join("pack")));
    let left = all
        .filter(is_unfinished)
        .filter(|path| is_old(session, path));
    let count = left.count();
    (count > 0).then(|| {
        let says = format!("{count} unfinished objects or packs, of git or of ours");
        Finding::warning(WHAT, says).by("git gc --prune=2.weeks.ago")
    })
}

/// A lock that nobody holds any more, as far as its age tells.
fn lock(session: &Session<'_>, path: PathBuf) -> Option<Finding> {
    if !is_old(session, &path) {
        return None;
    }
    let says = format!("'{}' is more than an hour old", path.display());
    let command = format!("rm '{}', if no git is running", path.display());
    Some(Finding::warning(WHAT, says).by(command))
}

fn removable(path: PathBuf) -> Finding {
    let says = format!("'{}' was left by a process that died", path.display());
    Finding::warning(WHAT, says).fixed_by(Mend::Remove(path))
}

fn is_old(session: &Session<'_>, path: &Path) -> bool {
    let modified = fs_err::symlink_metadata(path).and_then(|stat| stat.modified());
    modified.is_ok_and(|at| session.now() - DateTime::<Utc>::from(at) > OLD)
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
