//! Moving HEAD to another branch, where neither index nor files have to change for it.

use gix::bstr::ByteSlice;

use crate::program::ProgramError;
use crate::refs::RefError;
use crate::{Head, OpenError, Repository};

/// Why HEAD was not moved.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum HeadMoveError {
    /// HEAD is no longer what the caller had seen. Nothing was changed.
    #[error("HEAD has moved meanwhile: it is at '{now}'")]
    #[diagnostic(code(head::moved))]
    Moved {
        /// The branch it is on, or its commit.
        now: String,
    },
    /// HEAD cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),
    /// git could not write it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
    /// A reference cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refs(#[from] RefError),
}

impl Repository {
    /// Puts HEAD on `branch` (in full, `refs/heads/…`), if it still is as `before`. The reflog gets the line that
    /// git-switch(1) writes, so that `git switch -` leads back. Index and files are not looked at: the branch must be
    /// at the commit that HEAD is at, or be unborn as HEAD is.
    pub fn move_head(&self, before: &Head, branch: &str) -> Result<(), HeadMoveError> {
        let name = |head: &Head| match (head.branch(), head.id) {
            (Some(branch), _) => branch.to_str_lossy().into_owned(),
            (None, Some(id)) => id.to_string(),
            (None, None) => "HEAD".to_owned(),
        };
        let to = branch.strip_prefix("refs/heads/").unwrap_or(branch);
        let message = format!("checkout: moving from {} to {to}", name(before));
        let now = self.head()?;
        if now != *before {
            return Err(HeadMoveError::Moved { now: name(&now) });
        }
        let old = match (&before.reference, before.id) {
            (Some(reference), _) => format!("ref {reference}"),
            (None, Some(id)) => format!("oid {id}"),
            (None, None) => return Ok(self.set_head(&message, branch)?),
        };
        let line = format!("symref-update HEAD {branch} {old}\n");
        let words = ["update-ref", "-m", &message, "--no-deref", "--stdin"];
        match self.git(words).output_of(line.as_bytes()) {
            // git before 2.46: another process may come between the look and the move.
            Err(ProgramError::Failed { stderr, .. }) if stderr.contains("unknown command") => {
                Ok(self.set_head(&message, branch)?)
            }
            Err(error) => match self.head()? {
                now if now != *before => Err(HeadMoveError::Moved { now: name(&now) }),
                _ => Err(error.into()),
            },
            Ok(_) => Ok(()),
        }
    }

    fn set_head(&self, message: &str, branch: &str) -> Result<(), ProgramError> {
        self.git(["symbolic-ref", "-m", message, "HEAD", branch])
            .output()
            .map(|_| ())
    }
}
