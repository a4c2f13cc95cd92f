//! What is captured on request, and what is left out and named.

use checkpoint_tests::{Fingerprint, Kept, Sandbox, Snapshot, keep};
use serde_json::Value;

/// Ignored and untracked files of several kinds.
fn start() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write(".gitignore", "*.secret\nbuild/\n");
    sandbox.write("new.txt", "new\n");
    sandbox.write("notes/new.md", "new\n");
    sandbox.write("a.secret", "ignored\n");
    sandbox.write("build/out.o", "ignored\n");
    sandbox
}

fn with_policy(text: &str) -> Kept {
    let sandbox = start();
    sandbox.write(".git-checkpoint.toml", text);
    keep(sandbox)
}

fn names(kept: &Kept) -> Vec<String> {
    kept.work.keys().map(ToString::to_string).collect()
}

#[test]
fn ignored_files_are_left_out_without_a_word() {
    let kept = with_policy("");
    kept.is_complete().skips(&[]);
    let all = names(&kept);
    assert!(
        !all.iter()
            .any(|name| name.ends_with("secret") || name.starts_with("build")),
        "{all:?}"
    );
}

#[test]
fn a_policy_includes_ignored_files() {
    let kept = with_policy("[capture]\ninclude = [\"*.secret\", \"build/**\"]\n");
    kept.skips(&[]);
    let held = |path: &str| {
        kept.work.contains_key(bstr::BStr::new(path))
            || kept.side.keys().any(|key| key.ends_with(path.as_bytes()))
    };
    assert!(
        held("a.secret") && held("build/out.o"),
        "{:?} {:?}",
        kept.work,
        kept.side
    );
}

#[test]
fn a_policy_excludes_untracked_files_and_names_them() {
    let kept = with_policy("[capture]\nexclude = [\"*.md\", \"README\"]\n");
    kept.is_complete().skips(&[("notes/new.md", "excluded")]);
    assert!(
        names(&kept).contains(&"README".to_owned()),
        "a tracked file is captured at any rate"
    );
}

#[test]
fn a_policy_limits_the_size_of_untracked_files() {
    let sandbox = start();
    sandbox.write(
        ".git-checkpoint.toml",
        "[capture]\nmax-file-size = \"1 KiB\"\n",
    );
    sandbox.write("exactly.bin", [7; 1024]);
    sandbox.write("over.bin", [7; 1025]);
    sandbox.write("README", [b'x'; 5000]);
    let kept = keep(sandbox);
    kept.is_complete().skips(&[("over.bin", "too_large")]);
    assert_eq!(
        kept.created["skipped"][0]["bytes"], 1025,
        "and how large it is"
    );
    kept.work_holds("exactly.bin", [7; 1024])
        .work_holds("README", [b'x'; 5000]);
}

#[test]
fn without_a_policy_the_limit_is_100_mebibytes() {
    let sandbox = start();
    // Holes only: it takes no space and no time.
    sandbox.sh("truncate -s 104857601 huge.bin");
    keep(sandbox)
        .is_complete()
        .skips(&[("huge.bin", "too_large")]);
}

#[test]
fn a_policy_refuses_nested_repositories() {
    let sandbox = start();
    sandbox.write(".git-checkpoint.toml", "[capture]\nnested = \"refuse\"\n");
    sandbox.git(["init", "--quiet", "nested"]);
    let before = Fingerprint::of(&sandbox);
    let output = sandbox.checkpoint(["create"]).exits(1);
    before.assert_same(&Fingerprint::of(&sandbox), "a refusal changes nothing");
    assert!(output.talk().contains("nested"), "it is named: {output}");
}

#[test]
fn a_policy_keeps_files_outside_the_working_tree() {
    let sandbox = start();
    sandbox.write("../home/.toolrc", "settings\n");
    sandbox.write(
        ".git-checkpoint.toml",
        "[capture]\nextra = [\"~/.toolrc\", \"~/.not-there\"]\n",
    );
    let kept = keep(sandbox);
    kept.is_complete();
    let extra: Vec<_> = kept
        .side
        .keys()
        .filter(|path| path.starts_with(b"extra/"))
        .collect();
    assert!(
        extra.iter().any(|path| path.ends_with(b".toolrc")),
        "it lies beside: {:?}",
        kept.side
    );
    assert!(
        !names(&kept).iter().any(|name| name.contains("toolrc")),
        "and not among the files"
    );
}

/// The only checkpoint's files and what was skipped, made with these options.
fn created(words: &[&str]) -> (Vec<String>, Value) {
    let sandbox = start();
    let before = Fingerprint::of(&sandbox);
    let output = sandbox
        .checkpoint([&["create", "--json"], words].concat())
        .exits(0)
        .json();
    before.assert_same(&Fingerprint::of(&sandbox), "a checkpoint is invisible");
    let snapshot = Snapshot::only(&sandbox);
    let all = [snapshot.work_tree(&sandbox), snapshot.side_tree(&sandbox)];
    let names = all
        .iter()
        .flat_map(|tree| tree.keys())
        .map(ToString::to_string)
        .collect();
    (names, output["checkpoint"]["skipped"].clone())
}

#[test]
fn untracked_files_are_left_out_when_not_wanted() {
    let (names, skipped) = created(&["--no-untracked"]);
    assert!(!names.iter().any(|name| name.contains("new")), "{names:?}");
    assert!(names.contains(&"README".to_owned()), "{names:?}");
    assert!(
        skipped.to_string().contains("untracked_not_asked"),
        "and it is told: {skipped}"
    );
}

#[test]
fn patterns_on_the_command_line_add_to_those_of_the_policy() {
    let (names, skipped) = created(&["--exclude", "*.md", "--include", "*.secret"]);
    assert!(!names.iter().any(|name| name.ends_with(".md")), "{names:?}");
    assert!(
        names.iter().any(|name| name.ends_with("a.secret")),
        "{names:?}"
    );
    assert!(
        skipped.to_string().contains("notes/new.md"),
        "and it is told: {skipped}"
    );
}
