use std::process::Command;

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

/// Asks the real git whether the tag of such a name is a valid ref.
fn git_allows(name: &str) -> bool {
    // No argument of a program can hold a NUL, and git-check-ref-format(1) refuses control characters.
    if name.contains('\0') {
        return false;
    }
    let ref_name = format!("refs/tags/checkpoint/{name}");
    Command::new("git")
        .args(["check-ref-format", &ref_name])
        .status()
        .unwrap()
        .success()
}

/// The places where we are stricter than git. Anything else that git allows must be a name.
fn is_stricter_than_git(error: &NameError) -> bool {
    match error {
        NameError::TooLong { .. } | NameError::Reserved { .. } => true,
        NameError::Malformed { why, .. } => [
            "it starts with '-'",
            "it holds a character that cannot be seen",
        ]
        .contains(why),
        NameError::Empty => false,
    }
}

fn agrees_with_git(name: &str) {
    match name.parse::<CheckpointName>() {
        Ok(_) => assert!(
            git_allows(name),
            "{name:?} is a name to us, and no ref to git"
        ),
        Err(error) => assert!(
            is_stricter_than_git(&error) || !git_allows(name),
            "{name:?} is a ref to git, and to us: {error}"
        ),
    }
}

#[test]
fn names_are_those_of_a_table_and_git_agrees() {
    let check = |text: &str, is_name: bool| {
        assert_eq!(text.parse::<CheckpointName>().is_ok(), is_name, "{text:?}");
        agrees_with_git(text);
    };
    for name in [
        "before-api-work",
        "api/step-2",
        "a",
        "é",
        "日本語",
        "v1.0",
        "a.b/c.d",
        "HEAD",
        "a@b",
        "a@",
        "@/a",
        "{a}",
        "a{b",
        "a-",
        "a/-b",
        "lock",
        "a.lock.b",
        ".lock".trim_start_matches('.'),
        "deadbeef",
        "0199a1b2-c3d4",
        "latest-1",
        "latest/a",
        "refsa",
        "a/refs/b",
        "👩‍🚀",
        "main",
        "#1",
        "!",
        "$(reboot)",
        "`x`",
        "'",
        "\"",
        "%41",
        "a,b",
        "a=b",
    ] {
        check(name, true);
    }
    for text in [
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "a/.b",
        "a.",
        "a/",
        "/a",
        "a//b",
        "/",
        "a.lock",
        "a.lock/b",
        "a b",
        " ",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "a\\b",
        "a@{b",
        "@{",
        "a\tb",
        "a\nb",
        "a\rb",
        "\0",
        "a\0b",
        "\u{1b}[31m",
        "a\u{7f}",
        // From here on git would allow it.
        "-a",
        "--all",
        "-",
        "@",
        "latest",
        "Latest",
        "LATEST",
        "refs",
        "refs/heads/main",
        "a\u{85}b",
        "a\u{2028}b",
        "a\u{202e}b",
        "\u{feff}a",
        "0199a1b2-c3d4-7000-8000-000000000000",
        "0199A1B2-C3D4-4000-8000-000000000000",
        "0199a1b2c3d470008000000000000000",
        "{0199a1b2-c3d4-7000-8000-000000000000}",
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    ] {
        check(text, false);
    }
}

#[test]
fn a_name_has_at_most_200_bytes() {
    assert!("a".repeat(200).parse::<CheckpointName>().is_ok());
    assert_eq!(
        "a".repeat(201).parse::<CheckpointName>(),
        Err(NameError::TooLong { length: 201 })
    );
    assert!(
        "é".repeat(101).parse::<CheckpointName>().is_err(),
        "bytes count, not characters"
    );
}

#[test]
fn an_error_shows_the_rule_and_a_name_that_would_do() {
    let error = "fix\u{1b}[2J the api"
        .parse::<CheckpointName>()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "'fix\\u{1b}[2J the api' is not a valid checkpoint name: it holds a character that cannot be seen"
    );
    assert_eq!(
        Diagnostic::help(&error).unwrap().to_string(),
        "git checkpoint create fix-2J-the-api"
    );
    assert_eq!(
        Diagnostic::code(&error).unwrap().to_string(),
        "checkpoint::name_invalid"
    );
    assert_eq!(error.kind(), Kind::Usage);
    let error = "latest".parse::<CheckpointName>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "'latest' is not a valid checkpoint name: it reads as the newest checkpoint"
    );
    assert_eq!(
        Diagnostic::help(&error).unwrap().to_string(),
        "git checkpoint create before-latest"
    );
}

#[test]
fn a_name_in_json_is_checked_as_one_that_is_typed() {
    assert_eq!(
        serde_json::from_str::<CheckpointName>("\"a/b\"")
            .unwrap()
            .as_str(),
        "a/b"
    );
    assert!(serde_json::from_str::<CheckpointName>("\"../b\"").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn git_allows_every_name(pieces in vec(select(vec![
        "a", "B", ".", "..", "/", "lock", ".lock", "@", "{", "@{", "-", "~", "^", ":", "?", "*", "[", "]", "\\", " ",
        "\t", "\u{1}", "\u{7f}", "é", "\u{85}", "\u{202e}", "latest", "HEAD", "refs", "0", "日",
    ]), 0..6)) {
        agrees_with_git(&pieces.concat());
    }

    #[test]
    fn git_allows_every_name_of_any_characters(text in any::<String>()) {
        agrees_with_git(&text);
    }

    #[test]
    fn a_suggestion_is_a_name(text in any::<String>()) {
        for name in [suggestion(&text), format!("before-{}", suggestion(&text))] {
            let is_reserved = matches!(name.parse::<CheckpointName>(), Err(NameError::Reserved { .. }));
            prop_assert!(is_reserved || name.parse::<CheckpointName>().is_ok(), "{}", name);
        }
    }
}
