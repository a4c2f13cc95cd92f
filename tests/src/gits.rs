//! The gits of this machine: what holds in one has to hold in each.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::binary;

/// A git, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Git {
    /// The folder of the program, as PATH has it.
    pub folder: PathBuf,
    /// The first two numbers of its version.
    pub version: (u32, u32),
}

impl Git {
    /// From this version on, hooks can be in git's config.
    pub const CONFIG_HOOKS: (u32, u32) = (2, 54);

    /// One of each version, that on PATH first: those on PATH, and those in the folders that `CHECKPOINT_TEST_GITS` names.
    pub fn all() -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for folder in ["PATH", "CHECKPOINT_TEST_GITS"]
            .iter()
            .filter_map(|name| binary::variable(name))
            .flat_map(|list| std::env::split_paths(&list).collect::<Vec<_>>())
        {
            let Some(version) = version(&folder.join("git")) else {
                continue;
            };
            if found.iter().all(|git| git.version != version) {
                found.push(Self { folder, version });
            }
        }
        found
    }

    /// What PATH has to be for this git to be the first on it.
    pub fn path(&self) -> OsString {
        let path = binary::variable("PATH").unwrap_or_default();
        let folders = std::iter::once(self.folder.clone()).chain(std::env::split_paths(&path));
        std::env::join_paths(folders).expect("the folders came from a path")
    }

    /// A PATH on which this git is the only one: every other program of PATH is linked into `folder`, which is made.
    pub fn only(&self, folder: &Path) -> OsString {
        let path = binary::variable("PATH").unwrap_or_default();
        fs_err::create_dir_all(folder).expect("a new folder");
        for dir in std::env::split_paths(&path) {
            let Ok(entries) = fs_err::read_dir(dir) else {
                continue;
            };
            for entry in entries.flatten() {
                let name = entry.file_name();
                if !name.to_string_lossy().starts_with("git") {
                    // The first on PATH is linked already.
                    drop(fs_err::os::unix::fs::symlink(
                        entry.path(),
                        folder.join(name),
                    ));
                }
            }
        }
        let folders = [binary::folder(), &self.folder, folder];
        std::env::join_paths(folders).expect("the folders came from a path")
    }
}

fn version(git: &Path) -> Option<(u32, u32)> {
    let said = Command::new(git).arg("--version").output().ok()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let mut numbers = said.split(' ').nth(2)?.split('.');
    Some((
        numbers.next()?.trim().parse().ok()?,
        numbers.next()?.trim().parse().ok()?,
    ))
}
