//! The first half of a restore, in which nothing is touched: resolve, verify, look at the present, plan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;

use checkpoint_capture::{Captured, Patterns, Request, Untracked, capture, look_closely};
use checkpoint_git::objects::ObjectSink;
use checkpoint_git::{Head, Repository};
use checkpoint_model::path::TreePath;
use checkpoint_model::policy::Policy;
use checkpoint_model::restore::{
    self, Action, BranchMove, Difference, FileKind, HeadPosition, Leaf, OperationMove, Plan,
    Rollback, Scope, Unseen,
};
use checkpoint_model::verdict::Skipped;
use checkpoint_store::load::{Place, Stored};
use gix::bstr::{BStr, BString, ByteSlice};
use gix::objs::tree::EntryKind;

use crate::state::{Objects, State, is_safe};
use crate::steps::is_same_content;
use crate::{
    RestoreError, complete, difference, files, head, index, operation, reshape, rollback, spare,
    unseen,
};

/// What is asked of a restore.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How much is put back; without a word, everything where HEAD has not moved, and nothing where it has.
    pub scope: Option<Scope>,
    /// With [`Scope::Paths`], which: files and directories from the top of the working tree, and patterns.
    pub paths: Vec<BString>,
    /// What may be lost for good.
    pub discard: Vec<TreePath>,
    /// What the restore counts as.
    pub action: Action,
    /// A branch that the restore to be taken back has moved beside HEAD's own: it goes back as well.
    pub branch: Option<BranchMove>,
    /// Files that the restore to be taken back has made where git ignores them: those that are still so go as well.
    pub unseen: Vec<Unseen>,
}

/// What a restore goes back to.
#[derive(Debug, Clone)]
pub(crate) enum Goal {
    /// A checkpoint.
    Checkpoint(Box<Stored>),
    /// A commit before HEAD.
    Commit(Rollback),
}

impl Goal {
    /// Names it, in a sentence.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Checkpoint(target) => format!("checkpoint {}", target.checkpoint.id),
            Self::Commit(rollback) => format!("commit {:.7}", rollback.to),
        }
    }

    /// Names it, in a reflog.
    pub(crate) fn named(&self) -> String {
        match self {
            Self::Checkpoint(target) => target.checkpoint.id.to_string(),
            Self::Commit(rollback) => format!("back to {:.7}", rollback.to),
        }
    }

    /// What to type so that the branch stays where it is.
    pub(crate) fn without_moving(&self) -> String {
        match self {
            Self::Checkpoint(target) => {
                let word = word(target);
                let files = format!("git safe-restore {word} --files");
                let new = format!("git switch -c <new-branch> && git safe-restore {word} --mixed");
                let width = new.len();
                format!(
                    "{files:width$}    (the files only; the branch stays)\n{new}    (a new branch goes there)"
                )
            }
            Self::Commit(rollback) => format!(
                "git switch -c <new-branch> && git safe-restore --rollback {}    (a new branch goes there)",
                rollback.commits
            ),
        }
    }
}

/// What one types for a checkpoint: its name, where no shell would read it otherwise, or else its id.
fn word(target: &Stored) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let name = target.checkpoint.name.as_ref().map(ToString::to_string);
    name.filter(|name| name.chars().all(is_plain))
        .unwrap_or_else(|| target.checkpoint.id.to_string())
}

/// A restore that is planned and not yet done.
pub struct Restore<'r> {
    pub(crate) repo: &'r Repository,
    pub(crate) goal: Goal,
    pub(crate) asked: Asked,
    pub(crate) request: Request,
    pub(crate) policy: Policy,
    pub(crate) sink: ObjectSink,
    pub(crate) captured: Captured,
    /// The index file as it was just before the present was captured; none where there was none.
    pub(crate) index_seen: Option<Vec<u8>>,
    pub(crate) now: State,
    pub(crate) then: State,
    pub(crate) plan: Plan,
    /// Where a process that died has been at work already; none where nobody can tell.
    pub(crate) begun: Option<Vec<BString>>,
    /// The files that the plan makes where git ignores them.
    pub(crate) unseen: Vec<Unseen>,
}

impl<'r> Restore<'r> {
    /// Reads the target, captures the present without naming it, and plans. Touches nothing.
    pub fn prepare(
        repo: &'r Repository,
        target: &Stored,
        asked: &Asked,
        request: &Request,
        policy: &Policy,
        seen: &AtomicU64,
    ) -> Result<Self, RestoreError> {
        Self::prepare_after(repo, None, target, asked, request, policy, seen)
    }

