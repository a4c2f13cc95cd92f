//! What is asked of a capture: the policy, and what the command line adds to it.

use std::path::PathBuf;

use checkpoint_capture::{Patterns, Request, Untracked};
use checkpoint_model::policy::{Capture, PathGlobs};

use crate::{Session, SessionError};

/// What the command line adds to the policy's `[capture]`.
#[derive(Debug, Clone)]
pub struct Additions {
    /// Ignored files to keep as well.
    pub include: Vec<String>,
    /// Untracked files to leave out as well.
    pub exclude: Vec<String>,
    /// Whether untracked files are kept at all.
    pub untracked: Untracked,
}

impl Default for Additions {
    fn default() -> Self {
        Self {
            include: Vec::new(),
            exclude: Vec::new(),
            untracked: Untracked::Captured,
        }
    }
}

impl Session<'_> {
    /// What to capture: as the policy says, with `additions`. Fails on a pattern that is none.
    pub fn request(
        &self,
        policy: &Capture,
        additions: &Additions,
    ) -> Result<Request, SessionError> {
        let home = self.surroundings.filled("HOME").map(PathBuf::from);
        let refused = match policy.allow_home {
            true => Vec::new(),
            false => home.iter().cloned().chain([PathBuf::from("/")]).collect(),
        };
        let extra = policy
            .extra
            .iter()
            .map(|path| match path.strip_prefix("~/") {
                Some(below) => home.as_ref().map(|home| home.join(below)),
                None => Some(PathBuf::from(path)),
            });
        Ok(Request {
            include: patterns(&policy.include, &additions.include)?,
            exclude: patterns(&policy.exclude, &additions.exclude)?,
            untracked: additions.untracked,
            max_file_size: policy.max_file_size.bytes(),
            // Without a home there is nothing below it.
            extra: extra.flatten().collect(),
            refused,
        })
    }
}

fn patterns(policy: &PathGlobs, typed: &[String]) -> Result<Patterns, SessionError> {
    Ok(policy.with(typed.iter().map(String::as_str))?.into())
}
