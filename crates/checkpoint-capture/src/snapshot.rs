//! The story of a capture: read, walk, write trees; then commit.

use std::path::Path;
use std::sync::atomic::AtomicU64;

use checkpoint_git::objects::ObjectSink;
use checkpoint_git::{Head, Repository};
use checkpoint_model::event::{FileCounts, Upstream};
use checkpoint_model::verdict::{Skipped, Verdict};
use checkpoint_model::words::OperationKind;
use gix::ObjectId;
use gix::actor::Signature;
use gix::bstr::{BStr, ByteSlice};
use gix::index::entry::Flags;
use gix::objs::{Commit, Kind, WriteTo};

use crate::CaptureError;
use crate::aside::set_aside;
use crate::manifest::{hash, manifest, spell};
use crate::operation::Operation;
use crate::request::Request;
use crate::side::{Beside, Side};
use crate::sparse::expand_present;
use crate::tree::{Change, Source};
use crate::walk::{self, Rules, Walk};

/// A state whose content is with the sink, not yet committed: neither durable nor named by any ref.
#[derive(Debug)]
pub struct Captured {
    /// The tree of the working tree.
    pub tree: ObjectId,
    /// The tree of the index, stage 0.
    pub index_tree: ObjectId,
    /// What the two trees do not tell.
    pub side: Option<Side>,
    /// HEAD, as it was.
    pub head: Head,
    /// What the branch of HEAD follows.
    pub upstream: Option<Upstream>,
    /// The operations in progress, outermost first.
    pub operations: Vec<OperationKind>,
    /// How many files there are, and how many differ.
    pub files: FileCounts,
    /// What is not captured, sorted by path.
    pub skipped: Vec<Skipped>,
    /// Whether that is nothing.
    pub verdict: Verdict,
    /// `sha256:` over `git ls-tree -r -z --full-tree` of [`tree`](Self::tree).
    pub manifest: String,
}

/// How often a capture begins again when git changes HEAD or the index meanwhile.
const N_TRIES: usize = 3;

/// Captures the state of the working tree, the index and the operation in progress into `sink`.
///
/// `seen` counts the files looked at, for whoever shows progress. Takes no lock, writes no index, runs no hook; the
/// only thing written is objects, and those are without a name until the caller commits and names them.
pub fn capture(
    repo: &Repository,
    request: &Request,
    sink: &ObjectSink,
    seen: &AtomicU64,
) -> Result<Captured, CaptureError> {
    let work_tree = repo.work_tree().ok_or(CaptureError::Bare)?;
    if let Some(path) = request
        .refused
        .iter()
        .find(|path| is_same_directory(path, work_tree))
    {
        return Err(CaptureError::TooWide { path: path.clone() });
    }
    let mut tries = 1;
    loop {
        let before = moment(repo)?;
        let captured = capture_once(repo, work_tree, request, sink, seen, &before.head)?;
        if tries == N_TRIES || moment(repo)? == before {
            return Ok(captured);
        }
        tries += 1;
    }
}

