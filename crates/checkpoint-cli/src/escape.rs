//! Nothing that comes from a repository may drive the terminal.
//!
//! Names and descriptions come from other machines by fetch. Control characters could move the cursor, set the title
//! or hide text; direction overrides could reorder what is read. They are spelled out as `\u{1b}`, bytes that are not
//! UTF-8 as `\xff`.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
    io,
};

use crate::colour;

/// Which control characters pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// None: the text is to stay on its line.
    OneLine,
    /// Line ends and tabs.
    Lines,
    /// Line ends, tabs and the few colour codes that are ours.
    LinesAndColours,
}

/// Bytes as text: what is not UTF-8 is spelled `\xff`. Control characters stay, [`Output`](crate::Output) and
/// [`Talk`](crate::Talk) spell them out.
pub fn shown(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02x}").expect("a string takes all that is written");
        }
    }
    text.into()
}

/// The text with everything hostile spelled out.
pub(crate) fn safe(text: &str, keep: Keep) -> String {
    let mut out = String::with_capacity(text.len());
    Safe {
        out: &mut out,
        keep,
    }
    .write_str(text)
    .expect("a string takes all that is written");
    out
}

/// Passes text on with everything hostile spelled out.
pub(crate) struct Safe<'a, W> {
    pub(crate) out: &'a mut W,
    pub(crate) keep: Keep,
}

impl<W: fmt::Write> fmt::Write for Safe<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some((at, found)) = self.first_hostile(rest) {
            self.out.write_str(&rest[..at])?;
            rest = &rest[at..];
            let ours = colour::leading_code(rest).filter(|_| self.keep == Keep::LinesAndColours);
            let spelled_len = if let Some(code) = ours {
                self.out.write_str(code)?;
                code.len()
            } else {
                write!(self.out, "{}", found.escape_default())?;
                found.len_utf8()
            };
            rest = &rest[spelled_len..];
        }
        self.out.write_str(rest)
    }
}

impl<W> Safe<'_, W> {
    fn first_hostile(&self, text: &str) -> Option<(usize, char)> {
        // Nearly all text is printable ASCII: this loop is the one the compiler makes fast.
        if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return None;
        }
        text.char_indices().find(|(_, c)| {
            is_hostile(*c) && !(self.keep != Keep::OneLine && matches!(c, '\n' | '\t'))
        })
    }
}

/// Controls (C0, DEL, C1), line separators, marks that turn the direction of text, and the byte order mark.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// Formats into a byte stream, keeping the stream's own error, which [`fmt::Error`] cannot carry.
pub(crate) fn write_fmt(
    out: &mut dyn io::Write,
    keep: Keep,
    args: fmt::Arguments<'_>,
) -> io::Result<()> {
    struct ToBytes<'a> {
        out: &'a mut dyn io::Write,
        error: Option<io::Error>,
    }
    impl fmt::Write for ToBytes<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.out.write_all(text.as_bytes()).map_err(|error| {
                self.error = Some(error);
                fmt::Error
            })
        }
    }
    let mut bytes = ToBytes { out, error: None };
    fmt::write(
        &mut Safe {
            out: &mut bytes,
            keep,
        },
        args,
    )
    .map_err(|_| {
        bytes
            .error
            .unwrap_or_else(|| io::Error::other("a value could not be printed"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hostile_text_is_spelled_out() {
        let check =
            |text: &str, keep: Keep, want: &str| assert_eq!(safe(text, keep), want, "{text:?}");
        check("before-api-work", Keep::OneLine, "before-api-work");
        check("Prüfung 検査", Keep::OneLine, "Prüfung 検査");
        check(
            "a\x1b]0;owned\x07b",
            Keep::OneLine,
            "a\\u{1b}]0;owned\\u{7}b",
        );
        check(
            "two\nlines\tand a tab",
            Keep::OneLine,
            "two\\nlines\\tand a tab",
        );
        check(
            "two\nlines\tand a tab",
            Keep::Lines,
            "two\nlines\tand a tab",
        );
        check("back\rover", Keep::Lines, "back\\rover");
        check("\u{9b}31m", Keep::Lines, "\\u{9b}31m");
        check("abc\u{202e}fed", Keep::Lines, "abc\\u{202e}fed");
        check(
            "\x1b[33mid\x1b[m",
            Keep::LinesAndColours,
            "\x1b[33mid\x1b[m",
        );
        check("\x1b[33mid\x1b[m", Keep::Lines, "\\u{1b}[33mid\\u{1b}[m");
        check("\x1b[8mhidden", Keep::LinesAndColours, "\\u{1b}[8mhidden");
    }

    #[test]
    fn bytes_that_are_no_text_are_spelled_out() {
        assert_eq!(shown(b"plain"), "plain");
        assert_eq!(shown(b"caf\xe9.txt"), "caf\\xe9.txt");
        assert_eq!(shown("é\n".as_bytes()), "é\n");
    }

    proptest! {
        #[test]
        fn no_control_character_survives(text in any::<String>()) {
            let shown = safe(&text, Keep::OneLine);
            prop_assert!(!shown.chars().any(char::is_control), "{shown:?}");
        }
    }
}
