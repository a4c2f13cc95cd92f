//! Colours: when there are any, and which, by meaning.

use std::fmt;

use crate::{
    Environment,
    env::parse_bool,
    escape::{self, Keep},
};

/// What a piece of text is; decides its colour where there are colours. The colours are those that git gives to its
/// like: object names yellow, branches and added lines green.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text like any other.
    Plain,
    /// An id, or an object name.
    Id,
    /// The name of a checkpoint.
    Name,
    /// A branch.
    Branch,
    /// What was added, or is well.
    Added,
    /// What was removed, or is not well.
    Removed,
    /// What only some readers look for.
    Dim,
    /// What asks for attention; also a hint, as in git.
    Warning,
    /// What stands above other text.
    Heading,
}

const RESET: &str = "\x1b[m";

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Id | Self::Warning => "\x1b[33m",
            Self::Name => "\x1b[36m",
            Self::Branch | Self::Added => "\x1b[32m",
            Self::Removed => "\x1b[31m",
            Self::Dim => "\x1b[2m",
            Self::Heading => "\x1b[1m",
        }
    }
}

/// The colour code of ours that `text` begins with; anything else that begins with an escape is hostile.
pub(crate) fn leading_code(text: &str) -> Option<&'static str> {
    let ours = [
        Style::Id,
        Style::Name,
        Style::Branch,
        Style::Removed,
        Style::Dim,
        Style::Heading,
    ]
    .map(Style::code);
    ours.into_iter()
        .chain([RESET])
        .find(|code| text.starts_with(code))
}

/// Text with its colour, if there are colours; what could drive the terminal, line ends included, is spelled out.
#[derive(Debug, Clone, Copy)]
pub struct Painted<T> {
    pub(crate) text: T,
    pub(crate) style: Style,
    pub(crate) is_on: bool,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_on = self.is_on && self.style != Style::Plain;
        if is_on {
            f.write_str(self.style.code())?;
        }
        fmt::write(
            &mut escape::Safe {
                out: f,
                keep: Keep::OneLine,
            },
            format_args!("{}", self.text),
        )?;
        if is_on { f.write_str(RESET) } else { Ok(()) }
    }
}

/// When there are colours, as `color.ui` says it; see git-config(1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Never,
    Always,
    Auto,
}

impl When {
    /// Reads a config value. `true` means `auto`, and so does what git would not understand: it complains itself.
    fn read(value: Option<&str>) -> Self {
        match value.map(str::to_ascii_lowercase).as_deref() {
            Some("always") => Self::Always,
            Some("never") => Self::Never,
            Some(other) if parse_bool(other) == Some(false) => Self::Never,
            _ => Self::Auto,
        }
    }
}

/// Whether what is written to a stream has colours. `is_seen` tells that it goes to a terminal, perhaps by a pager.
/// `always` is a person's explicit wish and wins over `NO_COLOR`.
pub(crate) fn is_coloured(config: Option<&str>, env: &Environment, is_seen: bool) -> bool {
    match When::read(config) {
        When::Never => false,
        When::Always => true,
        When::Auto => is_seen && !env.is_colour_unwanted() && !env.is_dumb(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_config_then_the_environment_then_the_terminal() {
        let check = |config: Option<&str>, pairs: &[(&str, &str)], is_seen: bool, want: bool| {
            let env: Environment = pairs.iter().copied().chain([("TERM", "xterm")]).collect();
            assert_eq!(
                is_coloured(config, &env, is_seen),
                want,
                "{config:?} {pairs:?} {is_seen}"
            );
        };
        check(None, &[], true, true);
        check(None, &[], false, false);
        check(Some("auto"), &[], true, true);
        check(Some("true"), &[], false, false);
        check(Some("true"), &[], true, true);
        check(Some("false"), &[], true, false);
        check(Some("never"), &[], true, false);
        check(Some("Always"), &[], false, true);
        check(None, &[("NO_COLOR", "1")], true, false);
        check(None, &[("NO_COLOR", "")], true, true);
        check(Some("always"), &[("NO_COLOR", "1")], false, true);
        assert!(
            !is_coloured(None, &[("TERM", "dumb")].into_iter().collect(), true),
            "a dumb terminal has none"
        );
    }

    #[test]
    fn painted_text_cannot_break_out_of_its_colour() {
        let paint = |text, is_on| {
            Painted {
                text,
                style: Style::Id,
                is_on,
            }
            .to_string()
        };
        assert_eq!(paint("abc", true), "\x1b[33mabc\x1b[m");
        assert_eq!(paint("abc", false), "abc");
        assert_eq!(
            paint("a\x1b[31mb\nc", true),
            "\x1b[33ma\\u{1b}[31mb\\nc\x1b[m"
        );
    }
}
