//! What of the working tree is to be committed.

use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    path::Path,
};

use bstr::{BString, ByteSlice as _};
use checkpoint_cli::Session;
use checkpoint_git::paths::as_path;
use checkpoint_model::path::TreePath;

use super::CommitError;

/// What of the working tree is to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All that differs from HEAD, as `git add --all` would have it.
    Everything,
    /// These paths, from the top of the working tree, and what is below them; as they are spelt, there are no patterns.
    Paths(BTreeSet<BString>),
}

impl Scope {
    /// The paths as they were typed, from the current directory; everything where there are none.
    pub fn typed(session: &Session<'_>, typed: &[OsString]) -> Result<Self, CommitError> {
        if typed.is_empty() {
            return Ok(Self::Everything);
        }
        let paths = typed.iter().map(|path| from_top(session, path));
        let paths = paths.collect::<Result<BTreeSet<_>, _>>()?;
        Ok(match paths.iter().any(|path| path.is_empty()) {
            true => Self::Everything,
            false => Self::Paths(paths),
        })
    }

    /// The paths of a list, each ended by a line feed or, with `nul`, by that; a line may be quoted as git quotes paths.
    #[must_use]
    pub fn list(text: &[u8], nul: bool) -> Vec<OsString> {
        let end = if nul { 0 } else { b'\n' };
        let text = text.strip_suffix(&[end]).unwrap_or(text);
        if text.is_empty() {
            return Vec::new();
        }
        let lines = text.split(|byte| *byte == end).map(|line| match nul {
            true => line.as_bstr().to_owned(),
            false => unquoted(line.strip_suffix(b"\r").unwrap_or(line)),
        });
        lines
            .map(|line| as_path(line.as_bstr()).as_os_str().to_owned())
            .collect()
    }

    /// Whether the path is one of those, or below one.
    pub(crate) fn holds(&self, path: &[u8]) -> bool {
        let Self::Paths(chosen) = self else {
            return true;
        };
        let above = path.find_iter("/").map(|slash| &path[..slash]);
        above
            .chain([path])
            .any(|path| chosen.contains(path.as_bstr()))
    }

    /// Whether it was chosen.
    pub(crate) fn is_chosen(&self) -> bool {
        *self != Self::Everything
    }
}

fn unquoted(line: &[u8]) -> BString {
    let text = std::str::from_utf8(line).ok();
    let path = text.and_then(|text| TreePath::from_text(text).ok());
    path.map_or_else(|| line.into(), |path| path.as_bstr().to_owned())
}

fn from_top(session: &Session<'_>, typed: &OsStr) -> Result<BString, CommitError> {
    if typed.is_empty() {
        return Err(CommitError::PathEmpty);
    }
    let outside = || CommitError::PathOutside {
        path: typed.to_string_lossy().into_owned(),
        top: session
            .repo
            .work_tree()
            .unwrap_or(session.repo.git_dir())
            .to_owned(),
    };
    let path = session
        .path_from_top(Path::new(typed))
        .ok_or_else(outside)?;
    match path.split_str("/").next() {
        Some(b".git") => Err(outside()),
        _ => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_holds_what_is_below_its_paths() {
        let scope = Scope::Paths(["a", "b/c"].map(BString::from).into());
        let check =
            |path: &str, want: bool| assert_eq!(scope.holds(path.as_bytes()), want, "{path}");
        check("a", true);
        check("a/b/c", true);
        check("ab", false);
        check("b", false);
        check("b/c", true);
        check("b/cd", false);
        check("b/c/d", true);
        assert!(Scope::Everything.holds(b"anything"));
    }

    #[test]
    fn a_list_of_paths_is_read_as_git_reads_it() {
        let check = |text: &[u8], nul: bool, want: &[&str]| {
            assert_eq!(Scope::list(text, nul), want, "{:?}", text.as_bstr());
        };
        check(b"", false, &[]);
        check(b"a\nb c\n", false, &["a", "b c"]);
        check(b"a\r\nb", false, &["a", "b"]);
        check(b"\"a\\nb\"\n", false, &["a\nb"]);
        check(b"a\n\nb\n", false, &["a", "", "b"]);
        check(b"a\nb\0\"c\"\0", true, &["a\nb", "\"c\""]);
    }
}