    /// As [`prepare`](Self::prepare), after a restore that was stopped halfway between `target` and `other`: what
    /// neither of the two holds was made since, or is seen since because less is ignored, and stays.
    pub(crate) fn prepare_after(
        repo: &'r Repository,
        other: Option<&Stored>,
        target: &Stored,
        asked: &Asked,
        request: &Request,
        policy: &Policy,
        seen: &AtomicU64,
    ) -> Result<Self, RestoreError> {
        if target.place != Place::Here {
            return Err(RestoreError::StateMissing {
                id: target.checkpoint.id,
            });
        }
        // Index and references go back through the git program: what it cannot open is not begun.
        repo.git(["rev-parse", "--git-dir"]).output()?;
        let sink = ObjectSink::new(repo.gix())?;
        let mut then = State::of_stored(repo, target, &Objects { sink: &sink })?;
        let other = other.map(|other| State::of_stored(repo, other, &Objects { sink: &sink }));
        let other = other.transpose()?.map(|other| other.tree);
        if asked.action == Action::Abort {
            then.restored = other;
        }
        operation::check(&then)?;
        then.made_since = unseen::by_path(&asked.unseen);
        // What the target holds of ignored files can only be compared where it is looked at; and so can those that were
        // made since.
        let made_since = unseen::present(repo, &then);
        let looked_at = then.side.ignored.keys().chain(made_since);
        let request = including(&everything(request), looked_at);
        let present = Present::capture(repo, &request, seen)?;
        let scope = scope(target, asked, &present.now, &then)?;
        let look = |present: &Present| {
            let mut differences = present.differences(&then, scope, &asked.paths)?;
            spare::foreign(&present.objects(), &then, other, &mut differences)?;
            Ok(differences)
        };
        let Uncovered {
            present,
            request,
            differences,
            ..
        } = present.uncovered(repo, request, seen, look)?;
        let rest = present.rest(&then, scope)?;
        let plan = present.plan(repo, &then, scope, differences, rest, asked)?;
        complete::require(repo, &present.objects(), &plan, &present.now, &then)?;
        let goal = Goal::Checkpoint(Box::new(target.clone()));
        let asked = Asked {
            scope: Some(scope),
            ..asked.clone()
        };
        present.into_restore(repo, goal, asked, (request, policy), then, plan)
    }

    /// The same, begun by a process that died somewhere between its target and `other`; none where that is no checkpoint.
    pub(crate) fn after(mut self, other: Option<&Stored>) -> Result<Self, RestoreError> {
        let objects = Objects { sink: &self.sink };
        let other = other.map(|other| State::of_stored(self.repo, other, &objects));
        let files = other
            .transpose()?
            .map(|other| difference::files(&objects, &other, &self.then));
        let paths = |files: Vec<Difference>| {
            let paths = files.iter().map(|file| file.path.as_bstr().to_owned());
            paths.collect()
        };
        self.begun = files.transpose()?.map(paths);
        Ok(self)
    }

    /// What would be done.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What it counts as.
    pub fn action(&self) -> Action {
        self.asked.action
    }
}

/// The request of a backup: whatever a policy leaves out of checkpoints, a restore must not lose.
pub(crate) fn everything(request: &Request) -> Request {
    Request {
        exclude: Patterns::default(),
        untracked: Untracked::Captured,
        ..request.clone()
    }
}

/// `request`, with these very paths included though they are ignored.
pub(crate) fn including<'p>(
    request: &Request,
    paths: impl IntoIterator<Item = &'p BString>,
) -> Request {
    let paths = paths.into_iter().map(|path| path.as_bstr());
    let include = request.include.with_paths(paths);
    Request {
        include,
        ..request.clone()
    }
}

/// How much is put back: as asked, or everything as long as nothing has to be guessed.
fn scope(target: &Stored, asked: &Asked, now: &State, then: &State) -> Result<Scope, RestoreError> {
    match asked.scope {
        Some(scope) => Ok(scope),
        None if !asked.paths.is_empty() => Ok(Scope::Paths),
        None if now.head == then.head => Ok(Scope::Exact),
        None => Err(RestoreError::HeadMoved {
            checkpoint: word(target),
            then: told(&head::position(&then.head)),
            now: told(&head::position(&now.head)),
        }),
    }
}

