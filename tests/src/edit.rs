//! A change of a working tree or an index, as a value: made up at random, shown when a test fails, and applied anywhere.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};
use fs_err as fs;

use crate::{Sandbox, os};

/// One change. Each can be applied in any state: what stands in the way is replaced, what is not there is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Writes a whole file.
    Write(BString, Content),
    /// Adds to a file's end.
    Append(BString, Content),
    /// Writes other bytes of the same length and gives the file its old modification time again.
    SameSize(BString),
    /// Removes a file, link or whole folder.
    Remove(BString),
    /// Moves a file, link or folder over whatever is there.
    Rename(BString, BString),
    /// Makes a file executable, or not.
    Executable(BString, bool),
    /// Makes a symlink.
    Link(BString, BString),
    /// Makes an empty folder.
    Folder(BString),
    /// Adds a line to the ignore file of the folder that a path lies in.
    Ignore(BString, BString),
    /// `git add` of a path, ignored or not.
    Stage(BString),
    /// `git add --all`.
    StageAll,
    /// `git reset` of a path.
    Unstage(BString),
    /// `git rm --cached` of a path.
    Untrack(BString),
    /// `git add --intent-to-add` of a path.
    IntendToAdd(BString),
    /// `git update-index --assume-unchanged` of a path, or `--skip-worktree`.
    Flag(BString, &'static str),
    /// `git commit` of what is staged.
    Commit,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// One line that tells the numbers apart.
    Line(u8),
    /// Lines with LF ends, so many that a change is a part of the file.
    Lines(u8),
    /// Lines with CRLF ends.
    DosLines(u8),
    /// Bytes that are no text, a NUL among them.
    Binary(u8),
    /// More than fits into one read.
    Large(u8),
}

impl Content {
    /// The bytes; equal contents give equal bytes.
    pub fn bytes(self) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Line(n) => format!("line {n:03}\n").into_bytes(),
            Self::Lines(n) => (0..20)
                .map(|line| format!("{line}: {}\n", u32::from(n) * line))
                .collect::<String>()
                .into(),
            Self::DosLines(n) => format!("one\r\ntwo {n}\r\n").into_bytes(),
            Self::Binary(n) => vec![0, n, 0xff, b'\r', b'\n', n],
            Self::Large(n) => (0..70_000_u32)
                .flat_map(|at| (at ^ u32::from(n)).to_le_bytes())
                .collect(),
        }
    }
}

impl Edit {
    /// Makes the change.
    pub fn apply(&self, sandbox: &Sandbox) {
        match self {
            Self::Write(path, content) => write(&cleared(sandbox, path), &content.bytes()),
            Self::Append(path, content) => {
                let place = cleared_unless_file(sandbox, path);
                let old = fs::read(&place).unwrap_or_default();
                write(&place, &[old, content.bytes()].concat());
            }
            Self::SameSize(path) => rewrite(&at(sandbox, path)),
            Self::Remove(path) => remove(&at(sandbox, path)),
            Self::Rename(from, to) => rename(sandbox, from, to),
            Self::Executable(path, executable) => set_executable(&at(sandbox, path), *executable),
            Self::Link(path, target) => {
                fs::os::unix::fs::symlink(os(target), cleared(sandbox, path))
                    .expect("the way was cleared");
            }
            Self::Folder(path) => {
                fs::create_dir_all(cleared(sandbox, path)).expect("the way was cleared")
            }
            Self::Ignore(path, pattern) => ignore(sandbox, path, pattern),
            Self::Stage(path) => git(sandbox, &["add", "--force"], path),
            Self::StageAll => drop(sandbox.try_git(["add", "--all"])),
            Self::Unstage(path) => git(sandbox, &["reset", "--quiet"], path),
            Self::Untrack(path) => git(sandbox, &["rm", "-r", "--quiet", "--cached"], path),
            Self::IntendToAdd(path) => git(sandbox, &["add", "--force", "--intent-to-add"], path),
            Self::Flag(path, flag) => drop(sandbox.try_git([
                os(b"update-index"),
                os(flag.as_bytes()),
                os(b"--"),
                os(path),
            ])),
            Self::Commit => drop(sandbox.try_git(["commit", "--quiet", "-m", "made up"])),
        }
    }
}

