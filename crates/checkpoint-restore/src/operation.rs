//! Putting the operation in progress back: the files by which git remembers it, no more and no fewer.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use checkpoint_git::Repository;
use checkpoint_git::paths::as_path;
use checkpoint_model::path::TreePath;
use checkpoint_model::restore::OperationMove;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::objs::Kind;

use crate::RestoreError;
use crate::faults;
use crate::state::{Objects, State, ancestors, is_safe};

/// Where files of the git directory are written before they are renamed: not beside their places, where git would take
/// them for a part of the operation.
pub(crate) const TEMPORARY: &str = "restore.operation";
/// Goes along with operations, but may be there without any, and then nobody has read it: it is never removed.
const COMPANION: &str = "ORIG_HEAD";

/// What becomes of the operation in progress; none when its files are as they shall be.
pub(crate) fn plan(now: &State, then: &State) -> Option<OperationMove> {
    let is_told = |path: &BString| then.side.git_dir.contains_key(path) || path != COMPANION;
    let told = now.side.git_dir.iter().filter(|(path, _)| is_told(path));
    let is_same = told.eq(then.side.git_dir.iter());
    (!is_same).then(|| OperationMove {
        now: now.operations.clone(),
        then: then.operations.clone(),
    })
}

/// Whether every path is one that git keeps an operation in: a snapshot may be made by hand.
pub(crate) fn check(then: &State) -> Result<(), RestoreError> {
    let is_known =
        |path: &BString| is_safe(path) && checkpoint_capture::is_operation_file(path.as_bstr());
    match then.side.git_dir.keys().find(|path| !is_known(path)) {
        Some(path) => Err(RestoreError::UnsafePath {
            path: TreePath::new(path.clone()),
        }),
        None => Ok(()),
    }
}

/// Writes the files of `then` and removes those of `now` that it does not have.
pub(crate) fn apply(
    repo: &Repository,
    objects: &Objects<'_>,
    now: &State,
    then: &State,
    scratch: &Path,
) -> Result<(), RestoreError> {
    let refs = RefFiles { repo };
    let gone = now
        .side
        .git_dir
        .keys()
        .filter(|path| !then.side.git_dir.contains_key(*path) && *path != COMPANION);
    let mut directories = BTreeSet::new();
    for path in gone {
        match refs.is_ref(path.as_bstr()) {
            true => refs.delete(path)?,
            false => remove(repo, path, &mut directories)?,
        }
    }
    // The deepest first; one that has anything else in it stays.
    for directory in directories.iter().rev() {
        drop(std::fs::remove_dir(
            repo.git_dir().join(as_path(directory.as_bstr())),
        ));
    }
    for (path, entry) in &then.side.git_dir {
        if now.side.git_dir.get(path) != Some(entry) {
            let content = objects.read(entry.id, Kind::Blob)?;
            match refs.is_ref(path.as_bstr()) {
                true => refs.set(path, &content)?,
                false => {
                    let place = repo.git_dir().join(as_path(path.as_bstr()));
                    write(&place, &content, &scratch.join(TEMPORARY))?;
                }
            }
        }
    }
    sync_above(
        repo,
        now.side.git_dir.keys().chain(then.side.git_dir.keys()),
    );
    Ok(())
}

fn remove(
    repo: &Repository,
    path: &BString,
    directories: &mut BTreeSet<BString>,
) -> Result<(), RestoreError> {
    let file = repo.git_dir().join(as_path(path.as_bstr()));
    let failed = |source: std::io::Error| RestoreError::GitDir {
        path: file.clone(),
        source,
    };
    faults::point("operation::before_remove").map_err(failed)?;
    match fs_err::remove_file(&file) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(failed(source)),
        _ => faults::passed("operation::after_remove"),
    }
    directories.extend(ancestors(path).map(BString::from));
    Ok(())
}

/// Replaces a file of the git directory in one step.
fn write(path: &Path, content: &[u8], beside: &Path) -> Result<(), RestoreError> {
    let failed = |source| RestoreError::GitDir {
        path: path.to_owned(),
        source,
    };
    if let Some(directory) = path.parent() {
        fs_err::create_dir_all(directory).map_err(failed)?;
    }
    faults::point("operation::before_write").map_err(failed)?;
    write_durably(beside, content).map_err(failed)?;
    faults::point("operation::before_rename").map_err(failed)?;
    fs_err::rename(beside, path).map_err(failed)?;
    faults::passed("operation::after_rename");
    Ok(())
}

fn write_durably(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = fs_err::File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Waits until the names in the directories of these files of the git directory are on the disk.
fn sync_above<'p>(repo: &Repository, paths: impl Iterator<Item = &'p BString>) {
    let mut above: BTreeSet<&[u8]> = paths.flat_map(|path| ancestors(path)).collect();
    above.insert(b"");
    for directory in above {
        // One that went with the last file in it has no names.
        if let Ok(directory) = fs_err::File::open(repo.git_dir().join(as_path(directory.as_bstr())))
        {
            drop(directory.sync_all());
        }
    }
}

/// Those files that are references: `refs/bisect/…`, and where references are kept in reftable, also `MERGE_HEAD` and
/// its like. They are moved as references.
struct RefFiles<'r> {
    repo: &'r Repository,
}

impl RefFiles<'_> {
    fn is_ref(&self, path: &BStr) -> bool {
        path.starts_with(b"refs/")
            || self.repo.caps().reftable && checkpoint_capture::is_root_ref(path)
    }

    fn set(&self, path: &BString, content: &[u8]) -> Result<(), RestoreError> {
        let (name, id) = (path.to_string(), content.trim().to_str_lossy().into_owned());
        self.repo
            .git(["update-ref", "--no-deref", &name, &id])
            .output()?;
        Ok(())
    }

    fn delete(&self, path: &BString) -> Result<(), RestoreError> {
        self.repo
            .git(["update-ref", "--no-deref", "-d", &path.to_string()])
            .output()?;
        Ok(())
    }
}