fn told(position: &HeadPosition) -> String {
    let short = |id: &String| id.chars().take(7).collect::<String>();
    let commit = position
        .id
        .as_ref()
        .map_or_else(|| "no commit yet".to_owned(), short);
    match &position.reference {
        Some(name) => format!(
            "{} at {commit}",
            name.strip_prefix("refs/heads/").unwrap_or(name)
        ),
        None => format!("detached at {commit}"),
    }
}

/// What a plan says of the git directory besides HEAD.
pub(crate) struct Rest {
    /// Whether the index is replaced.
    pub(crate) index: bool,
    /// What becomes of the operation in progress.
    pub(crate) operation: Option<OperationMove>,
}

/// The present with all that lies in the way of a restore.
pub(crate) struct Uncovered {
    pub(crate) present: Present,
    /// What it was captured by.
    pub(crate) request: Request,
    /// What the restore would change.
    pub(crate) differences: Vec<Difference>,
    /// Where ignored files lay in the way.
    pub(crate) hidden: BTreeSet<BString>,
}

/// The present state, captured into a sink that nothing names yet.
pub(crate) struct Present {
    pub(crate) sink: ObjectSink,
    pub(crate) captured: Captured,
    pub(crate) now: State,
    /// The index file as it was just before; none where there was none.
    index_seen: Option<Vec<u8>>,
    /// The top of the working tree.
    top: std::path::PathBuf,
    repo: Repository,
}

impl Present {
    /// Captures what is to be changed, and notes the index: it has to be the same still when that begins.
    pub(crate) fn capture(
        repo: &Repository,
        request: &Request,
        seen: &AtomicU64,
    ) -> Result<Self, RestoreError> {
        let index_seen = fs_err::read(repo.index_path()).ok();
        Ok(Self {
            index_seen,
            ..Self::look(repo, request, seen)?
        })
    }

    /// Captures what is only to be looked at.
    fn look(repo: &Repository, request: &Request, seen: &AtomicU64) -> Result<Self, RestoreError> {
        let sink = ObjectSink::new(repo.gix())?;
        let captured = capture(repo, request, &sink, seen)?;
        let now = State::of_captured(&captured, &Objects { sink: &sink })?;
        let top = repo.work_tree().unwrap_or(repo.git_dir()).to_owned();
        Ok(Self {
            sink,
            captured,
            now,
            index_seen: None,
            top,
            repo: repo.clone(),
        })
    }

