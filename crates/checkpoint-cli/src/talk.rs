//! What is said beside the data, on standard error.

use std::{
    fmt,
    io::{self, Write as _},
};

use crate::{
    Painted, Style,
    escape::{self, Keep},
};

/// Standard error, as git speaks on it. A message that cannot be written is lost; the command goes on.
#[derive(Debug, Clone, Copy)]
pub struct Talk {
    pub(crate) is_quiet: bool,
    pub(crate) has_hints: bool,
    pub(crate) has_colour: bool,
}

impl Talk {
    /// Says what is going on or was done; silent with `-q`.
    pub fn status(&self, text: impl fmt::Display) {
        if !self.is_quiet {
            self.say(format_args!("{text}\n"));
        }
    }

    /// Warns, also with `-q`.
    pub fn warning(&self, text: impl fmt::Display) {
        self.say(format_args!("warning: {text}\n"));
    }

    /// Proposes the next command; silent with `-q` and where config `advice.checkpoint` is false.
    pub fn hint(&self, text: impl fmt::Display) {
        if !self.is_quiet {
            self.advise(text);
        }
    }

    /// The help of an error: it belongs to the message, so `-q` does not silence it.
    pub(crate) fn advise(&self, text: impl fmt::Display) {
        if self.has_hints {
            self.say(format_args!(
                "{}",
                hint_lines(&text.to_string(), self.has_colour)
            ));
        }
    }

    /// Writes text as it is, safe for the terminal.
    pub(crate) fn say(&self, text: fmt::Arguments<'_>) {
        let keep = if self.has_colour {
            Keep::LinesAndColours
        } else {
            Keep::Lines
        };
        // One write per message: others may write to the same terminal.
        let mut message = Vec::new();
        let _lost = escape::write_fmt(&mut message, keep, text).and_then(|()| {
            let message = without_commands(&String::from_utf8_lossy(&message));
            io::stderr().lock().write_all(message.as_bytes())
        });
    }
}

/// What a log of GitHub Actions takes for a command is spelled out: a line that begins with `::`, and `##[` anywhere.
/// None of our own words look so; what they quote may.
fn without_commands(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let begins = line.len() - line.trim_start().len();
        let (blank, rest) = line.split_at(begins);
        match rest.strip_prefix("::") {
            Some(rest) => format!("{blank}\\u{{3a}}:{rest}"),
            None => line.to_owned(),
        }
    });
    lines.collect::<String>().replace("##[", "\\u{23}#[")
}

/// Each line with git's prefix, coloured as a whole.
fn hint_lines(text: &str, has_colour: bool) -> String {
    let hint = |line| Painted {
        text: format!("hint: {line}"),
        style: Style::Warning,
        is_on: has_colour,
    };
    text.lines()
        .map(|line| format!("{}\n", hint(line)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_a_command_for_a_log() {
        let check = |text: &str, want: &str| assert_eq!(without_commands(text), want);
        check("fatal: a::b\n  cause\n", "fatal: a::b\n  cause\n");
        check("a\n::error::b\n", "a\n\\u{3a}:error::b\n");
        check("a\n \t::error::b", "a\n \t\\u{3a}:error::b");
        check("a ##[add-mask]b", "a \\u{23}#[add-mask]b");
        check("###[x]", "#\\u{23}#[x]");
    }

    #[test]
    fn every_line_of_a_hint_says_that_it_is_one() {
        assert_eq!(
            hint_lines("look at\n  git checkpoint list", false),
            "hint: look at\nhint:   git checkpoint list\n"
        );
        assert_eq!(hint_lines("look", true), "\x1b[33mhint: look\x1b[m\n");
    }
}
