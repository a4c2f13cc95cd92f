//! The environment: read once, here, and every variable that we look at named here.
//!
//! Variables that only git itself looks at (`GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE` and their like) are not
//! listed; the door to the repository gets the whole map.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
};

/// Set and not empty: no colours unless git config says `always`. See <https://no-color.org>.
const NO_COLOR: &str = "NO_COLOR";
/// `dumb`, or not set: a terminal without colours and cursor movement.
const TERM: &str = "TERM";
/// The pager that wins over config `core.pager`; git(1) sets it to `cat` for `--no-pager`.
const GIT_PAGER: &str = "GIT_PAGER";
/// The pager of last resort before `less`.
const PAGER: &str = "PAGER";
/// True: standard output is a pipe to a pager that a parent process, mostly git(1) itself, has started.
const GIT_PAGER_IN_USE: &str = "GIT_PAGER_IN_USE";
/// False: never ask on the terminal. See git(1).
const GIT_TERMINAL_PROMPT: &str = "GIT_TERMINAL_PROMPT";
/// Seconds of work before progress is shown. See git(1); our default is 1.
const GIT_PROGRESS_DELAY: &str = "GIT_PROGRESS_DELAY";
/// Seconds since the epoch that stand for the present time; git's own knob for tests.
const GIT_TEST_DATE_NOW: &str = "GIT_TEST_DATE_NOW";
/// The locale, strongest first: drawing characters beyond ASCII only where it says UTF-8.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_CTYPE", "LANG"];

/// The environment of the process as it was at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment(pub BTreeMap<OsString, OsString>);

impl Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads it"
    )]
    pub(crate) fn read() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// The value of a variable; `None` when it is not set.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str()
    }

    /// A boolean as git reads one; `None` when it is not set or no boolean.
    fn claim(&self, name: &str) -> Option<bool> {
        parse_bool(self.text(name)?)
    }

    /// Whether `NO_COLOR` asks for no colours.
    pub fn is_colour_unwanted(&self) -> bool {
        self.get(NO_COLOR).is_some_and(|value| !value.is_empty())
    }

    /// Whether `TERM` names a terminal that can do nothing but print.
    pub fn is_dumb(&self) -> bool {
        self.get(TERM).is_none_or(|term| term == "dumb")
    }

    /// Whether the locale is a UTF-8 one.
    pub fn is_utf8(&self) -> bool {
        let locale = LOCALE
            .iter()
            .filter_map(|name| self.text(name))
            .find(|value| !value.is_empty());
        locale.is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            name.contains("utf-8") || name.contains("utf8")
        })
    }

    /// `GIT_PAGER`.
    pub fn git_pager(&self) -> Option<&str> {
        self.text(GIT_PAGER)
    }

    /// `PAGER`.
    pub fn pager(&self) -> Option<&str> {
        self.text(PAGER)
    }

    /// Whether a parent has already put a pager behind standard output.
    pub fn is_pager_in_use(&self) -> bool {
        self.claim(GIT_PAGER_IN_USE).unwrap_or(false)
    }

    /// Whether the person may be asked; true unless `GIT_TERMINAL_PROMPT` says otherwise.
    pub fn may_prompt(&self) -> bool {
        self.claim(GIT_TERMINAL_PROMPT).unwrap_or(true)
    }

    /// `GIT_PROGRESS_DELAY`, in seconds.
    pub fn progress_delay(&self) -> Option<u64> {
        self.text(GIT_PROGRESS_DELAY)?.parse().ok()
    }

    pub(crate) fn now(&self) -> Option<i64> {
        self.text(GIT_TEST_DATE_NOW)?.parse().ok()
    }
}

/// A boolean as git-config(1) spells it; `None` for any other text.
pub(crate) fn parse_bool(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" | "" => Some(false),
        number => number.parse::<i64>().ok().map(|number| number != 0),
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_read_as_git_reads_them() {
        let check = |text: &str, want: Option<bool>| assert_eq!(parse_bool(text), want, "{text:?}");
        check("true", Some(true));
        check("Yes", Some(true));
        check("on", Some(true));
        check("2", Some(true));
        check("0", Some(false));
        check("FALSE", Some(false));
        check("off", Some(false));
        check("", Some(false));
        check("less -R", None);
    }

    #[test]
    fn the_strongest_locale_variable_decides() {
        let check = |pairs: &[(&str, &str)], want: bool| {
            let env: Environment = pairs.iter().copied().collect();
            assert_eq!(env.is_utf8(), want, "{pairs:?}");
        };
        check(&[], false);
        check(&[("LANG", "en_GB.UTF-8")], true);
        check(&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")], false);
        check(&[("LANG", "C"), ("LC_CTYPE", "C.utf8")], true);
        check(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "")], true);
    }
}