    pub(crate) fn objects(&self) -> Objects<'_> {
        Objects { sink: &self.sink }
    }

    /// The files that a restore of `scope` would change.
    pub(crate) fn differences(
        &self,
        then: &State,
        scope: Scope,
        paths: &[BString],
    ) -> Result<Vec<Difference>, RestoreError> {
        if !scope.has_files() {
            return Ok(Vec::new());
        }
        let mut differences = difference::files(&self.objects(), &self.now, then)?;
        let own = own_directories(&self.repo);
        differences.retain(|difference| !is_in(&own, difference.path.as_bstr()));
        differences.retain(|difference| !self.has_those_bytes(difference));
        differences.retain(|difference| !self.is_so_unseen(difference));
        reshape::spare(&self.repo, &self.objects(), then, &mut differences)?;
        spare::ignored(&self.repo, &self.objects(), then, &mut differences)?;
        if matches!(scope, Scope::Exact | Scope::Files) {
            let states = (&self.now, then);
            reshape::add(&self.repo, &self.objects(), states, &mut differences)?;
        }
        if scope == Scope::Hard {
            rollback::spare(self, &mut differences)?;
        }
        unseen::add(&self.now, then, &mut differences);
        if scope == Scope::Paths {
            differences.retain(|difference| {
                paths
                    .iter()
                    .any(|path| is_meant(difference.path.as_bstr(), path.as_ref()))
            });
        }
        Ok(differences)
    }

    /// Whether a file has the very bytes that are wanted. It may not have been read, since the index knows it as unchanged;
    /// and what git would store of it is a matter of attributes.
    fn has_those_bytes(&self, difference: &Difference) -> bool {
        let (Some(now), Some(then)) = (&difference.now, &difference.then) else {
            return false;
        };
        let Some(raw) = &then.raw else {
            return false;
        };
        let is_same = now.kind == then.kind
            && now.kind != FileKind::Link
            && now.permissions == then.permissions;
        let has_bytes = || match &now.raw {
            Some(found) => found == raw,
            None => self
                .hash_file(difference.path.as_bstr())
                .is_some_and(|id| crate::apply::parse(raw).is_ok_and(|raw| raw == id)),
        };
        is_same && has_bytes()
    }

    /// Whether what is wanted is there already, though no capture of the present tells: a repository may have come about
    /// around it.
    fn is_so_unseen(&self, difference: &Difference) -> bool {
        let path = difference.path.as_bstr();
        let (None, Some(then)) = (&difference.now, &difference.then) else {
            return false;
        };
        if !is_left_out(&self.now, path) {
            return false;
        }
        let place = self.top.join(checkpoint_git::paths::as_path(path));
        let wanted = crate::apply::parse(then.raw.as_ref().unwrap_or(&then.id)).ok();
        let found = match then.kind {
            FileKind::Submodule => return false,
            FileKind::Link => std::fs::read_link(&place).ok().and_then(|target| {
                let target = checkpoint_git::paths::as_bytes(&target);
                gix::objs::compute_hash(self.now.tree.kind(), gix::objs::Kind::Blob, target).ok()
            }),
            kind => match files::is_executable(&place) == Some(kind == FileKind::Executable) {
                true => self.hash_file(path),
                false => None,
            },
        };
        found.is_some() && found == wanted
    }

    /// The id of the bytes of a file, read in flat memory.
    fn hash_file(&self, path: &BStr) -> Option<gix::ObjectId> {
        let path = self.top.join(checkpoint_git::paths::as_path(path));
        files::hash_at(self.now.tree.kind(), &path)
    }

    /// Finds what differs by `look`, and captures once more where ignored files lie in the way of that: the backup has
    /// to hold them too.
    pub(crate) fn uncovered(
        mut self,
        repo: &Repository,
        mut request: Request,
        seen: &AtomicU64,
        look: impl Fn(&Self) -> Result<Vec<Difference>, RestoreError>,
    ) -> Result<Uncovered, RestoreError> {
        let mut differences = look(&self)?;
        let hidden = self.hidden(repo, &differences);
        if !hidden.is_empty() {
            request = including(&request, &hidden);
            self = Self::capture(repo, &request, seen)?;
            differences = look(&self)?;
            differences.extend(self.cleared(&differences, &hidden));
            differences.sort_by(|a, b| a.path.cmp(&b.path));
        }
        Ok(Uncovered {
            present: self,
            request,
            differences,
            hidden,
        })
    }

    /// What lies, unseen because it is ignored, where something shall be written.
    pub(crate) fn hidden(
        &self,
        repo: &Repository,
        differences: &[Difference],
    ) -> BTreeSet<BString> {
        let Some(top) = repo.work_tree() else {
            return BTreeSet::new();
        };
        let captured: BTreeSet<&BStr> = differences
            .iter()
            .filter(|difference| difference.now.is_some())
            .map(|difference| difference.path.as_bstr())
            .collect();
        let mut hidden = BTreeSet::new();
        for difference in differences
            .iter()
            .filter(|difference| difference.now.is_none())
        {
            let path = difference.path.as_bstr();
            for end in path.find_iter(b"/").chain([path.len()]) {
                let part = path[..end].as_bstr();
                let Ok(there) = top
                    .join(checkpoint_git::paths::as_path(part))
                    .symlink_metadata()
                else {
                    break;
                };
                let is_in_the_way = end == path.len() || !there.is_dir();
                if is_in_the_way && !captured.contains(part) && !is_left_out(&self.now, part) {
                    hidden.insert(part.to_owned());
                    break;
                }
            }
        }
        hidden
    }

    /// The hidden files that go, because something else takes the place of the directory they are in or of them.
    fn cleared(&self, differences: &[Difference], hidden: &BTreeSet<BString>) -> Vec<Difference> {
        let known: BTreeSet<&BStr> = differences
            .iter()
            .map(|difference| difference.path.as_bstr())
            .collect();
        // What lay there may be what is wanted.
        let is_in_the_way = |hidden: &&BString| {
            let mut written = differences.iter().filter(|file| file.then.is_some());
            written.any(|file| restore::is_same_or_below(file.path.as_bstr(), hidden.as_bstr()))
        };
        let hidden: Vec<_> = hidden.iter().filter(is_in_the_way).collect();
        let ignored = self.now.side.ignored.iter();
        let in_the_way = ignored.filter(|(path, _)| {
            hidden
                .iter()
                .any(|hidden| restore::is_same_or_below(path.as_ref(), hidden.as_ref()))
                && !known.contains(path.as_bstr())
        });
        in_the_way
            .filter_map(|(path, entry)| {
                Some(Difference {
                    path: TreePath::new(path.clone()),
                    now: Some(entry.ignored_leaf()?),
                    then: None,
                })
            })
            .collect()
    }

    /// What there is still to do to come to `goal`, as it is `then`, by a capture of what is there now.
    pub(crate) fn left_to_do(
        repo: &Repository,
        request: &Request,
        goal: &Goal,
        then: &State,
        asked: &Asked,
        scope: Scope,
    ) -> Result<Plan, RestoreError> {
        let look = |request: &Request| Self::look(repo, request, &AtomicU64::new(0));
        let mut present = look(request)?;
        let mut differences = present.differences(then, scope, &asked.paths)?;
        let hidden = present.hidden(repo, &differences);
        if !hidden.is_empty() {
            // What was written is ignored by rules that stay.
            present = look(&including(request, &hidden))?;
            differences = present.differences(then, scope, &asked.paths)?;
        }
        let rest = match goal {
            Goal::Checkpoint(_) => present.rest(then, scope)?,
            Goal::Commit(_) => rollback::rest(&present.now, then, scope),
        };
        present.plan(repo, then, scope, differences, rest, asked)
    }

    /// What becomes of index and operation when a checkpoint is put back.
    fn rest(&self, then: &State, scope: Scope) -> Result<Rest, RestoreError> {
        Ok(match scope {
            Scope::Exact => Rest {
                index: index::differs(&self.objects(), &self.now, then)?,
                operation: operation::plan(&self.now, then),
            },
            _ => Rest {
                index: scope == Scope::Mixed,
                operation: None,
            },
        })
    }

    pub(crate) fn plan(
        &self,
        repo: &Repository,
        then: &State,
        scope: Scope,
        differences: Vec<Difference>,
        rest: Rest,
        asked: &Asked,
    ) -> Result<Plan, RestoreError> {
        let has_rule = differences.iter().any(spare::is_rule);
        let (differences, hollows) = self.without_hollows(then, self.knowing_ignored(differences));
        let (files, mut left_alone, blocked) = restore::files(
            differences,
            &then.skipped,
            &self.now.skipped,
            &asked.discard,
        );
        if scope.has_files() {
            left_alone.extend(unseen::changed(&self.now, then));
        }
        left_alone.sort_by(|a, b| a.path.cmp(&b.path));
        let is_exact = scope == Scope::Exact;
        let mut directories = hollows.made;
        let mut hollow = hollows.gone;
        if is_exact {
            directories.extend(missing_directories(&self.now, then));
            let objects = self.objects();
            let mut surplus = surplus_directories(&objects, &self.now, then, &directories)?;
            if has_rule {
                spare::directories(repo, then, &mut surplus)?;
            }
            hollow.extend(surplus);
        }
        let own = own_directories(&self.repo);
        directories.retain(|path| !is_in(&own, path.as_bstr()));
        hollow.retain(|path| !is_in(&own, path.as_bstr()));
        directories.sort();
        hollow.sort();
        let moves = match scope.has_head() {
            true => {
                let head = destination(scope, &self.now.head, &then.head);
                head::plan(repo, &self.now.head, &head, then.upstream.as_ref())?
            }
            false => None,
        };
        Ok(Plan {
            scope,
            directories,
            hollow,
            files,
            index: rest.index,
            head: moves,
            operation: rest.operation,
            left_alone: merged(
                left_alone,
                if scope.has_files() {
                    &then.skipped
                } else {
                    &[]
                },
            ),
            blocked,
            rollback: None,
        })
    }

    /// Takes submodules out of `differences` that have nothing in them: of such a one there is but a directory to be made
    /// or removed. What was in a submodule it keeps itself; that it had a directory can be had back.
    fn without_hollows(
        &self,
        then: &State,
        differences: Vec<Difference>,
    ) -> (Vec<Difference>, Hollows) {
        let mut hollows = Hollows::default();
        let is_hollow = |state: &State, leaf: &Option<Leaf>, path: &BStr| {
            let is_submodule = |leaf: &Leaf| leaf.kind == FileKind::Submodule;
            leaf.as_ref().is_some_and(is_submodule) && !is_left_out(state, path)
        };
        let mut others = Vec::with_capacity(differences.len());
        for mut difference in differences {
            let path = difference.path.as_bstr();
            let was = is_hollow(&self.now, &difference.now, path);
            let will = is_hollow(then, &difference.then, path);
            if is_lost_submodule(&difference) || will && !was {
                hollows.made.push(difference.path.clone());
            }
            if was && !will {
                hollows.gone.push(difference.path.clone());
            }
            difference.now.take_if(|_| was);
            difference.then.take_if(|_| will);
            if difference.now.is_some() || difference.then.is_some() {
                others.push(difference);
            }
        }
        (others, hollows)
    }

    /// Keeps the very bytes of files that `plan` overwrites or deletes, where git takes them for unchanged but would give
    /// back others: the capture has not looked at these.
    fn keep_bytes(&mut self, plan: &mut Plan) -> Result<(), RestoreError> {
        let mut files = Vec::new();
        for difference in &plan.files {
            let path = difference.path.as_bstr();
            let is_kept = |now: &Leaf| {
                let will = difference.then.as_ref();
                self.now.side.raw.contains_key(path)
                    || !now.kind.is_regular()
                    || will.is_some_and(|will| is_same_content(now, will))
            };
            if let Some(now) = difference.now.as_ref().filter(|now| !is_kept(now)) {
                files.push((path.to_owned(), crate::apply::parse(&now.id)?));
            }
        }
        if files.is_empty() {
            return Ok(());
        }
        let files = files.iter().map(|(path, id)| (path.as_bstr(), *id));
        let kept = look_closely(&self.repo, &self.sink, &mut self.captured, files)?;
        for difference in &mut plan.files {
            let raw = kept.get(difference.path.as_bstr());
            if let (Some(now), Some(raw)) = (&mut difference.now, raw) {
                now.raw = Some(raw.to_string());
            }
        }
        Ok(())
    }

    /// The restore that this present and its plan come to; what it takes away is kept in the present from here on.
    pub(crate) fn into_restore<'r>(
        mut self,
        repo: &'r Repository,
        goal: Goal,
        asked: Asked,
        (request, policy): (Request, &Policy),
        then: State,
        mut plan: Plan,
    ) -> Result<Restore<'r>, RestoreError> {
        self.keep_bytes(&mut plan)?;
        let unseen = unseen::of(repo, &self.objects(), &self.now, &then, &plan)?;
        Ok(Restore {
            repo,
            goal,
            asked,
            request,
            policy: policy.clone(),
            sink: self.sink,
            captured: self.captured,
            index_seen: self.index_seen,
            now: self.now,
            then,
            plan,
            begun: Some(Vec::new()),
            unseen,
        })
    }

    /// What the trees do not tell because it is ignored, the backup may hold nevertheless.
    fn knowing_ignored(&self, differences: Vec<Difference>) -> Vec<Difference> {
        let mut by_path: BTreeMap<TreePath, Difference> = BTreeMap::new();
        for mut difference in differences {
            if difference.now.is_none()
                && let Some(entry) = self.now.side.ignored.get(difference.path.as_bstr())
            {
                difference.now = entry.ignored_leaf();
            }
            by_path.insert(difference.path.clone(), difference);
        }
        by_path.into_values().collect()
    }
}

