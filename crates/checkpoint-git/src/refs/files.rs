//! A transaction on references kept in files: gix locks, compares and renames; we make it durable.
//!
//! The order is what a crash needs: each new value is written to `<ref>.lock` and flushed, *then* renamed over the
//! reference, then the directories are flushed. Renaming first could leave an empty file where a reference was.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gix::actor::Signature;
use gix::lock::acquire::Fail;
use gix::refs::Target;
use gix::refs::transaction::{Change, LogChange, PreviousValue, RefEdit, RefLog};

use super::{Expect, RefChange, RefError, find, full_name};
use crate::Repository;
use crate::faults;
use crate::objects::{SYNC_THREADS, spread};

pub(super) fn transaction(
    repo: &Repository,
    unsynced: &[PathBuf],
    changes: &[RefChange],
    message: &str,
    committer: &Signature,
) -> Result<(), RefError> {
    let edits = changes
        .iter()
        .map(|change| edit(change, message))
        .collect::<Result<Vec<_>, _>>()?;
    // gix finds what stands in the way among the files only, not in packed-refs.
    if let Some(occupied) = occupied(repo, changes) {
        return Err(occupied);
    }
    let failed = |source: std::io::Error| RefError::Failed {
        name: changes[0].name.clone(),
        source: source.into(),
    };
    faults::point("refs::before_lock").map_err(failed)?;
    let new_dirs = missing_dirs(repo, changes);
    let transaction = repo.gix().refs.transaction();
    let wait = lock_wait(repo);
    let prepared = transaction
        .prepare(edits, wait, wait)
        .map_err(|error| explain(repo, changes, error))?;
    faults::point("refs::locked").map_err(failed)?;
    share(repo, changes, &new_dirs).map_err(failed)?;
    for change in changes
        .iter()
        .filter(|change| change.expected == Expect::Missing)
    {
        // gix lets a reference pass that is there already with the very value it shall get, and locks nothing.
        if !lock_path(repo, &change.name).exists() {
            return Err(RefError::Moved {
                name: change.name.clone(),
                actual: change.new,
            });
        }
    }
    let locks = changes.iter().map(|change| lock_path(repo, &change.name));
    flush(locks.chain(unsynced.iter().cloned()).collect()).map_err(failed)?;
    faults::point("refs::before_commit").map_err(failed)?;
    let mut buffer = gix::date::parse::TimeBuf::default();
    prepared
        .commit(committer.to_ref(&mut buffer))
        .map_err(|error| explain(repo, changes, error))?;
    faults::passed("refs::after_commit");
    let parents = new_dirs
        .iter()
        .filter_map(|dir| Some(dir.parent()?.to_owned()));
    let dirs: BTreeSet<_> = changes
        .iter()
        .filter_map(|change| parent(repo, change))
        .chain(parents)
        .collect();
    flush(dirs).map_err(failed)
}

fn edit(change: &RefChange, message: &str) -> Result<RefEdit, RefError> {
    let new = change.new.expect("deletions go through the git program");
    let expected = match change.expected {
        Expect::Missing => PreviousValue::MustNotExist,
        Expect::Is(id) => PreviousValue::MustExistAndMatch(Target::Object(id)),
        Expect::Any => PreviousValue::Any,
    };
    let log = LogChange {
        mode: RefLog::AndReference,
        force_create_reflog: false,
        message: message.into(),
    };
    Ok(RefEdit {
        change: Change::Update {
            log,
            expected,
            new: Target::Object(new),
        },
        name: full_name(&change.name)?,
        deref: true,
    })
}

/// git-config(1) `core.filesRefLockTimeout`: milliseconds, 100 by default, negative to wait for ever.
fn lock_wait(repo: &Repository) -> Fail {
    match repo
        .gix()
        .config_snapshot()
        .integer("core.filesRefLockTimeout")
    {
        Some(0) => Fail::Immediately,
        Some(millis) => Fail::AfterDurationWithBackoff(
            u64::try_from(millis).map_or(Duration::from_secs(24 * 3600), Duration::from_millis),
        ),
        None => Fail::AfterDurationWithBackoff(Duration::from_millis(100)),
    }
}

/// The directories, outermost first, that the changes will bring into being.
fn missing_dirs(repo: &Repository, changes: &[RefChange]) -> BTreeSet<PathBuf> {
    let mut missing = BTreeSet::new();
    for change in changes {
        let mut dir = parent(repo, change);
        while let Some(path) = dir.filter(|path| !path.exists()) {
            dir = path.parent().map(Path::to_owned);
            missing.insert(path);
        }
    }
    missing
}

