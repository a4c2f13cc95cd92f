//! The operation in progress: which it is, and the files by which git remembers it.

use checkpoint_git::paths::as_bytes;
use std::collections::{BTreeSet, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use checkpoint_git::Repository;
use checkpoint_model::words::OperationKind;
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::objs::Kind;

use crate::CaptureError;

/// What git keeps of an operation in the git directory; gitrepository-layout(5) and the sources of each command name
/// them. Directories are taken whole.
const FILES: &[&str] = &[
    "AUTO_MERGE",
    "BISECT_ANCESTORS_OK",
    "BISECT_EXPECTED_REV",
    "BISECT_FIRST_PARENT",
    "BISECT_HEAD",
    "BISECT_LOG",
    "BISECT_NAMES",
    "BISECT_RUN",
    "BISECT_START",
    "BISECT_TERMS",
    "CHERRY_PICK_HEAD",
    "MERGE_AUTOSTASH",
    "MERGE_HEAD",
    "MERGE_MODE",
    "MERGE_MSG",
    "MERGE_RR",
    "NOTES_MERGE_PARTIAL",
    "NOTES_MERGE_REF",
    "REBASE_HEAD",
    "REVERT_HEAD",
    "SQUASH_MSG",
];
const DIRECTORIES: &[&str] = &[
    "NOTES_MERGE_WORKTREE",
    "rebase-apply",
    "rebase-merge",
    "refs/bisect",
    "refs/rewritten",
    "sequencer",
];
/// Kept with an operation, but no sign of one.
const COMPANIONS: &[&str] = &["ORIG_HEAD"];

/// Reads which operations of git's are in progress, outermost first; none when nothing is. Reads files only.
pub fn operations(repo: &Repository) -> Result<Vec<OperationKind>, CaptureError> {
    Ok(Operation::read(repo)?.kinds)
}

/// Whether `path`, from the git directory, is one by which git remembers an operation.
pub fn is_operation_file(path: &BStr) -> bool {
    let is_named = |names: &[&str]| names.iter().any(|name| path == name.as_bytes());
    let is_below = |directory: &&str| {
        path.strip_prefix(directory.as_bytes())
            .is_some_and(|rest| rest.starts_with(b"/"))
    };
    is_named(FILES) || is_named(COMPANIONS) || DIRECTORIES.iter().any(is_below)
}

/// Whether `path` is a reference of its own beside `refs/`, where references are not files: `MERGE_HEAD` stays a file
/// even then, since it may hold more than one line.
pub fn is_root_ref(path: &BStr) -> bool {
    const ROOT_REFS: &[&str] = &[
        "AUTO_MERGE",
        "BISECT_EXPECTED_REV",
        "BISECT_HEAD",
        "CHERRY_PICK_HEAD",
        "MERGE_AUTOSTASH",
        "NOTES_MERGE_PARTIAL",
        "NOTES_MERGE_REF",
        "ORIG_HEAD",
        "REBASE_HEAD",
        "REVERT_HEAD",
    ];
    ROOT_REFS.iter().any(|name| path == name.as_bytes())
}

/// The operation files of a repository, as they are.
#[derive(Debug, Default)]
pub(crate) struct Operation {
    /// What is in progress, outermost first; empty when nothing is.
    pub(crate) kinds: Vec<OperationKind>,
    /// Each file with its content, by its path from the git directory.
    pub(crate) files: Vec<(BString, Vec<u8>)>,
}

impl Operation {
    /// Reads them; `git status` decides by the same files what is in progress.
    pub(crate) fn read(repo: &Repository) -> Result<Self, CaptureError> {
        let mut files = Vec::new();
        // Mostly none of them is there: two listings tell so for less than asking for each.
        let present = present(repo.git_dir())?;
        let is_present = |name: &&&str| present.contains(OsStr::new(name));
        for name in FILES.iter().filter(is_present) {
            push_file(repo.git_dir(), Path::new(name), &mut files)?;
        }
        for name in DIRECTORIES.iter().filter(is_present) {
            push_directory(repo.git_dir(), Path::new(name), &mut files)?;
        }
        if repo.caps().reftable {
            push_root_refs(repo, &mut files)?;
        }
        if !files.is_empty() {
            for name in COMPANIONS {
                push_file(repo.git_dir(), Path::new(name), &mut files)?;
            }
        }
        let kinds = kinds(&files);
        Ok(Self { kinds, files })
    }

    /// The objects that the files name and the repository has, commits apart from trees; each once.
    pub(crate) fn named_objects(&self, repo: &gix::Repository) -> (Vec<ObjectId>, Vec<ObjectId>) {
        let words: BTreeSet<ObjectId> = self
            .files
            .iter()
            .flat_map(|(_, content)| hex_words(content))
            .collect();
        let words = words
            .into_iter()
            .chain(self.todo_ids(repo))
            .collect::<BTreeSet<_>>();
        let (mut commits, mut trees) = (Vec::new(), Vec::new());
        for id in words {
            match repo
                .try_find_header(id)
                .ok()
                .flatten()
                .map(|header| header.kind())
            {
                Some(Kind::Commit) => commits.push(id),
                Some(Kind::Tree) => trees.push(id),
                _ => {}
            }
        }
        (commits, trees)
    }
}

impl Operation {
    /// The commits that are still to be picked: lists of them may spell ids short.
    fn todo_ids(&self, repo: &gix::Repository) -> Vec<ObjectId> {
        let lists = self
            .files
            .iter()
            .filter(|(path, _)| path.ends_with(b"todo") || path.ends_with(b"/done"));
        let words = lists.flat_map(|(_, content)| {
            content
                .lines()
                .filter_map(|line| line.split_str(b" ").nth(1))
        });
        let short = words
            .filter(|word| (4..64).contains(&word.len()) && word.iter().all(u8::is_ascii_hexdigit));
        let prefixes =
            short.filter_map(|word| gix::hash::Prefix::from_hex(word.to_str().ok()?).ok());
        prefixes
            .filter_map(|prefix| repo.objects.lookup_prefix(prefix, None).ok()??.ok())
            .collect()
    }
}

fn kinds(files: &[(BString, Vec<u8>)]) -> Vec<OperationKind> {
    let has = |name: &str| files.iter().any(|(path, _)| path == name);
    let below = |name: &str| {
        files
            .iter()
            .any(|(path, _)| path.starts_with(name.as_bytes()))
    };
    let mut kinds = Vec::new();
    if below("rebase-merge/") {
        kinds.push(OperationKind::RebaseMerge);
    } else if below("rebase-apply/") {
        kinds.push(if has("rebase-apply/applying") {
            OperationKind::Am
        } else {
            OperationKind::RebaseApply
        });
    }
    if has("MERGE_HEAD") {
        kinds.push(OperationKind::Merge);
    }
    let todo = files
        .iter()
        .find(|(path, _)| path == "sequencer/todo")
        .map(|(_, content)| content.as_slice());
    let is_reverting = todo.is_some_and(|todo| todo.starts_with(b"revert"));
    if has("REVERT_HEAD") || is_reverting {
        kinds.push(OperationKind::Revert);
    } else if (has("CHERRY_PICK_HEAD") || todo.is_some()) && !below("rebase-merge/") {
        kinds.push(OperationKind::CherryPick);
    }
    if has("BISECT_START") || has("BISECT_LOG") {
        kinds.push(OperationKind::Bisect);
    }
    kinds
}

/// The names in the git directory, and in its `refs`.
fn present(git_dir: &Path) -> Result<HashSet<OsString>, CaptureError> {
    let mut present = HashSet::new();
    for (directory, prefix) in [("", ""), ("refs", "refs/")] {
        let path = git_dir.join(directory);
        let failed = |source| CaptureError::GitDir {
            path: path.clone(),
            source,
        };
        let entries = match fs_err::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => continue,
            Err(error) => return Err(failed(error)),
        };
        for entry in entries {
            let mut name = OsString::from(prefix);
            name.push(entry.map_err(failed)?.file_name());
            present.insert(name);
        }
    }
    Ok(present)
}

