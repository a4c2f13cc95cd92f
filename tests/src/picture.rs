//! A repository as a restore has to bring it back: everything git and the file system tell of it, and no times.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bstr::{BString, ByteVec};
use fs_err as fs;

use crate::{Sandbox, os};

/// What a restore moves, at one moment. Two are equal when no user could tell them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What HEAD holds: the name of a branch, or a commit.
    pub head: String,
    /// The commits of all branches, by name.
    pub branches: BTreeMap<String, String>,
    /// Each entry of the index: stage, mode, id, flags, path.
    pub index: Vec<String>,
    /// Every file, link and directory of the working tree.
    pub files: BTreeMap<BString, Thing>,
    /// The files by which git remembers what is in progress.
    pub operation: BTreeMap<String, Vec<u8>>,
    /// `git status`, in the form for programs.
    pub status: Vec<String>,
}

/// Something in a working tree.
#[derive(Clone, PartialEq, Eq)]
pub enum Thing {
    /// A file: permission bits and content.
    File(u32, Vec<u8>),
    /// A link: where it points.
    Link(Vec<u8>),
    /// A directory.
    Directory,
}

/// Files of a git directory that belong to an operation; a directory stands for all below it.
const OPERATION: &[&str] = &[
    "MERGE_HEAD",
    "MERGE_MSG",
    "MERGE_MODE",
    "MERGE_AUTOSTASH",
    "SQUASH_MSG",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "REBASE_HEAD",
    "AUTO_MERGE",
    "rebase-merge",
    "rebase-apply",
    "sequencer",
    "BISECT_LOG",
    "BISECT_START",
    "BISECT_TERMS",
    "BISECT_NAMES",
    "BISECT_EXPECTED_REV",
    "BISECT_ANCESTORS_OK",
    "refs/bisect",
];

impl Picture {
    /// Looks at the repository under test, whose git directory is `.git` at its top.
    pub fn of(sandbox: &Sandbox) -> Self {
        let git_dir = sandbox.top().join(".git");
        let mut operation = BTreeMap::new();
        for name in OPERATION {
            read_all(&git_dir, name, &mut operation);
        }
        let mut files = BTreeMap::new();
        list(sandbox.top(), sandbox.top(), &mut files);
        let head = fs::read_to_string(git_dir.join("HEAD")).expect("a repository has a HEAD");
        Self {
            head: head.trim_end().trim_start_matches("ref: ").to_owned(),
            branches: branches(sandbox),
            index: index(sandbox),
            files,
            operation,
            status: status(sandbox),
        }
    }

    /// The paths that git sees there: tracked, or untracked and not ignored. Those a checkpoint holds.
    pub fn held(sandbox: &Sandbox) -> BTreeSet<BString> {
        let words = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        let listed = sandbox.git_bytes(words);
        let paths = listed.split(|byte| *byte == 0);
        paths
            .filter(|path| !path.is_empty())
            .map(BString::from)
            .collect()
    }

    /// The directories with nothing in them that git ignores.
    pub fn ignored_directories(&self, sandbox: &Sandbox) -> BTreeSet<BString> {
        let is_empty = |path: &BString| {
            let below = [path.as_slice(), b"/"].concat();
            let next = self.files.range(BString::from(below.clone())..).next();
            next.is_none_or(|(path, _)| !path.starts_with(&below))
        };
        let directories = self.files.iter();
        let directories = directories.filter(|(_, thing)| **thing == Thing::Directory);
        let mut ignored = BTreeSet::new();
        for (path, _) in directories.filter(|(path, _)| is_empty(path)) {
            // Without a slash at its end, which would be taken for something inside.
            let words = ["check-ignore", "--quiet", "--no-index", "--"];
            let words = words
                .map(std::ffi::OsStr::new)
                .into_iter()
                .chain([os(path)]);
            if sandbox.try_git(words).code == 0 {
                ignored.insert(path.clone());
            }
        }
        ignored
    }

