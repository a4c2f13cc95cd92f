//! Indexes of other kinds than the usual one.

use crate::scene::Scene;

/// In a repository that `before` has set up, an agent's commit holds the change, the index is clean, and git finds
/// nothing wrong with it.
fn check(before: &str) -> Scene {
    let scene = Scene::new();
    scene.sh(before);
    for (name, path) in [("changed", "file"), ("begun", "dir/new")] {
        scene.sh(&format!("mkdir -p dir; echo {name} >{path}"));
        scene.done(&["--", path]);
        assert_eq!(scene.git(&["status", "--porcelain"]), "", "{before}");
        let names = scene.git(&["show", "--format=", "--name-only", "HEAD"]);
        assert_eq!(names.trim(), path, "{before}");
        let found = scene.git(&["fsck", "--no-dangling"]);
        assert_eq!(found, "", "{before}");
        // fsck reads the checksum only where there is one.
        let sum = scene.sh("tail -c 20 .git/index | od -An -tx1 | tr -d ' \\n'");
        assert_ne!(sum, "0".repeat(40), "{before}");
    }
    scene
}

#[test]
fn an_index_of_any_kind_knows_of_the_commit() {
    check("");
    check("git update-index --index-version 4");
    check("git config feature.manyFiles true; git config index.skipHash false; git status");
    check("git update-index --untracked-cache");
}

#[test]
fn a_split_index_stays_one_that_git_reads() {
    let is_split = |scene: &Scene| {
        let shared = scene.sh("git rev-parse --shared-index-path");
        let file = scene.path().join(shared.trim());
        assert!(
            file.is_file() && !shared.contains("index.000000"),
            "{shared}"
        );
    };
    is_split(&check("git update-index --split-index"));
    is_split(&check("git config core.splitIndex true"));
    is_split(&check("git config core.splitIndex true; git status"));
    // Every change makes a new shared part.
    let always = "git config core.splitIndex true; git config splitIndex.maxPercentChange 0";
    is_split(&check(&format!("{always}; git status")));
}

#[test]
fn hooks_find_an_index_with_its_checksum() {
    let scene = Scene::new();
    scene.hook(
        "pre-commit",
        "tail -c 20 \"$GIT_INDEX_FILE\" | od -An -tx1 | tr -d ' \\n' >.git/sum",
    );
    scene.write("file", "two");
    scene.done(&[]);
    let sum = scene.read(".git/sum");
    assert_eq!(sum.len(), 40, "{sum}");
    assert_ne!(sum, "0".repeat(40));
}