/// The git directories of the repository itself, from the top of its working tree, where they lie below that: under
/// another name than `.git` somebody may have added them. They are not files to be restored; what is named `.git` is
/// refused.
fn own_directories(repo: &Repository) -> Vec<BString> {
    let real = |path: &std::path::Path| path.canonicalize().ok();
    let Some(top) = repo.work_tree().and_then(real) else {
        return Vec::new();
    };
    let dirs = [repo.git_dir(), repo.common_dir()]
        .into_iter()
        .filter_map(real);
    let below = dirs.filter_map(|dir| Some(dir.strip_prefix(&top).ok()?.to_owned()));
    below
        .filter(|path| path.file_name().is_some_and(|name| name != ".git"))
        .map(|path| checkpoint_git::paths::as_bytes(&path).to_owned())
        .collect()
}

fn is_in(directories: &[BString], path: &BStr) -> bool {
    let mut directories = directories.iter();
    directories.any(|directory| restore::is_same_or_below(path, directory.as_bstr()))
}

/// Directories of submodules with nothing in them.
#[derive(Default)]
struct Hollows {
    made: Vec<TreePath>,
    gone: Vec<TreePath>,
}

/// Whether a state holds nothing of `path`, by its own account.
fn is_left_out(state: &State, path: &BStr) -> bool {
    let mut skipped = state.skipped.iter();
    skipped.any(|skip| restore::is_same_or_below(path, skip.path.as_bstr()))
}

