//! The walk over a world: which files count, and how exactly.

use std::collections::BTreeMap;
use std::path::Path;

use bstr::{ByteSlice, ByteVec};
use fs_err as fs;

use super::{Entry, is_ours};

pub(super) fn all(world: &Path) -> BTreeMap<String, Entry> {
    let mut files = BTreeMap::new();
    walk(world, world, &mut files);
    files
}

/// A folder that looks like a repository's git directory is looked at as one, wherever it lies.
fn walk(world: &Path, folder: &Path, files: &mut BTreeMap<String, Entry>) {
    if is_git_dir(folder) {
        return walk_git_dir(world, folder, folder, files);
    }
    // A temporary file that came and went is nobody's loss; one that stayed is found.
    let exact = folder != world.join("tmp");
    files.insert(name(world, folder), Entry::read(folder, exact));
    for path in list(folder) {
        if is_folder(&path) {
            walk(world, &path, files);
        } else {
            files.insert(name(world, &path), Entry::read(&path, true));
        }
    }
}

/// Folders come and go with refs, so only files count. What git keeps apart from the index has no times worth comparing.
fn walk_git_dir(world: &Path, git_dir: &Path, folder: &Path, files: &mut BTreeMap<String, Entry>) {
    for path in list(folder) {
        let inside = name(git_dir, &path);
        if is_left_out(&inside) {
            continue;
        }
        if is_folder(&path) {
            // Linked worktrees and submodules have their git directories in here.
            let git_dir = if is_git_dir(&path) { &path } else { git_dir };
            walk_git_dir(world, git_dir, &path, files);
        } else {
            let mut entry = Entry::read(&path, inside == "index");
            if inside == "packed-refs" {
                entry = entry.with_bytes(&foreign_refs(&path));
            }
            files.insert(name(world, &path), entry);
        }
    }
}

fn is_left_out(inside: &str) -> bool {
    let below = format!("{}/", inside.strip_prefix("logs/").unwrap_or(inside));
    below.starts_with("objects/") || below.starts_with("reftable/") || is_ours(&below)
}

/// The lines of a packed-refs file that are none of ours.
fn foreign_refs(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).expect("it was just listed");
    let mut ours = false;
    let mut kept = Vec::new();
    for line in bytes.lines_with_terminator() {
        // A line that starts with `^` is the peeled object of the line above.
        if !line.starts_with(b"^") {
            let name = line
                .splitn(2, |byte| *byte == b' ')
                .nth(1)
                .unwrap_or_default();
            ours = is_ours(&name.to_str_lossy());
        }
        if !ours {
            kept.push_str(line);
        }
    }
    kept
}

/// Also the git directory of a linked worktree, which has no objects of its own.
fn is_git_dir(folder: &Path) -> bool {
    folder.join("HEAD").is_file()
        && (folder.join("objects").is_dir() || folder.join("commondir").is_file())
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|stat| stat.is_dir())
}

fn list(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .map(|entry| entry.expect("a folder that can be listed").path())
        .collect()
}

/// Any path as text that tells two paths apart.
fn name(top: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(top).expect("it lies below");
    <[u8]>::from_path(inside)
        .expect("a path is bytes here")
        .escape_bytes()
        .to_string()
}
