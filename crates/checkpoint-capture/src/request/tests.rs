use checkpoint_model::policy::PathGlobs;
use gix::bstr::ByteSlice;

use super::Patterns;

#[track_caller]
fn check(pattern: &str, path: &str, expected: bool) {
    let patterns = Patterns::from(PathGlobs::new([pattern]).expect("the pattern is a glob"));
    assert_eq!(
        patterns.matches(path.as_bytes().as_bstr()),
        expected,
        "'{pattern}' on '{path}'"
    );
    for (slash, _) in path.match_indices('/').filter(|_| expected) {
        let directory = path.as_bytes()[..slash].as_bstr();
        assert!(
            patterns.may_match_below(directory),
            "'{pattern}' is looked for in '{directory}'"
        );
    }
}

#[test]
fn a_pattern_without_a_slash_matches_at_any_depth() {
    check(".env", ".env", true);
    check(".env", "a/b/.env", true);
    check("*.log", "a/b.log", true);
    check("*.log", "a/b.txt", false);
}

#[test]
fn a_pattern_with_a_slash_is_anchored_at_the_top() {
    check("/.env", ".env", true);
    check("/.env", "a/.env", false);
    check("a/*.log", "a/x.log", true);
    check("a/*.log", "a/b/x.log", false);
    check("a/**/x", "a/b/c/x", true);
}

#[test]
fn a_pattern_that_names_a_directory_takes_all_below_it() {
    check("build", "x/build/out/a.o", true);
    check("build/", "build/a.o", true);
    check("build/", "build/", true);
    check("build/", "build", false);
    check("build", "build/", true);
    check("a/build", "a/build/b/c", true);
    check("a/build", "a/builder/c", false);
}

#[test]
fn only_directories_that_may_hold_a_match_are_searched() {
    let patterns = Patterns::from(PathGlobs::new(["secrets/local/*.key"]).expect("a glob"));
    for (directory, expected) in [
        ("secrets", true),
        ("secrets/local", true),
        ("secrets/local/deep", true),
        ("node_modules", false),
        ("sec", false),
        ("secrets-old", false),
    ] {
        assert_eq!(
            patterns.may_match_below(directory.as_bytes().as_bstr()),
            expected,
            "below '{directory}'"
        );
    }
}
