//! Programs of others from the npm and Python registries, each kind in a folder of its own.

use std::{path::Path, process::Command};

use miette::Result;

use crate::process::done;

/// Installs `packages` of npm into `folder`. What they would run when they are installed, they do not run: it would put
/// hooks into this repository.
pub(crate) fn from_npm(folder: &Path, packages: &[&str]) -> Result<()> {
    let quiet = [
        "install",
        "--ignore-scripts",
        "--silent",
        "--no-audit",
        "--no-fund",
    ];
    let mut npm = Command::new("npm");
    done(npm.args(quiet).arg("--prefix").arg(folder).args(packages))
}

/// Installs `packages` of Python into an environment of their own, `folder`.
pub(crate) fn from_python(folder: &Path, packages: &[&str]) -> Result<()> {
    done(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let quiet = ["install", "--quiet", "--disable-pip-version-check"];
    let mut pip = Command::new(folder.join("bin/pip"));
    done(pip.args(quiet).args(packages))
}
