//! Who works: the names of an agent, of its task, its session and its model, checked before they stand in a message.

use std::{fmt, ops::Deref, str::FromStr};

use miette::Diagnostic;
use thiserror::Error;

use crate::{
    failure::{Failure, Kind},
    schema::string_schema,
    shown::{is_unseen, shown},
    text_visitor::FromText,
};

/// A text that cannot stand for who works. What it would stand in is a line of a commit's message, where another line
/// would be another claim.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("'{}' cannot be the {what}: {why}", shown(text))]
#[diagnostic(code(who::invalid), help("give another one, by --{option}"))]
pub struct WhoError {
    /// What it was to name.
    pub what: &'static str,
    /// The option that names it.
    pub option: &'static str,
    /// What was given.
    pub text: String,
    /// The rule that it breaks.
    pub why: &'static str,
}

impl Failure for WhoError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// So many bytes a name has at most.
pub const MAX_BYTES: usize = 200;

macro_rules! names {
    ($($(#[$meta:meta])* $name:ident = $what:literal $option:literal),+ $(,)?) => {$(
        $(#[$meta])*
        /// One line that can be seen: not empty, no spaces around it, at most [`MAX_BYTES`] bytes.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = WhoError;

            fn from_str(text: &str) -> Result<Self, WhoError> {
                match wrong(text) {
                    None => Ok(Self(text.to_owned())),
                    Some(why) => Err(WhoError { what: $what, option: $option, text: text.to_owned(), why }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(FromText::new($what))
            }
        }

        string_schema!($name, "One line that can be seen, of at most 200 bytes");
    )+};
}

names! {
    /// The name of an agent, such as `claude-code`.
    AgentName = "name of an agent" "agent",
    /// What an agent works on, such as `API-17`.
    TaskName = "name of a task" "task",
    /// The session of an agent.
    SessionName = "session of an agent" "session",
    /// The model that an agent works with.
    ModelName = "model of an agent" "model",
}

fn wrong(text: &str) -> Option<&'static str> {
    let broken = [
        (text.trim().is_empty(), "it is empty"),
        (text.len() > MAX_BYTES, "it has more than 200 bytes"),
        (
            is_unseen(text),
            "it holds a line end, or another character that cannot be seen",
        ),
        (text.trim() != text, "it has spaces around it"),
    ];
    broken
        .into_iter()
        .find_map(|(is_broken, why)| is_broken.then_some(why))
}

/// An agent at work, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The agent.
    pub agent: AgentName,
    /// What it works on.
    pub task: Option<TaskName>,
    /// Its session.
    pub session: Option<SessionName>,
    /// Its model.
    pub model: Option<ModelName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_that_can_be_seen() {
        let check = |text: &str, why: Option<&str>| {
            let error = text.parse::<AgentName>().err();
            assert_eq!(error.map(|error| error.why), why, "{text:?}");
        };
        check("ada", None);
        check("Ada Lovelace (2)", None);
        check("é:/@ü", None);
        check(&"a".repeat(200), None);
        check(&"a".repeat(201), Some("it has more than 200 bytes"));
        check("", Some("it is empty"));
        check(" ", Some("it is empty"));
        check(" ada", Some("it has spaces around it"));
        let hidden = "it holds a line end, or another character that cannot be seen";
        for text in [
            "ada\nSigned-off-by: Eve <e@e>",
            "ada\r",
            "a\0",
            "\u{1b}[2J",
            "a\u{202e}b",
            "a\u{2028}b",
            "a\u{85}b",
        ] {
            check(text, Some(hidden));
        }
    }

    #[test]
    fn a_wrong_name_tells_the_option_and_moves_no_cursor() {
        let error = "\u{1b}[2J".parse::<ModelName>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "'\\u{1b}[2J' cannot be the model of an agent: it holds a line end, or another character that cannot be seen"
        );
        let help = error.help().unwrap().to_string();
        assert_eq!(help, "give another one, by --model");
    }

    #[test]
    fn what_cannot_be_seen_names_nobody_and_is_no_line() {
        let check = |text: &str, is_seen: bool| {
            assert_eq!(text.parse::<TaskName>().is_ok(), is_seen, "{text:?}");
            assert_eq!(
                text.parse::<crate::run::Line>().is_ok(),
                is_seen,
                "{text:?}"
            );
        };
        for text in ["\u{200b}", "\u{0301}", "\u{200d}", "\u{fe0f}", "\u{3164}"] {
            check(text, false);
        }
        check("a\u{00ad}\u{2060}b\u{3164}", false);
        check("hidden\u{e0061}\u{e0062}", false);
        check("Cafe\u{0301}", true);
        check("می\u{200c}خواهم", true);
        check("👩\u{200d}👧 ❤\u{fe0f}", true);
    }
}
