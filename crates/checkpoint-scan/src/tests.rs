mod corpus;
mod harmless;
mod pieces;
mod repository;

use std::collections::HashSet;

use crate::{content, content::Content, matcher::Matcher, rules};

fn search(text: &[u8]) -> Content {
    content::search(&mut &text[..], false).unwrap()
}

/// The rules that find something, and the lines it is in.
fn found(text: &str) -> Vec<(&'static str, u64)> {
    let content = search(text.as_bytes());
    content
        .found
        .iter()
        .map(|found| (found.rule.id, found.line))
        .collect()
}

#[test]
fn the_table_is_in_order() {
    Matcher::of_text().compile_all();
    let mut ids = HashSet::new();
    for rule in rules::all() {
        assert!(ids.insert(rule.id), "'{}' is there twice", rule.id);
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(rule.id.chars().all(is_word), "'{}'", rule.id);
        assert!(
            !rule.what.is_empty() && !rule.what.ends_with('.'),
            "'{}'",
            rule.id
        );
        let is_file = matches!(rule.shape, rules::Shape::File);
        assert_eq!(
            is_file,
            rule.anchors.is_empty(),
            "'{}' is found by its anchors",
            rule.id
        );
        assert!(
            rule.anchors.iter().all(|anchor| anchor.len() >= 3),
            "'{}'",
            rule.id
        );
    }
    assert!(rules::find("github-token").is_some() && rules::find("nothing").is_none());
}
