//! `--commit`: commits everything on the branch, all or nothing.

use std::{
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, SystemTime},
};

use bstr::{BString, ByteSlice as _};
use checkpoint_capture::Untracked;
use checkpoint_cli::{Failure, Kind, Session, SessionError};
use checkpoint_git::{
    Program,
    refs::{self, RefError},
};
use checkpoint_model::{name::CheckpointName, policy::Capture, words::OperationKind};
use checkpoint_store::{StoreError, tag};
use gix::{
    ObjectId,
    lock::{Marker, acquire::Fail},
};
use miette::Diagnostic;
use thiserror::Error;

use crate::{Wish, WorkError, create::refuse_nested};

/// Why nothing was committed. Unless the variant says otherwise, HEAD, the index and all refs are as they were.
#[derive(Debug, Error, Diagnostic)]
pub enum CommitError {
    /// An operation is in progress: to commit everything would end it as it stands.
    #[error("cannot commit in the middle of a {operation}")]
    #[diagnostic(code(checkpoint::commit_in_operation), help("git checkpoint create"))]
    InOperation {
        /// The operation.
        operation: OperationKind,
    },
    /// Files have conflicts: to commit everything would take them for decided.
    #[error("cannot commit: files have conflicts")]
    #[diagnostic(code(checkpoint::commit_conflicts), help("git checkpoint create"))]
    Conflicts,
    /// HEAD is detached: the commit would be on no branch.
    #[error("cannot commit: HEAD is detached")]
    #[diagnostic(code(checkpoint::commit_detached), help("git switch -c <branch>"))]
    Detached,
    /// There are no files to commit.
    #[error("this operation must be run in a work tree")]
    #[diagnostic(code(checkpoint::commit_bare))]
    Bare,
    /// Somebody else is at the index.
    #[error("cannot lock the index '{}'", path.display())]
    #[diagnostic(code(checkpoint::index_locked))]
    Locked {
        /// The index.
        path: PathBuf,
        /// What gix said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A hook said no, or `git commit` could not do it; it has said why.
    #[error("git commit refused{}", code.map(|code| format!(" with exit status {code}")).unwrap_or_default())]
    #[diagnostic(code(checkpoint::commit_refused))]
    Refused {
        /// Its exit status; none when a signal ended it.
        code: Option<i32>,
    },
    /// Another process has written the index while hooks ran. The commit stands; the index is the other's.
    #[error(
        "committed, but another process has changed the index meanwhile; no checkpoint was made"
    )]
    #[diagnostic(code(checkpoint::index_moved), help("git status"))]
    IndexMoved,
    /// A copy of the index could not be made, or the new one not be put in place.
    #[error("cannot write the index '{}'", path.display())]
    #[diagnostic(code(checkpoint::index_unwritten))]
    Index {
        /// The index, or the copy.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Failure for CommitError {
    fn kind(&self) -> Kind {
        match self {
            Self::Bare | Self::IndexMoved | Self::Index { .. } => Kind::Fatal,
            _ => Kind::Refused,
        }
    }
}

/// Commits everything that the checkpoint would hold through `git commit`, with its hooks; none when there is nothing
/// to commit.
///
/// As `git commit -a` does, it works on a copy of the index and puts it in place when the commit was made: a refusal
/// leaves the index as it was, to the byte.
pub(crate) fn everything(
    session: &Session<'_>,
    wish: &Wish,
    policy: &Capture,
) -> Result<Option<ObjectId>, WorkError> {
    refuse_unsafe(session)?;
    if let Some(name) = &wish.name {
        refuse_occupied(session, name)?;
    }
    let index = session.repo.index_path();
    let copy = Copy::of(index)?;
    stage(session, wish, policy, &copy)?;
    if has_nothing(session, &copy)? {
        return Ok(None);
    }
    commit(session, wish, &copy)?;
    copy.replace(index)?;
    Ok(session.repo.head()?.id)
}

fn refuse_unsafe(session: &Session<'_>) -> Result<(), WorkError> {
    if session.repo.work_tree().is_none() {
        return Err(CommitError::Bare.into());
    }
    if let Some(&operation) = checkpoint_capture::operations(&session.repo)?.first() {
        return Err(CommitError::InOperation { operation }.into());
    }
    if session.repo.head()?.reference.is_none() {
        return Err(CommitError::Detached.into());
    }
    // A stash or a checkout with --merge leaves conflicts without an operation.
    let unmerged = session.repo.git(["ls-files", "--unmerged"]).output()?;
    match unmerged.is_empty() {
        true => Ok(()),
        false => Err(CommitError::Conflicts.into()),
    }
}

/// A name that would be the folder of another, or lie below one, would be refused when the commit is made already.
fn refuse_occupied(session: &Session<'_>, name: &CheckpointName) -> Result<(), WorkError> {
    let repo = &session.repo;
    let wanted = tag::ref_name(repo, name);
    let folder = format!("{wanted}/");
    let below = refs::names(repo, &folder).map_err(StoreError::from)?;
    let below = below.first().map(|first| format!("{folder}{first}"));
    let above = || -> Result<Option<String>, StoreError> {
        for (slash, _) in name.as_str().match_indices('/') {
            let Ok(part) = name.as_str()[..slash].parse() else {
                continue;
            };
            if tag::find(repo, &part)?.is_some() {
                return Ok(Some(tag::ref_name(repo, &part)));
            }
        }
        Ok(None)
    };
    match below.map_or_else(above, |below| Ok(Some(below)))? {
        None => Ok(()),
        Some(other) => Err(StoreError::from(RefError::Occupied {
            name: wanted,
            other,
        })
        .into()),
    }
}

