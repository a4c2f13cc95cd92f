//! What there is to commit: the captured state, compared with HEAD.

use bstr::BStr;
use checkpoint_capture::{Captured, Meta};
use checkpoint_cli::{Session, tell_skipped};
use checkpoint_git::{Repository, paths::as_path};
use checkpoint_model::verdict::Skipped;
use checkpoint_store::StoreError;
use gix::{ObjectId, index::entry::Flags, objs::tree::EntryMode};

use super::{
    CommitError, CommitWish,
    index::Base,
    known::Ground,
    plan::{Plan, Present},
    trees::{Changes, Commit, Leaf, difference, lookup},
};
use crate::WorkError;

/// The trees of a captured state.
pub(super) struct State {
    /// HEAD's tree.
    pub(super) head: ObjectId,
    files: ObjectId,
    index: ObjectId,
    side: Option<ObjectId>,
    pub(super) skipped: Vec<Skipped>,
}

/// What is to be done, and which files are to be added that no checkpoint holds.
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) beside: Vec<bstr::BString>,
}

/// Tells which files git looks at all the same: in a sparse checkout, those that are there. git-sparse-checkout(1)
/// calls them present despite skipped.
fn is_thawed(repo: &Repository) -> impl Fn(&BStr) -> bool {
    let config = repo.gix().config_snapshot();
    let is_set = |key: &str| config.boolean(key) == Some(true);
    let is_sparse = is_set("core.sparseCheckout") && !is_set("sparse.expectFilesOutsideOfPatterns");
    let top = repo.work_tree().filter(|_| is_sparse);
    move |path| top.is_some_and(|top| top.join(as_path(path)).symlink_metadata().is_ok())
}

impl State {
    pub(super) fn of(session: &Session<'_>, captured: &Captured) -> Result<Self, StoreError> {
        let repo = session.repo.gix();
        let head = match captured.head.id {
            Some(head) => Commit::read(repo, head)?.tree,
            None => ObjectId::empty_tree(repo.object_hash()),
        };
        Ok(Self {
            head,
            files: captured.tree,
            index: captured.index_tree,
            side: captured.side.as_ref().map(|side| side.tree),
            skipped: captured.skipped.clone(),
        })
    }

    /// Whether files and index are as HEAD has them, and nothing else is to be known.
    pub(super) fn is_clean(&self) -> bool {
        self.files == self.head && self.index == self.head && self.side.is_none()
    }

    /// Whether a merge left conflicts: a stash or a checkout with --merge does without an operation.
    pub(super) fn refuse_conflicts(&self, repo: &Repository, base: &Base) -> Result<(), WorkError> {
        match self.side.is_some() && base.has_conflicts(repo)? {
            true => Err(CommitError::Conflicts.into()),
            false => Ok(()),
        }
    }

    /// Decides what to do; its objects have to be kept by then. Fails where that is nothing.
    pub(super) fn plan(
        &self,
        session: &Session<'_>,
        wish: &CommitWish,
        base: &Base,
    ) -> Result<Planned, WorkError> {
        let repo = session.repo.gix();
        let mut files = difference(repo, self.head, self.files)?;
        let index = difference(repo, self.head, self.index)?;
        let is_index_odd = self.put_back_aside(repo, &mut files)?;
        // Conflicts and flags are beside the trees, and else the index need not be read once more.
        let flagged = match self.side.is_some() {
            true => Some(base.state(&session.repo)?),
            false => None,
        };
        let thawed = is_thawed(&session.repo);
        let is_frozen = |path: &BStr| {
            let entry = flagged.and_then(|state| state.entry_by_path(path));
            entry.is_some_and(|entry| {
                let is_outside = entry.flags.contains(Flags::SKIP_WORKTREE);
                entry.flags.contains(Flags::ASSUME_VALID) || (is_outside && !thawed(path))
            })
        };
        let present = Present {
            files: &files,
            index: &index,
            is_index_odd,
            is_frozen: &is_frozen,
        };
        let ground = Ground {
            session,
            base,
            head: self.head,
            skipped: &self.skipped,
        };
        let beside = ground.refuse_unknown(&present, &wish.scope)?;
        let plan = Plan::make(&present, &wish.scope);
        if plan.is_empty && beside.is_empty() {
            if wish.by.is_some() {
                // What looks like something to commit may be what no checkpoint holds.
                tell_skipped(&self.skipped, &session.console.talk());
            }
            let chosen = wish.scope.is_chosen();
            return Err(CommitError::Nothing { chosen }.into());
        }
        Ok(Planned { plan, beside })
    }

    /// What no tree of a snapshot may have, a commit may: `files` gets it back. Tells whether the index has such, too.
    fn put_back_aside(
        &self,
        repo: &gix::Repository,
        files: &mut Changes,
    ) -> Result<bool, StoreError> {
        let meta = self.side.and_then(|side| lookup(repo, side, b"meta.json"));
        let Some(meta) = meta else { return Ok(false) };
        let id = meta.id;
        let unreadable = |source| StoreError::Unreadable { id, source };
        let blob = repo
            .find_object(id)
            .map_err(|error| unreadable(error.into()))?;
        let meta: Meta =
            serde_json::from_slice(&blob.data).map_err(|error| unreadable(error.into()))?;
        let mut is_index_odd = false;
        for aside in &meta.aside {
            let place = aside.place.as_bstr();
            is_index_odd |= place.starts_with(b"staged/");
            let Some(path) = place.strip_prefix(b"files/") else {
                continue;
            };
            let mode = EntryMode::from_bytes(aside.mode.as_bytes());
            let id = ObjectId::from_hex(aside.id.as_bytes());
            if let (Some(mode), Ok(id)) = (mode, id) {
                let leaf = Leaf { mode, id };
                let head = lookup(repo, self.head, path).filter(|leaf| !leaf.mode.is_tree());
                files.insert(path.into(), (head, Some(leaf)));
            }
        }
        Ok(is_index_odd)
    }
}