fn is_same_directory(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// What tells that git was at work meanwhile: HEAD, and which file the index is.
#[derive(PartialEq)]
struct Moment {
    head: Head,
    /// Inode, seconds and nanoseconds.
    index: Option<(u64, i64, i64)>,
}

fn moment(repo: &Repository) -> Result<Moment, CaptureError> {
    use std::os::unix::fs::MetadataExt;
    let index = repo.index_path().metadata().ok();
    Ok(Moment {
        head: repo.head()?,
        index: index.map(|file| (file.ino(), file.mtime(), file.mtime_nsec())),
    })
}

fn capture_once(
    repo: &Repository,
    work_tree: &Path,
    request: &Request,
    sink: &ObjectSink,
    seen: &AtomicU64,
    head: &Head,
) -> Result<Captured, CaptureError> {
    let mut index = repo.read_index()?;
    let operation = Operation::read(repo)?;
    expand_present(repo.gix(), work_tree, &mut index.state)?;
    let rules = Rules::of(repo.gix(), work_tree, &index.state);
    let is_skipped = |entry: &gix::index::Entry| entry.flags.contains(Flags::SKIP_WORKTREE);
    let is_sparse = index.state.entries().iter().any(is_skipped);
    let no_index = gix::index::State::new(repo.gix().object_hash());
    let mut found = walk::run(&Walk {
        repo: repo.clone(),
        work_tree,
        index: &index.state,
        rules_index: if is_sparse { &index.state } else { &no_index },
        sink,
        request,
        rules,
        seen,
    })?;
    let mut changes = std::mem::take(&mut found.changes);
    let aside = set_aside(repo, sink, head.id, &index.state, &mut changes)?;
    let of_files = Source {
        index: &index.state,
        changes: &changes,
        may_lack_objects: repo.caps().promisor,
    };
    let others = || -> Result<(ObjectId, ObjectId, Option<Side>, u64), CaptureError> {
        let (tree, index_tree) = trees(sink, &of_files, &aside.index_changes)?;
        let beside = Beside {
            repo,
            sink,
            index: &index,
            operation: &operation,
            extra: &request.extra,
        };
        let side = beside.collect(aside, &mut found)?;
        Ok((tree, index_tree, side, count_paths(&index.state)))
    };
    let (manifest, others) = beside_manifest(repo, &of_files, others);
    let (tree, index_tree, side, tracked) = others?;
    let manifest = manifest?;
    let verdict = if found.skipped.is_empty() {
        Verdict::Full
    } else {
        Verdict::Partial
    };
    Ok(Captured {
        tree,
        index_tree,
        side,
        head: head.clone(),
        upstream: head.branch().and_then(|branch| upstream(repo, branch)),
        operations: operation.kinds,
        files: FileCounts {
            tracked,
            changed: found.changed,
            untracked: found.untracked,
            bytes: found.bytes,
        },
        skipped: found.skipped,
        verdict,
        manifest,
    })
}

/// What `branch`, without `refs/heads/`, follows; none where the configuration says nothing or several things.
fn upstream(repo: &Repository, branch: &BStr) -> Option<Upstream> {
    let config = repo.gix().config_snapshot();
    let only = |key| match config.strings_by("branch", branch, key)?.as_slice() {
        [one] => one.to_str().ok().map(ToOwned::to_owned),
        _ => None,
    };
    let (remote, merge) = (only("remote")?, only("merge")?);
    Some(Upstream { remote, merge })
}

/// Writes the trees of the working tree and of the index.
fn trees(
    sink: &ObjectSink,
    of_files: &Source<'_>,
    index_changes: &[Change],
) -> Result<(ObjectId, ObjectId), CaptureError> {
    let of_index = Source {
        changes: index_changes,
        ..*of_files
    };
    let index_tree = of_index.write(sink)?;
    let tree = match of_files.changes == index_changes {
        true => index_tree,
        false => of_files.write(sink)?,
    };
    Ok((tree, index_tree))
}

/// Takes the fingerprint of the files while this thread does the `others`.
fn beside_manifest<T>(
    repo: &Repository,
    of_files: &Source<'_>,
    others: impl FnOnce() -> T,
) -> (Result<String, CaptureError>, T) {
    if of_files.index.entries().len() < 2_000 {
        let others = others();
        return (manifest(repo.gix(), of_files), others);
    }
    let gix = repo.gix().clone();
    std::thread::scope(|scope| {
        let (send, received) = std::sync::mpsc::sync_channel(64);
        let spelled = scope.spawn(move || {
            let gix = gix;
            spell(&gix, of_files, |lines| drop(send.send(lines)))
        });
        let others = others();
        let manifest = hash(received);
        match spelled.join() {
            Ok(spelled) => (spelled.map(|()| manifest), others),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// How many paths the index has; a sparse directory is none, a conflict is one.
fn count_paths(index: &gix::index::State) -> u64 {
    let mut last = None;
    let mut count = 0;
    for entry in index
        .entries()
        .iter()
        .filter(|entry| !entry.mode.is_sparse())
    {
        if entry.stage_raw() == 0 || last != Some(entry.path(index)) {
            count += 1;
        }
        last = Some(entry.path(index));
    }
    count
}

impl Captured {
    /// Commits the state into `sink`: the side if there is one, the index on it, the working tree on that; gives the
    /// snapshot, the last of them. `git stash apply --index` accepts it.
    pub fn commit(
        &self,
        sink: &ObjectSink,
        by: &Signature,
        message: &str,
    ) -> Result<ObjectId, CaptureError> {
        let commit =
            |tree, parents: Vec<ObjectId>, message: &str| -> Result<ObjectId, CaptureError> {
                let commit = Commit {
                    tree,
                    parents: parents.into(),
                    author: by.clone(),
                    committer: by.clone(),
                    encoding: None,
                    message: message.into(),
                    extra_headers: Vec::new(),
                };
                let mut bytes = Vec::with_capacity(512);
                commit
                    .write_to(&mut bytes)
                    .expect("writing to memory cannot fail, and names without line ends are valid");
                Ok(sink.write(Kind::Commit, bytes)?)
            };
        let head = self.head.id;
        let side = match &self.side {
            Some(side) => Some(commit(
                side.tree,
                side.parents.clone(),
                "state beside the index\n",
            )?),
            None => None,
        };
        let index = commit(
            self.index_tree,
            head.into_iter().chain(side).collect(),
            "index\n",
        )?;
        commit(
            self.tree,
            head.into_iter().chain([index]).collect(),
            message,
        )
    }
}