fn at(sandbox: &Sandbox, path: &BString) -> PathBuf {
    sandbox.path(os(path))
}

/// Git may refuse, for a path that is not there for one; then there is no change.
fn git(sandbox: &Sandbox, words: &[&str], path: &BString) {
    let pathspec = [b":(literal)", path.as_slice()].concat();
    let words = words
        .iter()
        .map(|word| os(word.as_bytes()))
        .chain([os(b"--"), os(&pathspec)]);
    drop(sandbox.try_git(words));
}

/// The place of a path, with folders above it and nothing in its way.
fn cleared(sandbox: &Sandbox, path: &BString) -> PathBuf {
    let place = at(sandbox, path);
    clear_above(sandbox.top(), &place);
    remove(&place);
    place
}

fn cleared_unless_file(sandbox: &Sandbox, path: &BString) -> PathBuf {
    let place = at(sandbox, path);
    let is_file = fs::symlink_metadata(&place).is_ok_and(|stat| stat.is_file());
    if is_file && is_reached_through_folders(sandbox.top(), &place) {
        place
    } else {
        cleared(sandbox, path)
    }
}

/// Makes folders of everything between the top and the place; a file or link there gives way.
fn clear_above(top: &Path, place: &Path) {
    let inside = place
        .strip_prefix(top)
        .expect("a path lies in the working tree");
    let mut folder = top.to_owned();
    for part in inside.parent().expect("a path has a name").components() {
        folder.push(part);
        if !is_folder(&folder) {
            remove(&folder);
            fs::create_dir(&folder).expect("the way was cleared");
        }
    }
}

fn is_reached_through_folders(top: &Path, place: &Path) -> bool {
    place
        .ancestors()
        .skip(1)
        .take_while(|folder| *folder != top)
        .all(is_folder)
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|stat| stat.is_dir())
}

fn write(place: &Path, bytes: &[u8]) {
    fs::write(place, bytes).expect("the way was cleared");
}

fn remove(place: &Path) {
    match fs::symlink_metadata(place) {
        Ok(stat) if stat.is_dir() => fs::remove_dir_all(place).expect("our own folder"),
        Ok(_) => fs::remove_file(place).expect("our own file"),
        Err(_) => {}
    }
}

fn rewrite(place: &Path) {
    let Ok(stat) = fs::symlink_metadata(place) else {
        return;
    };
    if !stat.is_file() || stat.len() == 0 {
        return;
    }
    let mut bytes = fs::read(place).expect("our own file");
    bytes[0] = bytes[0].wrapping_add(1);
    fs::write(place, bytes).expect("our own file");
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(place)
        .expect("our own file");
    file.set_modified(stat.modified().expect("every file has a time"))
        .expect("our own file");
}

fn rename(sandbox: &Sandbox, from: &BString, to: &BString) {
    let source = at(sandbox, from);
    let apart = !to.starts_with_str([from.as_slice(), b"/"].concat())
        && !from.starts_with_str([to.as_slice(), b"/"].concat());
    if from == to || !apart || fs::symlink_metadata(&source).is_err() {
        return;
    }
    let aside = sandbox.scratch().join("renamed");
    fs::rename(&source, &aside).expect("one file system");
    fs::rename(&aside, cleared(sandbox, to)).expect("the way was cleared");
}

fn set_executable(place: &Path, executable: bool) {
    let Ok(stat) = fs::symlink_metadata(place) else {
        return;
    };
    if stat.is_file() {
        let mode = if executable {
            stat.mode() | 0o111
        } else {
            stat.mode() & !0o111
        };
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(place, permissions).expect("our own file");
    }
}

fn ignore(sandbox: &Sandbox, path: &BString, pattern: &BString) {
    let folder = path
        .rsplit_once_str("/")
        .map_or(&b""[..], |(folder, _)| folder);
    let file = if folder.is_empty() {
        b".gitignore".to_vec()
    } else {
        [folder, b"/.gitignore"].concat()
    };
    let place = cleared_unless_file(sandbox, &file.into());
    let old = fs::read(&place).unwrap_or_default();
    write(&place, &[old.as_slice(), pattern, b"\n"].concat());
}
