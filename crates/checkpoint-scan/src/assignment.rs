//! A name, an operator and a value, as code and configuration have them.

use std::ops::Range;

/// What is given to what, as places in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// The name, all of it.
    pub(crate) name: Range<usize>,
    /// The value, without its quotes.
    pub(crate) value: Range<usize>,
}

/// No name and no value that is looked at is longer.
const LONGEST_NAME: usize = 80;
const LONGEST_VALUE: usize = 512;

/// Reads the assignment whose name holds the bytes `anchor` of `text`; none where there is none, or where the value is
/// an expression.
pub(crate) fn read(text: &[u8], anchor: Range<usize>) -> Option<Assignment> {
    // Such as `_pass`, which is more often the beginning of another word.
    let is_short = text[anchor.start] == b'_';
    if is_short && text.get(anchor.end).is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let name = name_around(text, anchor);
    if name.len() > LONGEST_NAME {
        return None;
    }
    let mut at = name.end;
    // The end of a quoted key, or of an index: `"token":`, `env["TOKEN"] =`.
    at += count(&text[at..], 2, |byte| b"\"'`]".contains(&byte));
    at = operator(text, at)?;
    // Strings of a kind: `b"…"`, `@"…"`.
    let at = match text.get(at..at + 2) {
        Some([b'b' | b'r' | b'f' | b'@', b'"' | b'\'']) => at + 1,
        _ => at,
    };
    let value = match text.get(at)? {
        quote @ (b'"' | b'\'' | b'`') => quoted(text, at + 1, *quote)?,
        _ if begins_line(text, name.start) => bare(text, at)?,
        _ => return None,
    };
    Some(Assignment { name, value })
}

fn name_around(text: &[u8], anchor: Range<usize>) -> Range<usize> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let before = text[..anchor.start].iter().rev();
    let before = before
        .take(LONGEST_NAME)
        .take_while(|byte| is_part(**byte))
        .count();
    let after = count(&text[anchor.end..], LONGEST_NAME, is_part);
    anchor.start - before..anchor.end + after
}

/// Skips `=`, `:`, `:=`, `=>` or `: type =` and the blanks around it; none where nothing is assigned.
fn operator(text: &[u8], at: usize) -> Option<usize> {
    let blanks = |at: usize| at + count(&text[at..], 10, |byte| b" \t".contains(&byte));
    let mut at = blanks(at);
    if text.get(at) == Some(&b':') {
        at = blanks(at + 1);
        let is_type = |byte: u8| byte.is_ascii_alphanumeric() || b"&'<>_ ?".contains(&byte);
        let n_type = count(&text[at..], 40, is_type);
        match text.get(at + n_type) {
            Some(b'=') => at += n_type,
            _ => return Some(at),
        }
    }
    match (text.get(at)?, text.get(at + 1)) {
        (b'=', Some(b'=' | b'~')) => None,
        (b'=', Some(b'>')) => Some(blanks(at + 2)),
        (b'=', _) => Some(blanks(at + 1)),
        _ => None,
    }
}

fn quoted(text: &[u8], start: usize, quote: u8) -> Option<Range<usize>> {
    let rest = &text[start..];
    let end = count(rest, LONGEST_VALUE, |byte| byte != quote && byte != b'\n');
    (rest.get(end) == Some(&quote)).then(|| start..start + end)
}

/// A value without quotes goes to the end of its line, or to a blank or a comma there.
fn bare(text: &[u8], start: usize) -> Option<Range<usize>> {
    let is_value = |byte: u8| !byte.is_ascii_whitespace() && !b"\"'`,;()[]{}<>|\\".contains(&byte);
    let end = start + count(&text[start..], LONGEST_VALUE, is_value);
    let is_over = |byte: &u8| byte.is_ascii_whitespace() || b",;\"'`".contains(byte);
    text.get(end).is_none_or(is_over).then_some(start..end)
}

/// Whether nothing but what may stand before a key is before the name in its line: `export`, `ENV`, `-`, `--`.
fn begins_line(text: &[u8], name: usize) -> bool {
    const WORDS: [&[u8]; 5] = [b"", b"export", b"ENV", b"set", b"ARG"];
    let before = &text[name.saturating_sub(LONGEST_NAME)..name];
    let line = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(before, |end| &before[end + 1..]);
    let line = line.trim_ascii();
    line.iter().all(|byte| b"-+\"' \t#;/".contains(byte)) || WORDS.contains(&line)
}

/// How many of the first bytes of `text`, at most `most`, are such.
fn count(text: &[u8], most: usize, is_such: impl Fn(u8) -> bool) -> usize {
    text.iter()
        .take(most)
        .take_while(|byte| is_such(**byte))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, wanted: Option<(&str, &str)>) {
        let anchor = line.find("token").expect("each case has the word");
        let found = read(line.as_bytes(), anchor..anchor + 5);
        let found = found.map(|found| (&line[found.name], &line[found.value]));
        assert_eq!(found, wanted, "{line}");
    }

    #[test]
    fn code_and_configuration_are_read() {
        check("API_token=abc", Some(("API_token", "abc")));
        check("  my.token : abc # why", Some(("my.token", "abc")));
        check("\"auth_token\": \"a b\",", Some(("auth_token", "a b")));
        check("let token: &str = \"abc\";", Some(("token", "abc")));
        check("x['token'] = 'abc'", Some(("token", "abc")));
        check("token := `abc`", Some(("token", "abc")));
        check("'token' => 'abc',", Some(("token", "abc")));
        check("export token=abc", Some(("token", "abc")));
        check("const token = b\"abc\"", Some(("token", "abc")));
    }

    #[test]
    fn expressions_are_no_values() {
        check("if token == \"abc\" {", None);
        check("token = read(x)", None);
        check("let token = next;", None);
        check("fn token(&self)", None);
        check("token: \"abc", None);
        check("the token is abc", None);
    }
}
