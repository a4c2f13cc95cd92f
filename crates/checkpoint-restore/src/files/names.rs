//! Which paths may be written at all: those that git would take into an index.

use checkpoint_git::Repository;
use gix::bstr::{BStr, ByteSlice};
use gix::validate::path::component;

use super::FilesError;

/// The rules of git's `verify_path` for this repository.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    options: component::Options,
}

impl Names {
    /// The rules for `repo`. A name that only some other system takes for `.git` is refused on this one too, unless
    /// `core.protectHFS` or `core.protectNTFS` is switched off: a working tree may lie on a disk of such a system.
    pub fn of(repo: &Repository) -> Self {
        let config = repo.gix().config_snapshot();
        Self {
            options: component::Options {
                protect_windows: false,
                protect_hfs: config.boolean("core.protectHFS").unwrap_or(true),
                protect_ntfs: config.boolean("core.protectNTFS").unwrap_or(true),
            },
        }
    }

    /// Refuses a `path` that is absolute, has an empty component, `.` or `..`, or has `.git` in any spelling for a
    /// component; for a link also `.gitmodules`. Fails with [`FilesError::InvalidPath`].
    pub fn check(&self, path: &BStr, is_link: bool) -> Result<(), FilesError> {
        let invalid = |reason: String| FilesError::InvalidPath {
            path: path.to_owned(),
            reason,
        };
        if path.contains(&0) {
            return Err(invalid("it has a NUL in it".into()));
        }
        let mut components = path.split_str(b"/").peekable();
        while let Some(name) = components.next() {
            let mode = (is_link && components.peek().is_none()).then_some(component::Mode::Symlink);
            gix::validate::path::component(name.as_bstr(), mode, self.options)
                .map_err(|error| invalid(error.to_string().to_lowercase()))?;
            // Where NTFS is at home a backslash ends a name, and so git does not trust one behind `.git` anywhere.
            let is_hidden = |part: &[u8]| {
                !part.is_empty()
                    && matches!(
                        gix::validate::path::component(part.as_bstr(), None, self.options),
                        Err(component::Error::DotGitDir)
                    )
            };
            if self.options.protect_ntfs && name.split_str(b"\\").any(is_hidden) {
                return Err(invalid(
                    component::Error::DotGitDir.to_string().to_lowercase(),
                ));
            }
        }
        Ok(())
    }
}
