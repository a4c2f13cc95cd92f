//! What lies at the place of a hook.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, FileType, statat};

use super::{
    call::{Call, Line, call},
    error::word,
    installed::Installed,
    programs::is_program,
    script::{MANAGERS_WITH_LEGACY, is_ours_as_written, kept},
};
use crate::hook::scripts::Hook;

/// What lies there, as far as it matters to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum There {
    Nothing,
    /// Ours, as we left it.
    Ours(String),
    /// Ours, and somebody has changed it; the text we left.
    Changed {
        now: String,
        ours: String,
    },
    /// Somebody else's, with a line that calls us; the line, where it cannot be told whether that holds.
    ByHand(Option<Line>),
    /// Somebody else's.
    Foreign(Foreign),
}

/// A hook of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Foreign {
    /// Whether git would run it.
    pub(crate) is_executable: bool,
    /// Whether it asks what it is called, so that it must not be called otherwise.
    pub(crate) asks_its_name: bool,
    /// Whether it is a file, or a link to one.
    pub(crate) is_file: bool,
}

/// Looks at a path in a hooks directory.
pub(crate) fn look(hook: &Hook, path: &Path, installed: Option<&Installed>) -> There {
    if !is_there(path) {
        return There::Nothing;
    }
    let is_file = path.is_file();
    let bytes = match is_file {
        true => fs_err::read(path).unwrap_or_default(),
        false => Vec::new(),
    };
    let text = String::from_utf8_lossy(&bytes);
    let recorded = installed.and_then(|installed| installed.text_of(hook.name()));
    if recorded == Some(&*text) || is_ours_as_written(hook, &text) {
        return There::Ours(text.into_owned());
    }
    match recorded {
        Some(ours) if hook.is_ours(&text) => There::Changed {
            now: text.into_owned(),
            ours: ours.to_owned(),
        },
        _ => match call(hook, &text) {
            Call::Sure => There::ByHand(None),
            Call::Doubtful(line) => There::ByHand(Some(line)),
            Call::None => There::Foreign(Foreign {
                is_executable: is_program(path),
                asks_its_name: asks_its_name(&text),
                is_file: is_file || !path.exists(),
            }),
        },
    }
}

/// Whether anything has this name, be it a link to nowhere.
pub(crate) fn is_there(path: &Path) -> bool {
    fs_err::symlink_metadata(path).is_ok()
}

/// Whether both names are of one file, not only of one content.
pub(crate) fn is_one_file(one: &Path, other: &Path) -> bool {
    let stat = |path| statat(CWD, path, rustix::fs::AtFlags::SYMLINK_NOFOLLOW);
    match (stat(one), stat(other)) {
        (Ok(one), Ok(other)) => (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino),
        _ => false,
    }
}

/// Whether two files, neither of them a link, say the same and may be run by the same people.
pub(crate) fn is_alike(one: &Path, other: &Path) -> bool {
    let read = |path: &Path| {
        let stat = statat(CWD, path, rustix::fs::AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        is_file.then(|| Some((fs_err::read(path).ok()?, stat.st_mode)))?
    };
    read(one).is_some_and(|one| read(other) == Some(one))
}

/// Where managers of hooks that call what they find put it.
pub(crate) fn legacy(path: &Path) -> PathBuf {
    beside(path, "legacy")
}

fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(word);
    name.into()
}

/// Whether one manager of hooks has written both, perhaps in two of its versions.
pub(crate) fn is_of_one_manager(one: &Path, other: &Path) -> bool {
    let read = |path: &Path| fs_err::read_to_string(path).unwrap_or_default();
    let (one, other) = (read(one), read(other));
    MANAGERS_WITH_LEGACY
        .iter()
        .chain(&["LEFTHOOK"])
        .any(|mark| one.contains(mark) && other.contains(mark))
}

/// Our own hook, where a manager has put it for its own.
pub(crate) fn set_aside(
    hook: &Hook,
    path: &Path,
    installed: Option<&Installed>,
) -> Option<PathBuf> {
    let aside = [legacy(path), beside(path, "old")];
    let is_ours = |path: &PathBuf| matches!(look(hook, path, installed), There::Ours(_));
    aside.into_iter().find(is_ours)
}

/// Both hooks of somebody, where another one has come in the place of ours, and what was there before is still kept.
pub(crate) struct Replaced {
    pub(crate) path: PathBuf,
    pub(crate) kept: PathBuf,
}

/// Whether it is so here: which of the two is wanted nobody but a person knows.
pub(crate) fn replaced(
    hook: &Hook,
    path: &Path,
    installed: Option<&Installed>,
) -> Option<Replaced> {
    let kept = kept(path);
    let is_known = || {
        is_one_file(path, &kept)
            || is_alike(path, &kept)
            || is_of_one_manager(path, &kept)
            || set_aside(hook, path, installed).is_some()
    };
    let path = path.to_owned();
    (is_there(&kept) && !is_known()).then_some(Replaced { path, kept })
}

impl Replaced {
    /// The command that keeps both: the one from before gets a name that nobody calls.
    pub(crate) fn aside(&self) -> String {
        let before = free_beside(&self.path, "before");
        format!("mv {} {}", word(&self.kept), word(&before))
    }
}

/// A name beside `path` that nothing has.
pub(crate) fn free_beside(path: &Path, name: &str) -> PathBuf {
    let numbered = (2..).map(|n| beside(path, &format!("{name}-{n}")));
    let mut names = std::iter::once(beside(path, name)).chain(numbered);
    let free = names.find(|path| !is_there(path));
    free.unwrap_or_else(|| beside(path, name))
}

impl fmt::Display for Replaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, kept) = (self.path.display(), self.kept.display());
        write!(
            f,
            "'{path}' was replaced since, and '{kept}' still holds the hook from before"
        )
    }
}

/// A few programs serve for all hooks and look at the name by which they were called.
fn asks_its_name(text: &str) -> bool {
    let asks = [
        "basename \"$0\"",
        "basename $0",
        "basename -- \"$0\"",
        "${0##*/}",
        "basename($0)",
    ];
    asks.iter().any(|asks| text.contains(asks))
}

/// Whether something that was there before is kept for this path.
pub(crate) fn has_kept(path: &Path) -> bool {
    is_there(&kept(path))
}
