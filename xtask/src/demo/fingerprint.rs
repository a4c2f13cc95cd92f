//! The proof: everything git and the file system say about a working state, to be compared.

use std::{
    collections::BTreeMap,
    fmt, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result};

use crate::process::{World, output};

/// A working state, taken without the program under test.
#[derive(PartialEq, Eq)]
pub(crate) struct Fingerprint {
    /// `git status --porcelain=v2 --branch -uall`: HEAD, branch, every change.
    status: Vec<String>,
    /// `git ls-files --stage -v`: every index entry with mode, object, stage and flags.
    index: Vec<String>,
    /// The operation in progress: what MERGE_HEAD and MERGE_MSG hold.
    operation: Vec<String>,
    /// Mode and content of every file below the top, `.git` apart.
    files: BTreeMap<PathBuf, Content>,
}

#[derive(PartialEq, Eq)]
enum Content {
    File { executable: bool, bytes: Vec<u8> },
    Link(PathBuf),
}

impl Fingerprint {
    pub(crate) fn take(world: &World, top: &Path) -> Result<Self> {
        let ask = |words: &[&str]| -> Result<Vec<String>> {
            let said = output(world.git(top, words).env("GIT_OPTIONAL_LOCKS", "0"))?;
            Ok(said
                .split(|byte| *byte == 0)
                .map(|e| String::from_utf8_lossy(e).into())
                .collect())
        };
        let operation = ["MERGE_HEAD", "MERGE_MSG"].map(|name| {
            let content = fs_err::read_to_string(top.join(".git").join(name));
            format!("{name} {}", content.unwrap_or_default())
        });
        let mut files = BTreeMap::new();
        walk(top, Path::new(""), &mut files).into_diagnostic()?;
        Ok(Self {
            status: ask(&["status", "--porcelain=v2", "--branch", "-uall", "-z"])?,
            index: ask(&["ls-files", "--stage", "-v", "-z"])?,
            operation: operation.into(),
            files,
        })
    }

    /// The first thing that is not the same, in words; none when all is equal.
    pub(crate) fn first_difference(&self, other: &Self) -> Option<String> {
        let lists = [
            ("status", &self.status, &other.status),
            ("index", &self.index, &other.index),
            ("operation", &self.operation, &other.operation),
        ];
        for (what, before, after) in lists {
            let lost = before.iter().find(|line| !after.contains(line));
            let new = after.iter().find(|line| !before.contains(line));
            if lost.is_some() || new.is_some() || before != after {
                return Some(format!("{what}: before {lost:?}, after {new:?}"));
            }
        }
        let mut paths = self.files.keys().chain(other.files.keys());
        let path = paths.find(|path| self.files.get(*path) != other.files.get(*path))?;
        Some(format!("file '{}'", path.display()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: usize = self.files.values().map(Content::len).sum();
        let entries = self.index.len().saturating_sub(1);
        write!(
            out,
            "{} files, {bytes} bytes, {entries} index entries",
            self.files.len()
        )
    }
}

impl Content {
    fn read(path: &Path) -> io::Result<Self> {
        let metadata = fs_err::symlink_metadata(path)?;
        if metadata.is_symlink() {
            return fs_err::read_link(path).map(Self::Link);
        }
        let executable = metadata.permissions().mode() & 0o100 != 0;
        Ok(Self::File {
            executable,
            bytes: fs_err::read(path)?,
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::File { bytes, .. } => bytes.len(),
            Self::Link(target) => target.as_os_str().len(),
        }
    }
}

fn walk(top: &Path, below: &Path, files: &mut BTreeMap<PathBuf, Content>) -> io::Result<()> {
    for entry in fs_err::read_dir(top.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if path == Path::new(".git") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(top, &path, files)?;
        } else {
            files.insert(path, Content::read(&entry.path())?);
        }
    }
    Ok(())
}