fn is_lost_submodule(difference: &Difference) -> bool {
    let is_submodule = difference
        .then
        .as_ref()
        .is_some_and(|leaf| leaf.kind == FileKind::Submodule);
    is_submodule && difference.now.is_none()
}

/// Where HEAD goes: with [`Scope::Soft`] and [`Scope::Mixed`] the branch of now goes to the commit of then.
fn destination(scope: Scope, now: &Head, then: &Head) -> Head {
    let of_reference = match scope {
        Scope::Exact => then,
        _ => now,
    };
    Head {
        reference: of_reference.reference.clone(),
        id: then.id,
    }
}

fn missing_directories(now: &State, then: &State) -> Vec<TreePath> {
    let present: BTreeSet<_> = now.side.meta.empty_directories.iter().collect();
    let wanted = then.side.meta.empty_directories.iter();
    wanted
        .filter(|path| !present.contains(path) && is_safe(path.as_bstr()))
        .cloned()
        .collect()
}

/// The directories that have nothing in them now and were not there, neither empty nor with files in them; those `made`
/// are.
fn surplus_directories(
    objects: &Objects<'_>,
    now: &State,
    then: &State,
    made: &[TreePath],
) -> Result<Vec<TreePath>, RestoreError> {
    let wanted: BTreeSet<_> = then
        .side
        .meta
        .empty_directories
        .iter()
        .chain(made)
        .collect();
    let mut surplus = Vec::new();
    for path in &now.side.meta.empty_directories {
        let is_below =
            |skip: &Skipped| restore::is_same_or_below(skip.path.as_bstr(), path.as_bstr());
        let is_known = wanted.contains(path)
            || is_left_out(then, path.as_bstr())
            || then.skipped.iter().any(is_below);
        if !is_known && !has_directory(objects, then, path)? {
            surplus.push(path.clone());
        }
    }
    Ok(surplus)
}

