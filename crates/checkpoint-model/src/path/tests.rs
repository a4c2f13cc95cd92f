use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::samples::any_path;

#[test]
fn json_holds_the_path_or_its_quoted_form() {
    let check = |path: &[u8], json: &str| {
        let path = TreePath::new(path);
        assert_eq!(serde_json::to_string(&path).unwrap(), json);
        assert_eq!(serde_json::from_str::<TreePath>(json).unwrap(), path);
    };
    check(b"src/main.rs", r#""src/main.rs""#);
    check("é".as_bytes(), "\"é\"");
    check(b"a\nb", r#""a\nb""#);
    check(br#"a"b"#, r#""a\"b""#);
    check(br#""a""#, r#""\"\\\"a\\\"\"""#);
    check(b"\xff", r#""\"\\377\"""#);
    check(
        "é\u{1}\t"
            .as_bytes()
            .iter()
            .chain(b"\xfe")
            .copied()
            .collect::<Vec<_>>()
            .as_slice(),
        r#""\"\\303\\251\\001\\t\\376\"""#,
    );
    check(b"", r#""""#);
}

#[test]
fn a_quoted_path_that_git_would_not_write_is_refused() {
    for text in [
        r#"""#,
        r#""a"#,
        r#""a\""#,
        r#""a"b""#,
        r#""\q""#,
        r#""\12""#,
        r#""\400""#,
        r#""\189""#,
        r#""\é12""#,
    ] {
        assert!(TreePath::from_text(text).is_err(), "{text}");
    }
}

#[test]
fn a_terminal_sees_a_quoted_path_where_the_bytes_would_not_be_seen() {
    let check = |path: &[u8], text: &str| assert_eq!(TreePath::new(path).to_string(), text);
    check("src/é b".as_bytes(), "src/é b");
    check(b"a\x1b[31m", r#""a\033[31m""#);
    check(b"a\\b", r#""a\\b""#);
    check("\u{202e}".as_bytes(), r#""\342\200\256""#);
}

proptest! {
    #[test]
    fn every_path_reads_back(path in any_path()) {
        prop_assert_eq!(&TreePath::from_text(&path.to_text()).unwrap(), &path);
        let json = serde_json::to_string(&path).unwrap();
        prop_assert_eq!(serde_json::from_str::<TreePath>(&json).unwrap(), path);
    }

    #[test]
    fn reading_never_panics(text in "\"[\\\\\"0-9a-zé]{0,8}\"?") {
        drop(TreePath::from_text(&text));
    }
}

#[test]
fn a_path_in_a_sentence_is_quoted_once() {
    let check = |path: &[u8], want: &str| {
        assert_eq!(TreePath::new(path).quoted(), want);
    };
    check(b"src/a b", "'src/a b'");
    check("prüfung".as_bytes(), "'prüfung'");
    check(b"zz\xff", r#""zz\377""#);
    check(b"say \"x\"", r#""say \"x\"""#);
}

#[test]
fn a_shell_reads_the_word_of_a_path_back() {
    let check = |path: &[u8]| {
        let word = TreePath::new(path).shell_word();
        let line = format!("printf %s {word}");
        let said = Command::new("bash").args(["-c", &line]).output().unwrap();
        assert_eq!(said.stdout, path, "{word}");
    };
    check(b"src/main.rs");
    check(b"a b");
    check(b"it's $HOME \"x\" \\ y");
    check(b"zz\xff's \\ \" end\n");
    check("prüfung\u{202e}".as_bytes());
}
