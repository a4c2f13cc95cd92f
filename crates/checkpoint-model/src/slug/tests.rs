use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::samples::hostile_text;

/// Asks the real git whether a branch may be called this.
fn git_allows(branch: &str) -> bool {
    Command::new("git")
        .args(["check-ref-format", "--branch", branch])
        .output()
        .unwrap()
        .status
        .success()
}

fn branches(words: &str) -> RunBranches {
    RunBranches {
        prefix: BranchPrefix::default(),
        slug: Slug::of(words),
    }
}

#[test]
fn a_slug_is_what_is_left_of_the_words() {
    let check = |words: &str, want: &str| {
        assert_eq!(Slug::of(words).as_str(), want, "{words:?}");
        let branch = branches(words).nth(1);
        assert!(git_allows(&branch), "{branch} is a branch to git");
        assert!(git_allows(want), "{want} alone is one, too");
    };
    check("Fix the API", "fix-the-api");
    check("  --fix__the//API!! ", "fix-the-api");
    check("...dots.and.lock", "dots-and-lock");
    check("main.lock", "main-lock");
    check("a@{b}", "a-b");
    check("@", "task-c3641f85");
    check("HEAD", "head");
    check("-", "task-3973e022");
    check("", "task-e3b0c442");
    check("🚀🔥", "task-275479e3");
    check("日本語", "task-77710aed");
    check("日本語 API", "api");
    check("Prüfung für Größe", "prufung-fur-grosse");
    check("Cafe\u{301} İstanbul", "cafe-istanbul");
    check("Łódź ærø", "lodz-aero");
    check("con", "con-task");
    check("LPT1", "lpt1-task");
    check("company", "company");
    check("a\nb\tc\0d", "a-b-c-d");
    check(&"x".repeat(300), &"x".repeat(50));
    check(&"ab ".repeat(100), &format!("{}ab", "ab-".repeat(16)));
}

#[test]
fn the_next_number_is_the_one_after_the_highest() {
    let check = |taken: &[&str], want: u32| {
        let next = branches("fix it").next_free(taken.iter().copied());
        assert_eq!(next, want, "{taken:?}");
    };
    check(&[], 1);
    check(&["main", "agent/fix-it-too/run-7", "other/fix-it/run-4"], 1);
    check(&["agent/fix-it/run-1", "agent/fix-it/run-3"], 4);
    check(
        &[
            "agent/fix-it/run-03",
            "agent/fix-it/run-+5",
            "agent/fix-it/run-1x",
        ],
        1,
    );
    check(&["agent/fix-it/run-10", "agent/fix-it/run-9"], 11);
    check(&["agent/fix-it/run-99999999999"], 1);
}

#[test]
fn a_prefix_is_one_of_which_git_makes_a_branch() {
    for prefix in ["agent", "bots/nightly", "é", "a.b", "x@y", "HEAD", "@"] {
        let parsed: BranchPrefix = prefix.parse().unwrap();
        let branches = RunBranches {
            prefix: parsed,
            slug: Slug::of("x"),
        };
        assert!(git_allows(&branches.nth(1)), "{prefix}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_the_words_the_slug_is_short_plain_and_the_same_again(words in hostile_text()) {
        let slug = Slug::of(&words);
        let text = slug.as_str();
        prop_assert_eq!(&slug, &Slug::of(&words));
        prop_assert!((1..=Slug::MAX_BYTES).contains(&text.len()));
        prop_assert!(text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')));
        prop_assert!(!text.starts_with('-') && !text.ends_with('-') && !text.contains("--"));
        prop_assert_eq!(&Slug::of(text), &slug, "a slug is its own slug");
        prop_assert_eq!(branches(&words).number(&branches(&words).nth(7)), Some(7));
    }

    #[test]
    fn what_we_take_for_a_prefix_git_does_too(prefix in hostile_text()) {
        if let Ok(parsed) = prefix.parse::<BranchPrefix>() {
            let branches = RunBranches { prefix: parsed, slug: Slug::of("x") };
            prop_assert!(git_allows(&branches.nth(1)), "{}", prefix);
        }
    }
}