/// Adds to the copy what the checkpoint would hold: all tracked files, and the untracked ones that are captured.
fn stage(
    session: &Session<'_>,
    wish: &Wish,
    policy: &Capture,
    copy: &Copy,
) -> Result<(), WorkError> {
    let repo = &session.repo;
    copy.used_by(repo.git(["add", "--update", "--", ":/"]))
        .output()?;
    if wish.additions.untracked == Untracked::LeftOut {
        return Ok(());
    }
    let words = ["ls-files", "--others", "--exclude-standard", "-z"];
    let untracked = copy.used_by(repo.git(words)).output()?;
    let exclude = policy
        .exclude
        .with(wish.additions.exclude.iter().map(String::as_str))
        .map_err(SessionError::from)?;
    let mut wanted = BString::default();
    for path in untracked.split_str(b"\0").filter(|path| !path.is_empty()) {
        if path.ends_with(b"/") {
            // The content of a repository inside this one is not ours; git would record a commit of it.
            refuse_nested(policy, &path.as_bstr().to_owned().into())?;
        } else if !exclude.is_match(path.as_bstr()) && !is_too_large(session, path, policy) {
            wanted.extend_from_slice(path);
            wanted.push(0);
        }
    }
    if !wanted.is_empty() {
        let words = [
            "--literal-pathspecs",
            "add",
            "--pathspec-from-file=-",
            "--pathspec-file-nul",
        ];
        copy.used_by(repo.git(words)).output_of(&wanted)?;
    }
    Ok(())
}

fn is_too_large(session: &Session<'_>, path: &[u8], policy: &Capture) -> bool {
    let top = session.repo.work_tree().unwrap_or(session.repo.git_dir());
    let file = top.join(path.to_path_lossy());
    // What cannot be looked at is for git to explain.
    fs_err::symlink_metadata(file).is_ok_and(|file| file.len() > policy.max_file_size.bytes())
}

fn has_nothing(session: &Session<'_>, copy: &Copy) -> Result<bool, WorkError> {
    let committed = session.repo.head()?.id;
    let empty = || ObjectId::empty_tree(session.repo.gix().object_hash());
    let committed = committed.unwrap_or_else(empty).to_string();
    let words = ["diff-index", "--cached", "--quiet", &committed, "--"];
    let same = copy.used_by(session.repo.git(words)).answer()?;
    Ok(same.is_some())
}

fn commit(session: &Session<'_>, wish: &Wish, copy: &Copy) -> Result<(), WorkError> {
    let message = match (&wish.description, &wish.name) {
        (description, _) if !description.is_empty() => description.clone(),
        (_, Some(name)) => format!("checkpoint: {name}"),
        (_, None) => "checkpoint".to_owned(),
    };
    let words = ["commit", "--quiet", "--message", &message];
    let mut command = copy.used_by(session.repo.git(words)).into_command();
    // What hooks have to say, they say to the person.
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status();
    let status = status.map_err(|source| checkpoint_git::ProgramError::NotRun {
        what: "git commit".to_owned(),
        source,
    })?;
    match status.success() {
        true => Ok(()),
        false => Err(CommitError::Refused {
            code: status.code(),
        }
        .into()),
    }
}

/// A copy of the index beside it, removed when it is dropped.
struct Copy {
    path: PathBuf,
    /// The index that was copied; none in a repository in which nothing was ever added.
    of: Option<Stamp>,
}

/// What tells one writing of a file from the next.
type Stamp = (u64, u64, SystemTime);

impl Copy {
    fn of(index: &Path) -> Result<Self, CommitError> {
        let _lock = lock(index, Fail::Immediately)?;
        let mut path = index.as_os_str().to_owned();
        path.push(format!(".checkpoint-{}", std::process::id()));
        let path = PathBuf::from(path);
        let unwritten = |source| CommitError::Index {
            path: path.clone(),
            source,
        };
        let of = stamp(index).map_err(unwritten)?;
        if let Some((.., written)) = of {
            let copy = || {
                fs_err::copy(index, &path)?;
                let file = fs_err::OpenOptions::new().write(true).open(&path)?;
                // By its time git tells which files may have changed in the moment after the index was written.
                file.file().set_modified(written)
            };
            copy().map_err(unwritten)?;
        }
        Ok(Self { path, of })
    }

    fn used_by(&self, program: Program) -> Program {
        program.env("GIT_INDEX_FILE", &self.path)
    }

    /// Puts it in the place of the index. The lock was not held while hooks ran: a kill would have left it behind.
    fn replace(self, index: &Path) -> Result<(), CommitError> {
        let _lock = lock(
            index,
            Fail::AfterDurationWithBackoff(Duration::from_secs(1)),
        )?;
        let unwritten = |source| CommitError::Index {
            path: index.to_owned(),
            source,
        };
        match stamp(index).map_err(unwritten)? == self.of {
            true => fs_err::rename(&self.path, index).map_err(unwritten),
            false => Err(CommitError::IndexMoved),
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let _gone = fs_err::remove_file(&self.path);
    }
}

fn lock(index: &Path, wait: Fail) -> Result<Marker, CommitError> {
    Marker::acquire_to_hold_resource(index, wait, None, 0).map_err(|source| CommitError::Locked {
        path: index.to_owned(),
        source: source.into(),
    })
}

fn stamp(file: &Path) -> std::io::Result<Option<Stamp>> {
    match fs_err::metadata(file) {
        Ok(metadata) => Ok(Some((metadata.ino(), metadata.len(), metadata.modified()?))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
