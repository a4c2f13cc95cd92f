//! A content is read in pieces; where they meet must not matter.

use std::io::Read;

use super::{corpus::Dice, found, search};
use crate::content;

fn token() -> String {
    Dice::new(5).fill("ghp_{A36}")
}

/// Reads a few bytes at a time, as pipes do.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = buffer.len().min(self.0.len()).min(60_000);
        let (now, later) = self.0.split_at(n);
        buffer[..n].copy_from_slice(now);
        self.0 = later;
        Ok(n)
    }
}

#[test]
fn a_secret_is_found_once_wherever_pieces_meet() {
    let token = token();
    let piece = 1024 * 1024;
    for at in [
        0,
        1,
        piece - 40 * 1024,
        piece - 32 * 1024 - 2,
        piece - 32 * 1024,
        piece - 20,
        piece,
        2 * piece - 32 * 1024 - 1,
        2 * piece + 5,
    ] {
        let mut text = "filler\n".repeat(3 * piece / 7).into_bytes();
        text.splice(
            at..at + token.len() + 2,
            format!("\n{token}\n").into_bytes(),
        );
        let line = 2 + text[..at].iter().filter(|byte| **byte == b'\n').count() as u64;
        let content = content::search(&mut Slow(&text), true).unwrap();
        let found: Vec<_> = content
            .found
            .iter()
            .map(|found| (found.rule.id, found.line))
            .collect();
        assert_eq!(found, [("github-token", line)], "at {at}");
        assert_eq!(content.bytes, text.len() as u64);
        assert_eq!(content.sha256.unwrap().len(), 64);
    }
}

#[test]
fn a_key_longer_than_what_is_looked_at_is_one_finding() {
    let body = Dice::new(9).letters(b'B', 100_000);
    let text = format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n");
    assert_eq!(found(&text), [("private-key", 1)]);
}

#[test]
fn in_binary_files_keys_and_tokens_are_looked_for() {
    let key = format!(
        "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n",
        Dice::new(2).letters(b'B', 200)
    );
    let password = Dice::new(3).fill("\nDB_PASSWORD={A20}\n");
    let parts = [token(), password, key];
    let bytes = format!("\0\0\0{}", parts.concat()).into_bytes();
    let content = search(&bytes);
    assert!(content.is_binary);
    let found: Vec<_> = content.found.iter().map(|found| found.rule.id).collect();
    assert_eq!(found, ["github-token", "openssh-private-key"]);
}

#[test]
fn text_in_sixteen_bits_is_text() {
    let text = format!("a\r\nTOKEN={}\r\n", token());
    let wide = text.encode_utf16().flat_map(u16::to_le_bytes);
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(wide).collect();
    let content = search(&bytes);
    assert!(!content.is_binary);
    assert_eq!(content.found.len(), 1, "{:?}", content.found);
    assert_eq!(content.found[0].line, 2);
}

#[test]
fn the_rule_that_tells_most_speaks() {
    let text = format!("GITHUB_TOKEN={}", token());
    assert_eq!(
        found(&text),
        [("github-token", 1)],
        "not a random value as well"
    );
}

#[test]
fn a_zero_byte_hides_no_token() {
    let token = token();
    let text = format!("a\0b\nlet x = \"{token}\";\n");
    let content = search(text.as_bytes());
    assert!(content.is_binary);
    assert_eq!(content.found.len(), 1);
    assert_eq!(
        (content.found[0].rule.id, content.found[0].line),
        ("github-token", 2)
    );
}

#[test]
fn text_of_two_bytes_is_read_with_a_mark_and_without_one() {
    let password = Dice::new(11).fill("DB_PASSWORD={A20}");
    let pieces = "filler text\r\n".repeat(200_000);
    for text in [
        format!("one\r\n{}\r\n{password}\r\n", token()),
        format!("{pieces}{}\r\n{password}\r\n", token()),
    ] {
        let lines = text.lines().count() as u64;
        for mark in ["\u{feff}", ""] {
            let wide: Vec<u16> = format!("{mark}{text}").encode_utf16().collect();
            let little: Vec<_> = wide.iter().flat_map(|it| it.to_le_bytes()).collect();
            let big: Vec<_> = wide.iter().flat_map(|it| it.to_be_bytes()).collect();
            for bytes in [little, big] {
                let content = search(&bytes);
                let told = content.found.iter().map(|it| (it.rule.id, it.line));
                let wanted = [("github-token", lines - 1), ("password-assignment", lines)];
                assert_eq!(told.collect::<Vec<_>>(), wanted, "{mark:?}");
                assert!(!content.is_binary);
                assert_eq!(content.bytes, bytes.len() as u64);
            }
        }
    }
}
