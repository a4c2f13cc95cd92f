//! Repositories of other kinds, and other places to stand in.

use crate::scene::Scene;

#[test]
fn references_in_reftable_are_read_and_written_through_git() {
    let scene = Scene::with_init(&["--ref-format=reftable"]);
    scene.write(".git-checkpoint.toml", "[retention]\ngrace-days = 0\n");
    let kept = scene.keep_named(2, "safe");
    let other = scene.keep(1);
    assert_eq!(scene.done(&["list"]).out.lines().count(), 2);
    scene.done(&["name", &other.id(), "api"]);
    scene.done(&["delete", "safe"]);
    let pruned = scene.json(&["prune"]);
    assert_eq!(pruned["removed"][0]["checkpoint"], kept.id());
    assert_eq!(scene.json(&["show", "latest"])["checkpoint"]["name"], "api");
    assert_eq!(scene.done(&["log"]).out.lines().count(), 5);
    assert_eq!(scene.done(&["diff", "--name-only"]).out, "");
    scene.git(&["fsck", "--strict"]);
}

#[test]
fn a_mirror_has_all_and_shows_all() {
    let scene = Scene::new();
    scene.write("new", "new\n");
    let kept = scene.keep_named(1, "safe");
    let mirror = scene.beside("mirror.git");
    scene.git(&["clone", "-q", "--mirror", ".", &mirror]);
    let said = |args: &[&str]| {
        let output = scene
            .checkpoint(args)
            .current_dir(&mirror)
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    assert!(said(&["list"]).1.contains("safe"));
    assert!(said(&["show", "safe"]).1.contains(" new | 1 +"));
    assert!(said(&["summary"]).1.starts_with("checkpoints   "));
    assert_eq!(said(&["delete", "safe"]).0, Some(0));
    assert_eq!(
        said(&["diff", &kept.id()]).0,
        Some(128),
        "there is no working tree to compare with"
    );
    assert_eq!(said(&["diff", &kept.id(), &kept.id()]).0, Some(0));
}

#[test]
fn every_worktree_sees_the_same_checkpoints() {
    let scene = Scene::new();
    let kept = scene.keep_named(1, "safe");
    let linked = scene.beside("linked");
    scene.git(&["worktree", "add", "-q", &linked]);
    let listed = scene
        .checkpoint(&["list"])
        .current_dir(&linked)
        .output()
        .unwrap();
    assert_eq!(listed.stdout, scene.done(&["list"]).out.into_bytes());
    fs_err::write(format!("{linked}/file"), "other\n").unwrap();
    let mut diff = scene.checkpoint(&["diff", &kept.id(), "--name-only"]);
    let output = diff.current_dir(&linked).output().unwrap();
    assert_eq!(
        output.stdout, b"file\n",
        "the working tree is that of where one stands"
    );
    assert_eq!(scene.done(&["diff"]).out, "");
}

#[test]
fn there_must_be_a_repository() {
    let scene = Scene::new();
    for command in ["list", "show", "diff", "prune", "summary", "log", "export"] {
        let mut command = scene.checkpoint(&[command]);
        let elsewhere = command.current_dir(scene.path().parent().unwrap());
        assert_eq!(elsewhere.output().unwrap().status.code(), Some(128));
    }
}
