//! What a state holds though git would never commit it: the bytes that a filter takes out, and changes that are hidden
//! from git.

use checkpoint_git::Repository;
use checkpoint_store::{StoreError, Stored, private};
use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::{ObjectId, index::entry::Flags};

use crate::ShareError;

/// Fails with [`ShareError::Hidden`] where the state of `stored` holds such a thing.
pub(crate) fn refuse(repo: &Repository, stored: &Stored) -> Result<(), ShareError> {
    let commits = private::commits_of(repo, stored.snapshot)?;
    let Some((index, beside)) = commits.get(1).zip(commits.get(2..)) else {
        return Ok(());
    };
    for side in beside {
        for (path, raw) in files(repo, *side, "raw/")? {
            let path = path[b"raw/".len()..].as_bstr();
            let kept = at(repo, stored.snapshot, path)?;
            if !kept.is_some_and(|kept| is_same_text(repo, raw, kept)) {
                return Err(refusal(stored, path, Hidden::Filtered));
            }
        }
        for (_, file) in files(repo, *side, "index")? {
            for path in unlooked(repo, file)? {
                let path = path.as_bstr();
                if at(repo, stored.snapshot, path)? != at(repo, *index, path)? {
                    return Err(refusal(stored, path, Hidden::Unlooked));
                }
            }
        }
    }
    Ok(())
}

/// Why git would not commit it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// Its filter takes something out, or puts something else in its place.
    Filtered,
    /// git is told not to look at the file.
    Unlooked,
}

impl Hidden {
    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::Filtered => "its filter lets only a part of it into a commit",
            Self::Unlooked => {
                "its changes are hidden from git, by skip-worktree or assume-unchanged"
            }
        }
    }

    pub(crate) fn way(self, path: &str) -> String {
        let path = checkpoint_model::shell::word(path);
        match self {
            Self::Filtered => format!("see its filter: git check-attr --all -- {path}"),
            Self::Unlooked => format!(
                "if others may see them:\n  git update-index --no-skip-worktree --no-assume-unchanged -- {path}\n  git checkpoint create\n  git checkpoint push latest --with-state"
            ),
        }
    }
}

fn refusal(stored: &Stored, path: &BStr, hidden: Hidden) -> ShareError {
    ShareError::Hidden {
        id: stored.checkpoint.id,
        path: path.to_string(),
        hidden,
    }
}

/// The files of a commit below a path, or the one that has it.
fn files(
    repo: &Repository,
    commit: ObjectId,
    path: &str,
) -> Result<Vec<(BString, ObjectId)>, ShareError> {
    let commit = commit.to_string();
    let words = ["ls-tree", "-r", "-z", "--full-tree", &commit, "--", path];
    let list = repo.git(words).output()?;
    let entries = list.split_str(b"\0").filter_map(|line| {
        let (head, path) = line.split_once_str("\t")?;
        let id = ObjectId::from_hex(head.rsplit_str(" ").next()?).ok()?;
        Some((BString::from(path), id))
    });
    Ok(entries.collect())
}

/// What a commit has at a path.
fn at(repo: &Repository, commit: ObjectId, path: &BStr) -> Result<Option<ObjectId>, ShareError> {
    let found = repo.gix().find_commit(commit);
    let found = found.map_err(|source| StoreError::unreadable(commit, source))?;
    let tree = found
        .tree()
        .map_err(|source| StoreError::unreadable(commit, source))?;
    let entry = tree.lookup_entry(path.split_str("/"));
    let entry = entry.map_err(|source| StoreError::unreadable(commit, source))?;
    Ok(entry.map(|entry| entry.object_id()))
}

/// Whether they differ by their line ends at most: those are no secret.
fn is_same_text(repo: &Repository, one: ObjectId, other: ObjectId) -> bool {
    let text = |id: ObjectId| {
        let mut data = repo.gix().find_object(id).ok()?.detach().data;
        data.retain(|byte| *byte != b'\r');
        Some(data)
    };
    one == other || text(one).is_some_and(|one| text(other) == Some(one))
}

/// The files that git is told not to look at, by an index that was kept as it is.
fn unlooked(repo: &Repository, index: ObjectId) -> Result<Vec<BString>, ShareError> {
    let object = repo.gix().find_object(index);
    let object = object.map_err(|source| StoreError::unreadable(index, source))?;
    let (state, _) = gix::index::State::from_bytes(
        &object.data,
        filetime::FileTime::zero(),
        repo.gix().object_hash(),
        gix::index::decode::Options::default(),
    )
    .map_err(|source| StoreError::unreadable(index, source))?;
    let flags = Flags::SKIP_WORKTREE | Flags::ASSUME_VALID;
    let entries = state.entries().iter();
    let unlooked = entries.filter(|entry| entry.flags.intersects(flags));
    Ok(unlooked
        .map(|entry| entry.path(&state).to_owned())
        .collect())
}
