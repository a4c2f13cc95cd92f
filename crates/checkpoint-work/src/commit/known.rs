//! Whether paths that were chosen mean anything, and if not, why.

use bstr::{BStr, BString, ByteSlice as _};
use checkpoint_cli::Session;
use checkpoint_git::paths::as_path;
use checkpoint_model::{
    path::TreePath,
    verdict::{SkipReason, Skipped},
};
use gix::ObjectId;

use super::{CommitError, index::Base, plan::Present, scope::Scope, trees};
use crate::WorkError;

/// What a chosen path can mean.
pub(super) struct Ground<'a> {
    pub(super) session: &'a Session<'a>,
    pub(super) base: &'a Base,
    pub(super) head: ObjectId,
    pub(super) skipped: &'a [Skipped],
}

impl Ground<'_> {
    /// Refuses the first path of the scope that means nothing. Gives those that no checkpoint holds and that are
    /// committed all the same, since somebody has named them.
    pub(super) fn refuse_unknown(
        &self,
        present: &Present<'_>,
        scope: &Scope,
    ) -> Result<Vec<BString>, WorkError> {
        let Scope::Paths(paths) = scope else {
            return Ok(Vec::new());
        };
        let mut beside = Vec::new();
        for path in paths {
            if self.is_known(present, path.as_bstr())? {
                continue;
            }
            match self.explain(path.as_bstr())? {
                None => beside.push(path.clone()),
                Some(error) => return Err(error.into()),
            }
        }
        Ok(beside)
    }

    fn is_known(&self, present: &Present<'_>, path: &BStr) -> Result<bool, WorkError> {
        let mut folder = path.to_owned();
        folder.push(b'/');
        let is_changed = [present.files, present.index].iter().any(|changes| {
            let mut below = changes.range(folder.clone()..);
            changes.contains_key(path)
                || below
                    .next()
                    .is_some_and(|(first, _)| first.starts_with(&folder))
        });
        let repo = &self.session.repo;
        if is_changed || trees::lookup(repo.gix(), self.head, path).is_some() {
            return Ok(true);
        }
        let state = self.base.state(repo)?;
        let below = state.prefixed_entries_range(folder.as_bstr());
        Ok(state.entry_range(path).is_some() || below.is_some())
    }

    /// Why a path means nothing; none for a file that is only too large, or left out by a rule.
    fn explain(&self, path: &BStr) -> Result<Option<CommitError>, WorkError> {
        let told = TreePath::new(path);
        if let Some(error) = self.in_the_way(path)? {
            return Ok(Some(error));
        }
        let is_it = |skipped: &&Skipped| skipped.path.as_bstr() == path;
        if let Some(skipped) = self.skipped.iter().find(is_it) {
            return Ok(match skipped.reason {
                SkipReason::TooLarge | SkipReason::Excluded | SkipReason::UntrackedNotAsked => None,
                reason => Some(CommitError::PathUnkept {
                    path: told,
                    why: reason.explain(),
                }),
            });
        }
        if self.file(path).is_none() {
            return Ok(Some(CommitError::PathUnknown { path: told }));
        }
        let words = ["check-ignore", "--quiet", "-z", "--stdin"];
        let mut line = path.to_owned();
        line.push(0);
        let asked = self.session.repo.git(words).answer_of(&line)?;
        Ok(Some(match asked {
            Some(_) => CommitError::PathIgnored { path: told },
            None => CommitError::PathUnknown { path: told },
        }))
    }

    /// A repository or a link on the way to the path.
    fn in_the_way(&self, path: &BStr) -> Result<Option<CommitError>, WorkError> {
        let state = self.base.state(&self.session.repo)?;
        let own = |path: &[u8]| TreePath::new(path);
        let ends = path.find_iter("/").chain([path.len()]);
        for end in ends {
            let above = path[..end].as_bstr();
            let is_whole = end == path.len();
            let entry = state.entry_by_path(above);
            let is_module =
                entry.is_some_and(|entry| entry.mode == gix::index::entry::Mode::COMMIT);
            let mut skipped = self.skipped.iter();
            let is_nested = skipped.any(|it| {
                it.reason == SkipReason::NestedRepository
                    && it.path.as_bstr().trim_end_with(|c| c == '/') == above.as_bytes()
            });
            if is_nested || (is_module && !is_whole) {
                return Ok(Some(CommitError::PathInRepository {
                    path: own(path),
                    repository: own(above),
                }));
            }
            let is_link = |file: std::fs::Metadata| file.is_symlink();
            if !is_whole && self.file(above).is_some_and(is_link) {
                return Ok(Some(CommitError::PathBeyondLink {
                    path: own(path),
                    link: own(above),
                }));
            }
        }
        Ok(None)
    }

    fn file(&self, path: &BStr) -> Option<std::fs::Metadata> {
        let top = self.session.repo.work_tree()?;
        fs_err::symlink_metadata(top.join(as_path(path))).ok()
    }
}
