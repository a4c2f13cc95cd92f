//! `cargo xtask managers`: the hook managers that people have, for the tests and the bench to try.
//!
//! They come from the npm and Python registries, into `target/hook-managers`, and nowhere else.

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, Result};

use crate::{
    place::{Place, note},
    registry::{from_npm, from_python},
};

/// Versions are pinned: what was tried is what is tried.
const FROM_NPM: [&str; 2] = ["husky@9.1.7", "lefthook@2.2.2"];
const FROM_PYTHON: [&str; 2] = ["pre-commit==4.7.0", "prek==0.5.11"];

/// Fetch husky, lefthook, pre-commit and prek into target/hook-managers
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Where they are, once fetched.
pub(crate) struct Managers {
    folder: PathBuf,
}

impl Managers {
    /// Below the workspace's target folder.
    pub(crate) fn of(place: &Place) -> Self {
        Self {
            folder: place.root.join("target/hook-managers"),
        }
    }

    /// The folder of npm's programs.
    pub(crate) fn npm(&self) -> PathBuf {
        self.folder.join("npm/node_modules/.bin")
    }

    /// The folder of Python's programs.
    pub(crate) fn python(&self) -> PathBuf {
        self.folder.join("python/bin")
    }

    /// Whether all four were fetched.
    pub(crate) fn are_here(&self) -> bool {
        let of_npm = ["husky", "lefthook"].map(|name| self.npm().join(name));
        let of_python = ["pre-commit", "prek"].map(|name| self.python().join(name));
        of_npm.iter().chain(&of_python).all(|path| path.exists())
    }
}

/// Fetches what is not there yet.
pub(crate) fn run(_args: &Args) -> Result<()> {
    let place = Place::read()?;
    let managers = Managers::of(&place);
    if managers.are_here() {
        return Ok(());
    }
    fs_err::create_dir_all(&managers.folder).into_diagnostic()?;
    from_npm(&managers.folder.join("npm"), &FROM_NPM)?;
    from_python(&managers.folder.join("python"), &FROM_PYTHON)?;
    note(&format!("fetched into {}", shown(&managers.folder)));
    Ok(())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
