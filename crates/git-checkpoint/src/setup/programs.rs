//! The programs on PATH, and their versions.

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use checkpoint_cli::Session;
use rustix::fs::{Access, access};

/// Two numbers of a version, and all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    numbers: (u32, u32),
    text: String,
}

/// A program that was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// As PATH has it.
    pub(crate) path: PathBuf,
    /// None where it cannot be run, or tells none.
    pub(crate) version: Option<Version>,
}

impl Version {
    /// From this one on, git has hooks in its config.
    pub(crate) const CONFIG_HOOKS: (u32, u32) = (2, 54);

    /// What a program says to `--version`: `git version 2.47.3`, `git-checkpoint 0.1.0`.
    fn parse(said: &str) -> Option<Self> {
        let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
        let text = said.split_whitespace().find(is_number)?;
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let numbers = (parts.next()??, parts.next()??);
        Some(Self {
            numbers,
            text: text.to_owned(),
        })
    }

    /// The whole of it, such as `2.47.3`.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_at_least(&self, numbers: (u32, u32)) -> bool {
        self.numbers >= numbers
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// All programs of this name on PATH, the first one first; one that is there by several names comes once.
pub(crate) fn on_path(session: &Session<'_>, name: &str) -> Vec<Found> {
    let mut known = BTreeSet::new();
    let found = places(session, name).into_iter().filter(|path| {
        let real = fs_err::canonicalize(path).unwrap_or_else(|_| path.clone());
        known.insert(real)
    });
    found
        .map(|path| Found {
            version: version_of(&path),
            path,
        })
        .collect()
}

/// The path for the hooks: as PATH has this program, which an update does not change; else as the system has it.
pub(crate) fn ours(session: &Session<'_>) -> Option<PathBuf> {
    let own = session.console.start().program.as_ref()?;
    let real = fs_err::canonicalize(own).ok()?;
    let is_own = |path: &PathBuf| fs_err::canonicalize(path).is_ok_and(|resolved| resolved == real);
    let on_path = places(session, "git-checkpoint").into_iter().find(is_own);
    Some(on_path.unwrap_or_else(|| own.clone()))
}

/// The version of a program; none where it cannot be run, or tells none.
pub(crate) fn version_of(path: &Path) -> Option<Version> {
    Version::parse(&said_to_version(path)?)
}

/// What `<path> --version` says; none where it cannot be run.
pub(crate) fn said_to_version(path: &Path) -> Option<String> {
    let output = Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(said)
}

/// The files of this name on PATH that may be run.
fn places(session: &Session<'_>, name: &str) -> Vec<PathBuf> {
    let path = session.surroundings.filled("PATH").unwrap_or_default();
    // git puts its own directory of programs before what the person has.
    let dirs =
        std::env::split_paths(path).filter(|dir| dir.is_absolute() && !dir.ends_with("git-core"));
    let candidates = dirs.map(|dir| dir.join(name));
    candidates.filter(|path| is_program(path)).collect()
}

/// Whether it is a file that may be run.
pub(crate) fn is_program(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_whatever_stands_around_them() {
        let check = |said: &str, want: Option<(u32, u32)>| {
            assert_eq!(Version::parse(said).map(|it| it.numbers), want, "{said}");
        };
        check("git version 2.47.3\n", Some((2, 47)));
        check("git version 2.54.0.rc1.dirty", Some((2, 54)));
        check("git version 2.39.5 (Apple Git-154)", Some((2, 39)));
        check("git-checkpoint 0.1.0\n", Some((0, 1)));
        check("command not found", None);
        assert!(
            Version::parse("git version 2.100.1")
                .is_some_and(|it| it.is_at_least(Version::CONFIG_HOOKS)),
            "numbers, not texts"
        );
    }
}
