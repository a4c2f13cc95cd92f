//! Finding and listing references.

use std::io::ErrorKind;
use std::path::Path;

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix::refs::{FullName, PartialNameRef, Target};

use super::{RefError, full_name};
use crate::Repository;

/// A chain of symbolic references longer than this is a circle; git stops at the same number.
const MAX_DEPTH: usize = 5;

/// What the reference `name` (in full) points at, through symbolic ones; none where it is not there. Annotated tags
/// are not peeled.
pub fn find(repo: &Repository, name: &str) -> Result<Option<ObjectId>, RefError> {
    let mut full = full_name(name)?;
    if repo.caps().reftable {
        let id = repo
            .git(["rev-parse", "--quiet", "--verify", "--end-of-options", name])
            .answer()?;
        return Ok(id.and_then(|hex| ObjectId::from_hex(hex.trim_end()).ok()));
    }
    for _ in 0..MAX_DEPTH {
        let partial: &PartialNameRef = full.as_ref().as_partial_name();
        let found = match repo.gix().refs.try_find(partial) {
            Err(_) if is_below_another(repo, &full) => None,
            found => found.map_err(|error| unreadable(name, error))?,
        };
        match found.map(|reference| reference.target) {
            None => return Ok(None),
            Some(Target::Object(id)) => return Ok(Some(id)),
            Some(Target::Symbolic(next)) => full = next,
        }
    }
    Ok(None)
}

/// The full name that the symbolic reference `name` (in full) points at; none where it is not there, or not symbolic.
pub fn symbolic_target(repo: &Repository, name: &str) -> Result<Option<String>, RefError> {
    let full = full_name(name)?;
    if repo.caps().reftable {
        let target = repo.git(["symbolic-ref", "--quiet", name]).answer()?;
        return Ok(target.map(|target| target.trim_end().to_str_lossy().into_owned()));
    }
    let partial: &PartialNameRef = full.as_ref().as_partial_name();
    let found = match repo.gix().refs.try_find(partial) {
        Err(_) if is_below_another(repo, &full) => None,
        found => found.map_err(|error| unreadable(name, error))?,
    };
    Ok(match found.map(|reference| reference.target) {
        Some(Target::Symbolic(target)) => Some(target.as_bstr().to_str_lossy().into_owned()),
        _ => None,
    })
}

/// Whether a reference stands where this one would have a directory: `a/b` cannot be where `a` is.
fn is_below_another(repo: &Repository, name: &FullName) -> bool {
    let Ok(path) = name.to_path() else {
        return false;
    };
    let answer = fs_err::symlink_metadata(repo.common_dir().join(path));
    answer.is_err_and(|error| error.kind() == ErrorKind::NotADirectory)
}

/// All references below `prefix` (such as `refs/tags/checkpoint/`, with its last slash) with what they point at,
/// sorted by name. Reads no object; symbolic ones are left out.
pub fn list(repo: &Repository, prefix: &str) -> Result<Vec<(BString, ObjectId)>, RefError> {
    if repo.caps().reftable {
        let lines = repo
            .git(["for-each-ref", "--format=%(objectname) %(refname)", prefix])
            .output()?;
        let parsed = lines.lines().filter_map(|line| {
            let (hex, name) = line.split_once_str(" ")?;
            Some((BString::from(name), ObjectId::from_hex(hex).ok()?))
        });
        return Ok(parsed.collect());
    }
    let platform = repo
        .gix()
        .refs
        .iter()
        .map_err(|error| unreadable(prefix, error))?;
    let relative = prefix
        .as_bytes()
        .as_bstr()
        .try_into()
        .map_err(|error: gix::Error| unreadable(prefix, error))?;
    let references = platform
        .prefixed(relative)
        .map_err(|error| unreadable(prefix, error))?;
    let mut found = Vec::new();
    for reference in references {
        let reference = reference.map_err(|error| unreadable(prefix, error))?;
        if let Target::Object(id) = reference.target {
            found.push((reference.name.into_inner(), id));
        }
    }
    Ok(found)
}

/// The names of all references below `prefix` (with its last slash), sorted, without that prefix.
///
/// The values are not read, which saves opening a file for each loose one; a broken reference is listed like others.
pub fn names(repo: &Repository, prefix: &str) -> Result<Vec<String>, RefError> {
    let mut names = Vec::new();
    each_name(repo, prefix, |name| names.push(name.to_owned()))?;
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// Calls `take` with each of [`names`], in no order, and with some of them twice: both where git packs references and
/// where it has them singly.
pub fn each_name(
    repo: &Repository,
    prefix: &str,
    mut take: impl FnMut(&str),
) -> Result<(), RefError> {
    if repo.caps().reftable {
        let lines = repo
            .git(["for-each-ref", "--format=%(refname)", prefix])
            .output()?;
        let names = lines
            .lines()
            .filter_map(|line| line.to_str().ok()?.strip_prefix(prefix));
        names.for_each(take);
        return Ok(());
    }
    // Looked through before packed-refs: a reference that git packs meanwhile is then found there.
    let dir = repo.common_dir().join(prefix);
    loose_names(&dir, "", &mut take).map_err(|error| unreadable(prefix, error))?;
    packed_names(repo, prefix, &mut take)
}

/// gix finds out whether there are any. To go through them it would take every line apart and look at each letter of
/// each name, which shows among ten thousand.
fn packed_names(
    repo: &Repository,
    prefix: &str,
    take: &mut impl FnMut(&str),
) -> Result<(), RefError> {
    let packed = repo
        .gix()
        .refs
        .cached_packed_buffer()
        .map_err(|error| unreadable(prefix, error))?;
    let Some(packed) = packed else {
        return Ok(());
    };
    let mut found = packed
        .iter_prefixed(prefix.into())
        .map_err(|error| unreadable(prefix, error))?;
    if found.next().is_none() {
        return Ok(());
    }
    let file = match fs_err::read(repo.common_dir().join("packed-refs")) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(prefix, error)),
    };
    let hex_len = repo.gix().object_hash().len_in_hex();
    // Comments, and what a tag above them points at.
    let is_reference = |line: &&[u8]| !line.starts_with(b"#") && !line.starts_with(b"^");
    for line in file.lines().filter(is_reference) {
        let Some((b" ", name)) = line
            .split_at_checked(hex_len)
            .map(|(_, it)| it.split_at(1.min(it.len())))
        else {
            return Err(unreadable(prefix, "packed-refs has a line that is none"));
        };
        let name = name.strip_prefix(prefix.as_bytes());
        if let Some(name) = name.and_then(|name| name.to_str().ok()) {
            take(name);
        }
    }
    Ok(())
}

/// Takes the names of the files below `dir`, each after `before`, without the locks among them.
fn loose_names(dir: &Path, before: &str, take: &mut impl FnMut(&str)) -> std::io::Result<()> {
    let entries = match fs_err::read_dir(dir) {
        Ok(entries) => entries,
        // A transaction of another process may remove an empty directory at any time.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let Some(name) = entry
            .file_name()
            .to_str()
            .map(|name| format!("{before}{name}"))
        else {
            continue;
        };
        if entry.file_type()?.is_dir() {
            loose_names(&entry.path(), &format!("{name}/"), take)?;
        } else if !name.ends_with(".lock") {
            take(&name);
        }
    }
    Ok(())
}

pub(super) fn unreadable(
    name: &str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> RefError {
    RefError::Unreadable {
        name: name.to_owned(),
        source: source.into(),
    }
}
