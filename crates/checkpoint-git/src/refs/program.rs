//! A transaction by `git update-ref --stdin`.

use std::fmt::Write as _;

use gix::actor::Signature;
use gix::bstr::ByteSlice;

use super::files::{lock_path, moved, occupied};
use super::{Expect, RefChange, RefError};
use crate::Repository;
use crate::program::ProgramError;

pub(super) fn transaction(
    repo: &Repository,
    changes: &[RefChange],
    message: &str,
    committer: &Signature,
) -> Result<(), RefError> {
    let program = repo
        // References are flushed by default from git 2.36 on; said here, because a user may have turned it off.
        .git([
            "-c",
            "core.fsync=reference",
            "update-ref",
            "-m",
            message,
            "--stdin",
        ])
        .env("GIT_COMMITTER_NAME", committer.name.to_str_lossy().as_ref())
        .env(
            "GIT_COMMITTER_EMAIL",
            committer.email.to_str_lossy().as_ref(),
        )
        .env(
            "GIT_COMMITTER_DATE",
            format!(
                "@{} {}",
                committer.time.seconds,
                offset(committer.time.offset)
            ),
        )
        // The words of a failure are read below.
        .env("LC_ALL", "C");
    let result = program.output_of(script(repo, changes).as_bytes());
    result
        .map(drop)
        .map_err(|error| explain(repo, changes, error))
}

/// git-update-ref(1): the commands of one transaction. Names were checked to be valid, so none holds a space.
fn script(repo: &Repository, changes: &[RefChange]) -> String {
    let mut script = String::from("start\n");
    let null = repo.gix().object_hash().null();
    for RefChange {
        name,
        expected,
        new,
    } in changes
    {
        let line = match (expected, new) {
            (Expect::Missing, Some(new)) => writeln!(script, "create {name} {new}"),
            (Expect::Is(old), Some(new)) => writeln!(script, "update {name} {new} {old}"),
            (Expect::Any, Some(new)) => writeln!(script, "update {name} {new}"),
            (Expect::Is(old), None) => writeln!(script, "delete {name} {old}"),
            (Expect::Any, None) => writeln!(script, "delete {name}"),
            (Expect::Missing, None) => writeln!(script, "verify {name} {null}"),
        };
        line.expect("writing to a string does not fail");
    }
    script.push_str("prepare\ncommit\n");
    script
}

/// `+hhmm`, from seconds east of UTC.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

/// Finds the words for a failure of git: from what is there now, and where that has passed meanwhile, from its own.
fn explain(repo: &Repository, changes: &[RefChange], error: ProgramError) -> RefError {
    let ProgramError::Failed { stderr, .. } = &error else {
        return error.into();
    };
    let named = changes
        .iter()
        .find(|change| stderr.contains(&format!("'{}'", change.name)))
        .unwrap_or(&changes[0]);
    if stderr.contains(".lock': File exists") {
        let is_packed = stderr.contains("packed-refs.lock");
        let lock = if is_packed {
            repo.common_dir().join("packed-refs.lock")
        } else {
            lock_path(repo, &named.name)
        };
        return RefError::Locked {
            name: named.name.clone(),
            lock,
        };
    }
    if let Some(found) = moved(repo, changes).or_else(|| occupied(repo, changes)) {
        return found;
    }
    let has_moved = [
        "but expected",
        "already exists",
        "unable to resolve reference",
        "is missing",
    ];
    // reftable has one lock for all references.
    if stderr.contains("cannot lock references") {
        return RefError::Locked {
            name: named.name.clone(),
            lock: repo.common_dir().join("reftable/tables.list.lock"),
        };
    }
    match has_moved.iter().any(|words| stderr.contains(words)) {
        true => RefError::Moved {
            name: named.name.clone(),
            actual: None,
        },
        false => error.into(),
    }
}
