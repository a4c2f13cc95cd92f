//! What a process that died has left.

use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use checkpoint_cli::{Session, shell_word};
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
        findings.extend(indexes(session, dir));
    }
    findings.extend(temporary(session, &common.join("hooks")));
    findings.extend(in_working_tree(session));
    findings.extend(locks_of_states(session, &common.join("refs/checkpoints")));
    findings.extend(objects(session));
    findings.extend(locks(session, &git_dirs));
    if findings.is_empty() {
        findings.push(Finding::ok(
            WHAT,
            "no stopped restore, no stale lock, no temporary file",
        ));
    }
    findings
}

/// Locks of git's: who holds one while it works also removes it.
fn locks(session: &Session<'_>, git_dirs: &[PathBuf]) -> Vec<Finding> {
    let common = session.repo.common_dir();
    let in_common = ["config.lock", "packed-refs.lock", "shallow.lock"];
    let mut locks: Vec<_> = in_common.map(|name| common.join(name)).into();
    for dir in git_dirs {
        let names = ["HEAD.lock", "config.worktree.lock"];
        locks.extend(names.map(|name| dir.join(name)));
        // That of a commit of ours goes with what else that one has left.
        if checkpoint_work::interrupted(&dir.join("index")).is_none() {
            locks.push(dir.join("index.lock"));
        }
        below(&dir.join("refs"), &mut locks);
    }
    let states = common.join("refs/checkpoints");
    locks.retain(|path| path.parent() != Some(&states));
    let found = locks.into_iter().filter_map(|path| lock(session, path));
    found.collect()
}

/// Adds the locks of references.
fn below(dir: &Path, locks: &mut Vec<PathBuf>) {
    for path in entries(dir) {
        match fs_err::symlink_metadata(&path) {
            Ok(stat) if stat.is_dir() => below(&path, locks),
            _ if path.extension().is_some_and(|end| end == "lock") => locks.push(path),
            _ => {}
        }
    }
}

/// The journal of a restore that was stopped halfway.
fn journal(git_dir: &Path) -> Option<Finding> {
    let path = git_dir.join("checkpoint/restore.json");
    if !path.exists() {
        return None;
    }
    let says = format!("a restore was stopped halfway{}", place(git_dir));
    Some(Finding::failure(WHAT, says).by("git safe-restore --continue, or --abort"))
}

/// Where the linked working tree of a git directory is, to be told.
fn place(git_dir: &Path) -> String {
    let in_worktree = fs_err::read(git_dir.join("gitdir")).unwrap_or_default();
    let worktree = in_worktree.trim_end().strip_suffix(b"/.git");
    let place = worktree.map(|it| format!(" in '{}'", it.to_str_lossy()));
    place.unwrap_or_default()
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
    left.map(|path| left_behind(session, path)).collect()
}

/// Copies of the index that a commit or a restore works with. Those of a commit that was made are what its changes are
/// given back to the index from.
fn indexes(session: &Session<'_>, git_dir: &Path) -> Vec<Finding> {
    let index = git_dir.join("index");
    if let Some(subject) = checkpoint_work::interrupted(&index) {
        let says = format!("a commit was stopped{}: {subject}", place(git_dir));
        let finding = Finding::failure(WHAT, says);
        return vec![match index == session.repo.index_path() {
            true => finding.fixed_by(Mend::Index),
            false => finding.by("git checkpoint doctor --fix, there"),
        }];
    }
    let is_copy = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("index.checkpoint-")
    };
    let left = entries(git_dir).into_iter().filter(is_copy);
    left.map(|path| left_behind(session, path)).collect()
}

/// What looks like a temporary file of ours where git would take it for somebody's work; so it may be just that.
fn in_working_tree(session: &Session<'_>) -> Vec<Finding> {
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ending = name.strip_prefix(".checkpoint-");
        ending.is_some_and(|end| {
            end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    let top = session.repo.work_tree().map(entries).unwrap_or_default();
    let told = top.into_iter().filter(is_one).map(|path| {
        let says = format!(
            "'{}' is perhaps left of a process that died",
            path.display()
        );
        Finding::warning(WHAT, says).by(format!("if it is nothing of yours: rm {}", word(&path)))
    });
    told.collect()
}

/// Locks of state references: nobody else ever writes one of that name, so the writer is gone.
fn locks_of_states(session: &Session<'_>, dir: &Path) -> Vec<Finding> {
    let is_lock = |path: &PathBuf| path.extension().is_some_and(|end| end == "lock");
    let left = entries(dir).into_iter().filter(is_lock);
    left.map(|path| left_behind(session, path)).collect()
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

/// A lock, and whether somebody may hold it, as far as its age tells.
fn lock(session: &Session<'_>, path: PathBuf) -> Option<Finding> {
    if fs_err::symlink_metadata(&path).is_err() {
        return None;
    }
    let says = match is_old(session, &path) {
        true => format!("'{}' is more than an hour old", path.display()),
        false => format!("'{}' is there, and perhaps in use", path.display()),
    };
    let command = format!("if no git is running here: rm {}", word(&path));
    Some(Finding::warning(WHAT, says).by(command))
}

/// A file of ours that nobody needs any more; one that is young may still be in use, and stays.
fn left_behind(session: &Session<'_>, path: PathBuf) -> Finding {
    if is_old(session, &path) {
        let says = format!("'{}' was left by a process that died", path.display());
        return Finding::warning(WHAT, says).fixed_by(Mend::Remove(path));
    }
    let says = format!(
        "'{}' is perhaps in use, or was left a moment ago",
        path.display()
    );
    Finding::warning(WHAT, says).by(format!("if nothing of ours is running: rm {}", word(&path)))
}

/// For a line that is to be pasted.
fn word(path: &Path) -> String {
    shell_word(&path.display().to_string()).into_owned()
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