    /// What differs, one line each; empty when nothing does.
    pub fn differences(&self, other: &Self) -> String {
        let mut lines = String::new();
        let mut tell = |what: &str, one: String, other: String| {
            if one != other {
                writeln!(lines, "  {what}: {one} -> {other}").expect("a string takes all");
            }
        };
        tell("HEAD", self.head.clone(), other.head.clone());
        let (one, two) = (&self.branches, &other.branches);
        for name in one
            .keys()
            .chain(two.keys().filter(|name| !one.contains_key(*name)))
        {
            tell(
                name,
                format!("{:?}", one.get(name)),
                format!("{:?}", two.get(name)),
            );
        }
        let (one, two) = (&self.files, &other.files);
        for path in one
            .keys()
            .chain(two.keys().filter(|path| !one.contains_key(*path)))
        {
            tell(
                &format!("{path:?}"),
                format!("{:?}", one.get(path)),
                format!("{:?}", two.get(path)),
            );
        }
        let (one, two) = (&self.operation, &other.operation);
        for name in one
            .keys()
            .chain(two.keys().filter(|name| !one.contains_key(*name)))
        {
            let text = |bytes: Option<&Vec<u8>>| bytes.map(|bytes| BString::from(bytes.clone()));
            tell(
                name,
                format!("{:?}", text(one.get(name))),
                format!("{:?}", text(two.get(name))),
            );
        }
        for (what, one, two) in [
            ("index", &self.index, &other.index),
            ("status", &self.status, &other.status),
        ] {
            for line in one.iter().filter(|line| !two.contains(line)) {
                tell(what, line.clone(), String::new());
            }
            for line in two.iter().filter(|line| !one.contains(line)) {
                tell(what, String::new(), line.clone());
            }
        }
        lines
    }
}

impl std::fmt::Debug for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = |bytes: &[u8]| BString::from(&bytes[..bytes.len().min(40)]);
        match self {
            Self::File(mode, bytes) => {
                write!(f, "{mode:o} {} bytes {:?}", bytes.len(), start(bytes))
            }
            Self::Link(target) => write!(f, "link to {:?}", start(target)),
            Self::Directory => f.write_str("directory"),
        }
    }
}

fn branches(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let listed = sandbox.git([
        "for-each-ref",
        "--format=%(refname) %(objectname)",
        "refs/heads",
    ]);
    let lines = listed.lines().filter_map(|line| line.split_once(' '));
    lines
        .map(|(name, id)| (name.to_owned(), id.to_owned()))
        .collect()
}

/// Without it, git forgets in a sparse checkout that a file is to be skipped, as soon as the file is there.
const AS_WRITTEN: &str = "sparse.expectFilesOutsideOfPatterns=true";

/// One line for each entry, and behind it those flags that say more than how git saves itself work.
fn index(sandbox: &Sandbox) -> Vec<String> {
    /// Stage, assume-unchanged, skip-worktree, intent-to-add.
    const TOLD: u32 = 0xb000 | 1 << 30 | 1 << 29;
    let words = ["-c", AS_WRITTEN, "ls-files", "--stage", "--debug"];
    let listed = sandbox.git(words);
    let mut entries: Vec<String> = Vec::new();
    for line in listed.lines() {
        match line.split_once("flags: ") {
            Some((_, flags)) if line.starts_with("  ") => {
                let flags = u32::from_str_radix(flags, 16).expect("flags are hex");
                let entry = entries.last_mut().expect("an entry comes before its flags");
                write!(entry, " {:x}", flags & TOLD).expect("a string takes all");
            }
            _ if line.starts_with("  ") => {}
            _ => entries.push(line.to_owned()),
        }
    }
    entries
}

fn status(sandbox: &Sandbox) -> Vec<String> {
    let words = [
        "--no-optional-locks",
        "-c",
        AS_WRITTEN,
        "status",
        "--porcelain=v2",
        "--branch",
        "--untracked-files=all",
    ];
    sandbox.git(words).lines().map(str::to_owned).collect()
}

fn list(top: &Path, directory: &Path, found: &mut BTreeMap<BString, Thing>) {
    for entry in fs::read_dir(directory).expect("our own directory") {
        let path = entry.expect("our own directory").path();
        let stat = fs::symlink_metadata(&path).expect("nobody else is here");
        if path == top.join(".git") {
            continue;
        }
        let thing = if stat.is_dir() {
            list(top, &path, found);
            Thing::Directory
        } else if stat.is_symlink() {
            let target = fs::read_link(&path).expect("it is a link");
            Thing::Link(Vec::from_path_buf(target).expect("a path is bytes here"))
        } else {
            Thing::File(stat.mode() & 0o7777, fs::read(&path).expect("our own file"))
        };
        let inside = path.strip_prefix(top).expect("it lies below").to_owned();
        found.insert(
            Vec::from_path_buf(inside)
                .expect("a path is bytes here")
                .into(),
            thing,
        );
    }
}

fn read_all(git_dir: &Path, name: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    let path = git_dir.join(name);
    if path.is_dir() {
        for entry in fs::read_dir(&path).expect("our own directory") {
            let inside = entry.expect("our own directory").file_name();
            read_all(
                git_dir,
                &format!("{name}/{}", inside.to_string_lossy()),
                found,
            );
        }
    } else if let Ok(bytes) = fs::read(&path) {
        found.insert(name.to_owned(), bytes);
    }
}