/// Whether the tree of a state has something at `path` that is on disk too: of a sparse checkout it has more.
fn has_directory(
    objects: &Objects<'_>,
    state: &State,
    path: &TreePath,
) -> Result<bool, RestoreError> {
    let Some(entry) = difference::find(objects, state.tree, path.as_bstr())? else {
        return Ok(false);
    };
    if state.side.absent.is_empty() {
        return Ok(true);
    }
    if entry.kind != EntryKind::Tree {
        return Ok(!state.side.is_absent(&path.as_bstr().to_owned()));
    }
    let mut files = BTreeMap::new();
    let prefix = [path.as_bstr().as_bytes(), b"/"].concat();
    objects.leaves(entry.id, &prefix, &mut files)?;
    Ok(files.keys().any(|file| !state.side.is_absent(file)))
}

/// What is left alone: the paths that differ, and what the target says it does not hold.
fn merged(mut left_alone: Vec<Skipped>, skipped: &[Skipped]) -> Vec<Skipped> {
    let known: BTreeSet<TreePath> = left_alone.iter().map(|skip| skip.path.clone()).collect();
    left_alone.extend(
        skipped
            .iter()
            .filter(|skip| !known.contains(&skip.path))
            .cloned(),
    );
    left_alone
}

/// Whether `path` is meant by one of the paths asked for: itself, a directory above it, or a pattern that matches.
fn is_meant(path: &BStr, asked: &BStr) -> bool {
    let everything = asked.is_empty() || asked == ".";
    let is_pattern = asked.find_byteset(b"*?[").is_some();
    everything
        || restore::is_same_or_below(path, asked)
        || is_pattern && gix::glob::wildmatch(asked, path, gix::glob::wildmatch::Mode::empty())
}