fn push_file(
    git_dir: &Path,
    name: &Path,
    files: &mut Vec<(BString, Vec<u8>)>,
) -> Result<(), CaptureError> {
    let path = git_dir.join(name);
    match std::fs::symlink_metadata(&path) {
        Ok(metadata) if metadata.is_file() => {
            let content =
                fs_err::read(&path).map_err(|source| CaptureError::GitDir { path, source })?;
            files.push((as_bytes(name).to_owned(), content));
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(error) if is_absent(&error) => Ok(()),
        Err(source) => Err(CaptureError::GitDir { path, source }),
    }
}

fn push_directory(
    git_dir: &Path,
    name: &Path,
    files: &mut Vec<(BString, Vec<u8>)>,
) -> Result<(), CaptureError> {
    let path = git_dir.join(name);
    let entries = match fs_err::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(()),
        Err(source) => return Err(CaptureError::GitDir { path, source }),
    };
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|source| CaptureError::GitDir {
            path: path.clone(),
            source,
        })?;
        names.push(name.join(entry.file_name()));
    }
    names.sort();
    for name in names {
        match git_dir
            .join(&name)
            .symlink_metadata()
            .is_ok_and(|metadata| metadata.is_dir())
        {
            true => push_directory(git_dir, &name, files)?,
            false => push_file(git_dir, &name, files)?,
        }
    }
    Ok(())
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    )
}

/// Where references are kept in reftable, what would be files there are references too.
fn push_root_refs(
    repo: &Repository,
    files: &mut Vec<(BString, Vec<u8>)>,
) -> Result<(), CaptureError> {
    let format = "--format=%(refname) %(objectname)";
    let listed = repo
        .git(["for-each-ref", "--include-root-refs", format])
        .output()?;
    for line in listed.lines() {
        let Some((name, id)) = line.split_once_str(b" ") else {
            continue;
        };
        let is_wanted = FILES.iter().any(|file| name == file.as_bytes())
            || name.starts_with(b"refs/bisect/")
            || name.starts_with(b"refs/rewritten/");
        if is_wanted && !files.iter().any(|(path, _)| path == name) {
            files.push((name.into(), [id, b"\n"].concat()));
        }
    }
    Ok(())
}

/// The object ids spelled out in `content`.
fn hex_words(content: &[u8]) -> impl Iterator<Item = ObjectId> {
    let words = content.split(|byte| !byte.is_ascii_hexdigit());
    words
        .filter(|word| matches!(word.len(), 40 | 64))
        .filter_map(|word| ObjectId::from_hex(word).ok())
        .filter(|id| !id.is_null())
}