/// Gives new files and directories the permissions of git-config(1) `core.sharedRepository`, which gix leaves out.
fn share(
    repo: &Repository,
    changes: &[RefChange],
    new_dirs: &BTreeSet<PathBuf>,
) -> std::io::Result<()> {
    let config = repo.gix().config_snapshot();
    let Some(value) = config.string("core.sharedRepository") else {
        return Ok(());
    };
    let parsed =
        gix::config::tree::Core::SHARED_REPOSITORY.try_into_shared_repository(Some(&*value));
    let permissions = parsed.map_err(std::io::Error::other)?;
    let locks = changes
        .iter()
        .map(|change| lock_path(repo, &change.name))
        .filter(|path| path.exists());
    for path in new_dirs.iter().cloned().chain(locks) {
        gix::fs::set_shared_repository_permissions(&path, permissions)?;
    }
    Ok(())
}

/// Waits until all `paths` are on disk, at the same time: the waits overlap, and a journal takes them in one commit.
pub(super) fn flush(paths: BTreeSet<PathBuf>) -> std::io::Result<()> {
    let sync = |path: &PathBuf| match fs_err::File::open(path) {
        Ok(file) => file.sync_all(),
        // A reference that has its new value already is not locked by gix.
        Err(error) if error.kind() == ErrorKind::NotFound && is_lock(path) => Ok(()),
        Err(error) => Err(error),
    };
    let paths: Vec<_> = paths.into_iter().collect();
    spread(&paths, SYNC_THREADS, sync).map(drop)
}

fn is_lock(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "lock")
}

/// Finds the words for a failure of gix, from what it says and from what is there now.
fn explain(repo: &Repository, changes: &[RefChange], error: gix::Error) -> RefError {
    let metadata = error.metadata_merged();
    let named = metadata.get("reference").map(ToString::to_string);
    let change = changes
        .iter()
        .find(|change| Some(&change.name) == named.as_ref());
    if error.is_retryable() {
        let locked = change.or_else(|| {
            changes
                .iter()
                .find(|change| lock_path(repo, &change.name).exists())
        });
        let name = locked.unwrap_or(&changes[0]).name.clone();
        return RefError::Locked {
            lock: lock_path(repo, &name),
            name,
        };
    }
    moved(repo, changes).unwrap_or_else(|| match change {
        Some(change) if error.is_conflict() => RefError::Moved {
            name: change.name.clone(),
            actual: find(repo, &change.name).ok().flatten(),
        },
        _ => RefError::Failed {
            name: change.unwrap_or(&changes[0]).name.clone(),
            source: error.into(),
        },
    })
}

/// The first of `changes` whose expectation does not hold.
pub(super) fn moved(repo: &Repository, changes: &[RefChange]) -> Option<RefError> {
    changes.iter().find_map(|change| {
        let actual = find(repo, &change.name).ok()?;
        let is_moved = !change.expected.allows(actual);
        is_moved.then(|| RefError::Moved {
            name: change.name.clone(),
            actual,
        })
    })
}

/// The first reference to be created that would stand below another, or above one.
pub(super) fn occupied(repo: &Repository, changes: &[RefChange]) -> Option<RefError> {
    let is_new = |change: &&RefChange| change.new.is_some() && change.expected == Expect::Missing;
    changes.iter().filter(is_new).find_map(|change| {
        // `refs` itself is no reference.
        let above = change
            .name
            .match_indices('/')
            .skip(1)
            .map(|(at, _)| &change.name[..at]);
        let above = above
            .into_iter()
            .find(|name| matches!(find(repo, name), Ok(Some(_))));
        let below = || {
            let prefix = format!("{}/", change.name);
            let first = super::names(repo, &prefix).ok()?.into_iter().next()?;
            Some(format!("{prefix}{first}"))
        };
        let other = above.map(str::to_owned).or_else(below)?;
        Some(RefError::Occupied {
            name: change.name.clone(),
            other,
        })
    })
}

pub(super) fn lock_path(repo: &Repository, name: &str) -> PathBuf {
    repo.common_dir().join(format!("{name}.lock"))
}

fn parent(repo: &Repository, change: &RefChange) -> Option<PathBuf> {
    Some(repo.common_dir().join(&change.name).parent()?.to_owned())
}
