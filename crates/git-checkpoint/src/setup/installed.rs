//! The note of what was installed, in the git directory that all worktrees share.

use std::path::PathBuf;

use checkpoint_git::Repository;
use serde::{Deserialize, Serialize};

use super::{SetupError, ground::Manner};

/// What was installed, and so what there is to take out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Installed {
    /// The version of this format; 1.
    pub(crate) version: u32,
    pub(crate) manner: Manner,
    /// Whether references are guarded as well.
    pub(crate) strict: bool,
    /// The files in the hooks directory.
    pub(crate) files: Vec<InstalledFile>,
    /// What was added to the repository's config, byte for byte.
    pub(crate) config: String,
    /// The policy file, as it was written; none where there was one, or none was wanted.
    pub(crate) policy: Option<String>,
    /// Whether the hooks directory was made.
    pub(crate) made_hooks: bool,
}

/// A hook of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InstalledFile {
    /// The name of the hook.
    pub(crate) hook: String,
    /// What the file says.
    pub(crate) text: String,
    /// Whether what was there before is kept beside it, and called.
    pub(crate) chains: bool,
}

impl Installed {
    /// Where the note is.
    pub(crate) fn path(repo: &Repository) -> PathBuf {
        repo.common_dir().join("checkpoint/installed.json")
    }

    /// Reads the note; none where nothing was installed.
    pub(crate) fn read(repo: &Repository) -> Result<Option<Self>, SetupError> {
        let path = Self::path(repo);
        let unreadable = |why: String| SetupError::Unreadable {
            path: path.clone(),
            why,
        };
        match fs_err::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|error| unreadable(error.to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(error.to_string())),
        }
    }

    /// The text of the note.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("texts and flags always become JSON");
        text.push(b'\n');
        text
    }

    /// What our file for a hook says.
    pub(crate) fn text_of(&self, hook: &str) -> Option<&str> {
        let file = self.files.iter().find(|file| file.hook == hook)?;
        Some(&file.text)
    }
}
