//! What a caller asks of a capture.

use std::collections::BTreeSet;
use std::path::PathBuf;

use gix::bstr::{BStr, ByteSlice};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

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

/// Patterns on paths from the top of the working tree; `**` crosses directories, a pattern without a slash matches
/// the name at any depth, one that matches a directory matches all below it.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    set: GlobSet,
    /// For each pattern the directories it fixes before its first wildcard; empty when it may match anywhere.
    roots: Vec<Vec<u8>>,
    /// Paths that are meant as they stand.
    exact: BTreeSet<Vec<u8>>,
}

impl Patterns {
    /// Reads `patterns`; fails on the first that is no glob.
    pub fn parse<S: AsRef<str>>(
        patterns: impl IntoIterator<Item = S>,
    ) -> Result<Self, globset::Error> {
        let mut builder = GlobSetBuilder::new();
        let mut roots = Vec::new();
        for pattern in patterns {
            let text = pattern
                .as_ref()
                .trim_start_matches('/')
                .trim_end_matches('/');
            let anywhere = !pattern.as_ref().trim_end_matches('/').contains('/');
            let whole = if anywhere {
                format!("**/{text}")
            } else {
                text.to_owned()
            };
            for form in [whole.clone(), format!("{whole}/**")] {
                builder.add(GlobBuilder::new(&form).literal_separator(true).build()?);
            }
            roots.push(fixed_directories(&whole));
        }
        Ok(Self {
            set: builder.build()?,
            roots,
            exact: BTreeSet::new(),
        })
    }

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

    /// Whether `path` is meant.
    pub(crate) fn matches(&self, path: &BStr) -> bool {
        let is_exact = || {
            let slashes = path.find_iter(b"/").chain([path.len()]);
            slashes
                .into_iter()
                .any(|end| self.exact.contains(&path[..end]))
        };
        !self.exact.is_empty() && is_exact()
            || !self.roots.is_empty() && path.to_path().is_ok_and(|path| self.set.is_match(path))
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

/// `a/b/*.txt` fixes `a/b`, `**/x` fixes nothing.
fn fixed_directories(pattern: &str) -> Vec<u8> {
    let parts = pattern.split('/');
    let fixed: Vec<&str> = parts
        .take_while(|part| !part.contains(['*', '?', '[', '{', '\\']))
        .collect();
    fixed.join("/").into_bytes()
}

#[cfg(test)]
mod tests;
