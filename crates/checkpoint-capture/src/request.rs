//! What a caller asks of a capture.

use std::collections::BTreeSet;
use std::path::PathBuf;

use checkpoint_model::policy::PathGlobs;
use gix::bstr::{BStr, ByteSlice};

/// What to take and what to leave.
#[derive(Debug, Clone)]
pub struct Request {
    /// Ignored files to keep nevertheless (policy and `--include`); they stay beside the tree and never leave the
    /// machine.
    pub include: Patterns,
    /// Untracked files to leave out (policy and `--exclude`).
    pub exclude: Patterns,
    /// What happens to untracked files.
    pub untracked: Untracked,
    /// The size in bytes over which an untracked file is not captured. Tracked ones are, at any size.
    pub max_file_size: u64,
    /// Files and directories outside the working tree to keep with the state; absolute.
    pub extra: Vec<PathBuf>,
    /// Working trees that are never captured: a home directory and `/` become repositories by accident, and a
    /// checkpoint of one would fill the disk.
    pub refused: Vec<PathBuf>,
}

/// Whether untracked files belong to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untracked {
    /// They do.
    Captured,
    /// They are left out, and listed as left out.
    LeftOut,
}

/// Patterns on paths from the top of the working tree, as a policy has them, and paths that are meant as they stand.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    globs: PathGlobs,
    /// For each pattern the directories it fixes before its first wildcard; empty when it may match anywhere.
    roots: Vec<Vec<u8>>,
    /// Paths that are meant as they stand.
    exact: BTreeSet<Vec<u8>>,
}

impl From<PathGlobs> for Patterns {
    fn from(globs: PathGlobs) -> Self {
        let roots = globs.patterns().map(fixed_directories).collect();
        let exact = BTreeSet::new();
        Self {
            globs,
            roots,
            exact,
        }
    }
}

impl Patterns {
    /// These, and the very `paths` with all below them.
    pub fn with_paths<'p>(&self, paths: impl IntoIterator<Item = &'p BStr>) -> Self {
        let mut more = self.clone();
        more.exact.extend(
            paths
                .into_iter()
                .map(|path| path.strip_suffix(b"/").unwrap_or(path).to_vec()),
        );
        more
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty() && self.exact.is_empty()
    }

    /// Whether `path` is meant; that of a directory ends in a slash.
    pub(crate) fn matches(&self, path: &BStr) -> bool {
        let is_exact = || {
            let slashes = path.find_iter(b"/").chain([path.len()]);
            slashes
                .into_iter()
                .any(|end| self.exact.contains(&path[..end]))
        };
        !self.exact.is_empty() && is_exact()
            || self.globs.is_match(path)
            || path
                .strip_suffix(b"/")
                .is_some_and(|path| self.globs.is_match(path.as_bstr()))
    }

    /// Whether something below `directory` may be meant.
    pub(crate) fn may_match_below(&self, directory: &BStr) -> bool {
        let roots = self.roots.iter().chain(&self.exact);
        roots.into_iter().any(|root| {
            let shared = root.len().min(directory.len());
            root[..shared] == directory[..shared]
                && (shared == root.len() || root[shared] == b'/')
                && (root.is_empty() || shared == directory.len() || directory[shared] == b'/')
        })
    }
}

/// `a/b/*.txt` fixes `a/b`, `*.txt` and `**/x` fix nothing.
fn fixed_directories(pattern: &str) -> Vec<u8> {
    let named = pattern.trim_end_matches('/');
    if !named.contains('/') {
        return Vec::new();
    }
    let parts = named.trim_start_matches('/').split('/');
    let fixed: Vec<&str> = parts
        .take_while(|part| !part.contains(['*', '?', '[', '{', '\\']))
        .collect();
    fixed.join("/").into_bytes()
}

#[cfg(test)]
mod tests;
