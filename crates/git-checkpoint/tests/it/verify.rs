//! `verify`.

mod formats;
mod range;
mod remedies;
mod signed;
mod tampered;

use serde_json::Value;

use crate::scene::Scene;

/// The document of a run, and its exit number.
fn verified(scene: &Scene, args: &[&str]) -> (i32, Value) {
    let said = scene.run(&[&["verify", "--json"], args].concat());
    let document = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
    (said.code, document)
}

/// The checks that ended so, each once, in order.
fn checks(document: &Value, status: &str) -> Vec<String> {
    let subjects = document["subjects"].as_array().unwrap().iter();
    let all = subjects.flat_map(|subject| subject["checks"].as_array().unwrap());
    let such = all.filter(|check| check["status"] == status);
    let mut ids: Vec<_> = such
        .map(|check| check["check"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Expects that these checks fail, and no others.
fn fails(scene: &Scene, args: &[&str], wanted: &[&str]) -> Value {
    let (code, document) = verified(scene, args);
    assert_eq!(checks(&document, "failed"), wanted, "{document:#}");
    assert_eq!(
        code,
        i32::from(!wanted.is_empty()),
        "the exit tells whether a check failed"
    );
    assert_eq!(document["verified"], wanted.is_empty());
    document
}

/// Why the check failed, wherever it did.
fn why(document: &Value, id: &str) -> String {
    let subjects = document["subjects"].as_array().unwrap().iter();
    let mut all = subjects.flat_map(|subject| subject["checks"].as_array().unwrap());
    let check = all.find(|check| check["check"] == id && check["status"] == "failed");
    check.unwrap()["why"].as_str().unwrap().to_owned()
}

/// A repository with a named and an automatic checkpoint of changed files.
fn kept() -> Scene {
    let scene = Scene::new();
    scene.git(&["switch", "-qc", "topic"]);
    scene.write("file", "two\n");
    scene.write("src/new.rs", "fn new() {}\n");
    scene.done(&["create", "-q", "safe", "-m", "before the change"]);
    scene.write("src/new.rs", "fn newer() {}\n");
    let later = scene.run_later(60, &["create", "-q", "-m", "later"]);
    assert_eq!(later.code, 0, "{}", later.err);
    scene
}

#[test]
fn what_was_kept_is_verified() {
    let scene = kept();
    let said = scene.done(&["verify"]);
    let lines: Vec<_> = said
        .out
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .collect();
    assert_eq!(lines[0], ["safe", "ok", "11", "checks"], "{}", said.out);
    assert_eq!(lines[1][1..], ["ok", "5", "checks"], "{}", said.out);
    assert_eq!(
        said.err,
        "2 checkpoints: 16 checks passed, 0 failed, 0 not here\n"
    );
    let (code, document) = verified(&scene, &["--restore", "--secrets"]);
    assert_eq!((code, &document["verified"]), (0, &true.into()));
    let passed = [
        "manifest-matches",
        "no-secret",
        "objects-complete",
        "record-matches-tag",
        "restorable",
    ];
    for check in passed {
        assert!(
            checks(&document, "passed").contains(&check.to_owned()),
            "{check}: {document:#}"
        );
    }
    assert_eq!(
        checks(&document, "not_asked"),
        ["signature", "tag-immutable"]
    );
}

#[test]
fn one_is_verified_by_whatever_names_it() {
    let scene = kept();
    for word in ["safe", "refs/tags/checkpoint/safe"] {
        let (_, document) = verified(&scene, &[word]);
        assert_eq!(document["subjects"].as_array().unwrap().len(), 1);
        assert_eq!(document["subjects"][0]["name"], "safe");
    }
    let (_, document) = verified(&scene, &["latest"]);
    assert_eq!(document["subjects"][0]["name"], Value::Null);
    assert_eq!(
        scene.failure(&["verify", "gone"]),
        (128, "checkpoint::unknown".to_owned())
    );
    assert_eq!(
        scene.failure(&["verify", "--range", "no..where"]),
        (128, "verify::range_unknown".to_owned())
    );
    assert_eq!(
        scene.failure(&["verify", "--remote", "nowhere"]),
        (128, "verify::remote_unreachable".to_owned())
    );
}

#[test]
fn names_given_and_taken_later_are_verified() {
    let scene = kept();
    scene.done(&["name", "-q", "latest", "second"]);
    scene.done(&["create", "-q", "safe", "--replace"]);
    scene.done(&["create", "-q", "gone"]);
    scene.done(&["delete", "-q", "gone"]);
    fails(&scene, &[], &[]);
}

#[test]
fn in_a_clone_states_are_not_here_and_records_must_be() {
    let scene = kept();
    let clone = scene.beside("clone");
    scene.git(&["clone", "-q", "--no-tags", ".", &clone]);
    let clone = scene.at(&clone);
    let document = fails(&clone, &[], &["record-present"]);
    assert!(
        why(&document, "record-present").starts_with("neither tags nor records"),
        "{document:#}"
    );
    clone.git(&["fetch", "-q", "origin", "+refs/tags/*:refs/tags/*"]);
    let document = fails(&clone, &[], &["record-present"]);
    let remedy = document["subjects"][0]["checks"].as_array().unwrap();
    let remedy = remedy
        .iter()
        .find(|check| check["check"] == "record-present")
        .unwrap()["remedy"]
        .as_str();
    assert_eq!(remedy, Some("git checkpoint fetch origin"));
    clone.git(&[
        "fetch",
        "-q",
        "origin",
        "+refs/notes/checkpoints:refs/notes/checkpoints",
    ]);
    let document = fails(&clone, &["--remote", "origin", "--restore"], &[]);
    let absent = [
        "manifest-matches",
        "objects-complete",
        "restorable",
        "snapshot-shape",
    ];
    assert_eq!(checks(&document, "not_here"), absent);
    clone.git(&["tag", "-d", "checkpoint/safe"]);
    let document = fails(&clone, &[], &[]);
    assert_eq!(
        checks(&document, "not_here")[3],
        "tag-present",
        "{document:#}"
    );
    let document = fails(&clone, &["--remote", "origin"], &["tag-present"]);
    let reason = document.to_string();
    assert!(
        reason.contains("there is no tag 'refs/tags/checkpoint/safe' here"),
        "{document:#}"
    );
    assert!(
        document.to_string().contains("git checkpoint fetch origin"),
        "{document:#}"
    );
}

#[test]
fn a_name_that_nobody_shared_need_not_be_here() {
    let scene = kept();
    let origin = scene.beside("origin.git");
    scene.git(&["clone", "-q", "--bare", ".", &origin]);
    scene.git(&["--git-dir", &origin, "tag", "-d", "checkpoint/safe"]);
    scene.git(&["remote", "add", "origin", &origin]);
    scene.done(&["push", "-q", "origin"]);
    let clone = scene.beside("clone");
    scene.git(&["clone", "-q", &origin, &clone]);
    let clone = scene.at(&clone);
    let fetch = || {
        clone.git(&[
            "fetch",
            "-q",
            "--no-tags",
            "origin",
            "+refs/notes/*:refs/notes/*",
        ])
    };
    fetch();
    for args in [&["--remote", "origin"][..], &[]] {
        let document = fails(&clone, args, &[]);
        assert!(checks(&document, "not_here").contains(&"tag-present".to_owned()));
    }
    // Where it was made, it is missed.
    let tag = scene.git(&["rev-parse", "checkpoint/safe"]);
    scene.git(&["tag", "-d", "checkpoint/safe"]);
    fails(&scene, &["--remote", "origin"], &["tag-present"]);
    scene.git(&["update-ref", "refs/tags/checkpoint/safe", tag.trim()]);
    // One that was shared is missed everywhere.
    scene.done(&["push", "-q", "origin", "safe"]);
    fetch();
    fails(&clone, &[], &["tag-present"]);
    scene.git(&["--git-dir", &origin, "tag", "-d", "checkpoint/safe"]);
    let document = fails(&clone, &["--remote", "origin"], &["tag-present"]);
    assert!(why(&document, "tag-present").ends_with("it was shared, and taken away since"));
    assert!(
        !document
            .to_string()
            .contains("git checkpoint fetch origin\""),
        "{document:#}"
    );
}

#[test]
fn a_name_below_another_prefix_is_told_as_such() {
    let scene = Scene::new();
    scene.git(&["config", "checkpoint.tagPrefix", "kept"]);
    scene.done(&["create", "-q", "safe"]);
    let origin = scene.beside("origin.git");
    scene.git(&["clone", "-q", "--bare", ".", &origin]);
    scene.git(&["remote", "add", "origin", &origin]);
    scene.done(&["push", "-q", "origin", "safe"]);
    let clone = scene.beside("clone");
    scene.git(&["clone", "-q", &origin, &clone]);
    let clone = scene.at(&clone);
    clone.git(&[
        "fetch",
        "-q",
        "origin",
        "+refs/notes/*:refs/notes/*",
        "+refs/tags/*:refs/tags/*",
    ]);
    let document = fails(&clone, &["--remote=origin"], &["tag-present"]);
    let told = "the name was shared as 'refs/tags/kept/safe'";
    assert!(
        why(&document, "tag-present").starts_with(told),
        "{document:#}"
    );
    let remedy = "git config checkpoint.tagPrefix kept/";
    assert!(document.to_string().contains(remedy), "{document:#}");
    clone.git(&["config", "checkpoint.tagPrefix", "kept/"]);
    fails(&clone, &["--remote=origin"], &[]);
}

#[test]
fn a_remote_without_checkpoints_has_nothing_to_verify() {
    let scene = Scene::new();
    fails(&scene, &[], &[]);
    let clone = scene.beside("clone");
    scene.git(&["clone", "-q", ".", &clone]);
    let clone = scene.at(&clone);
    fails(&clone, &[], &["record-present"]);
    fails(&clone, &["--remote", "origin"], &[]);
}

#[test]
fn bare_repositories_are_verified() {
    let scene = kept();
    let bare = scene.beside("bare.git");
    scene.git(&["clone", "-q", "--mirror", ".", &bare]);
    let document = fails(&scene.at(&bare), &["--restore"], &[]);
    assert!(
        checks(&document, "passed").contains(&"restorable".to_owned()),
        "{document:#}"
    );
}

#[test]
fn shallow_clones_are_verified() {
    let scene = kept();
    scene.git(&["commit", "-qam", "two"]);
    scene.done(&["create", "-q", "third"]);
    let (clone, url) = (
        scene.beside("clone"),
        format!("file://{}", scene.path().display()),
    );
    scene.git(&["clone", "-q", "--depth=1", &url, &clone]);
    let clone = scene.at(&clone);
    let all = [
        "fetch",
        "-q",
        "--depth=1",
        "origin",
        "+refs/tags/checkpoint/*:refs/tags/checkpoint/*",
        "+refs/notes/*:refs/notes/*",
    ];
    clone.git(&all);
    fails(&clone, &["--remote", "origin"], &[]);
}

#[test]
fn partial_clones_are_verified() {
    let scene = kept();
    scene.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = scene.beside("clone");
    let url = format!("file://{}", scene.path().display());
    scene.git(&["clone", "-qn", "--filter=blob:none", &url, &clone]);
    let clone = scene.at(&clone);
    let refs = ["checkpoints", "notes", "tags"].map(|name| format!("+refs/{name}/*:refs/{name}/*"));
    let words = ["fetch", "-q", "origin"].into_iter();
    let words: Vec<_> = words.chain(refs.iter().map(String::as_str)).collect();
    clone.git(&words);
    let listed = clone.git(&["notes", "--ref=checkpoints", "list"]);
    let note = listed.split_whitespace().next().unwrap();
    let is_here = || {
        clone
            .try_git(&["--no-lazy-fetch", "cat-file", "-e", note])
            .code
            == 0
    };
    assert!(!is_here(), "or nothing is shown");
    let document = fails(&clone, &["--remote=origin", "--restore"], &[]);
    assert!(is_here());
    // Nothing is damaged: it was not fetched.
    let absent = checks(&document, "not_here");
    assert_eq!(absent, ["objects-complete", "restorable"], "{document:#}");
    // Where git cannot fetch, the remedy is one that does as soon as it can.
    let other = scene.beside("other");
    scene.git(&["clone", "-qn", "--filter=blob:none", &url, &other]);
    let other = scene.at(&other);
    other.git(&words);
    other.git(&["remote", "set-url", "origin", "file:///nowhere"]);
    let document = fails(&other, &[], &["record-present"]);
    let remedy = "git notes --ref=checkpoints show ";
    assert!(document.to_string().contains(remedy), "{document:#}");
}

#[test]
fn operations_in_progress_and_odd_states_are_restored() {
    let scene = kept();
    scene.git(&["switch", "-qf", "main"]);
    scene.write("file", "three\n");
    scene.git(&["commit", "-qam", "three"]);
    scene.git(&["switch", "-q", "topic"]);
    scene.write("file", "two\n");
    scene.git(&["commit", "-qam", "two"]);
    assert_ne!(scene.try_git(&["merge", "main"]).code, 0, "it conflicts");
    scene.write("untracked \"x\"", "new\n");
    scene.done(&["create", "-q", "merging"]);
    scene.git(&["merge", "--abort"]);
    let document = fails(&scene, &["merging", "--restore"], &[]);
    assert!(
        checks(&document, "passed").contains(&"restorable".to_owned()),
        "{document:#}"
    );
    let unborn = Scene::unborn();
    unborn.write("file", "one\n");
    unborn.done(&["create", "-q", "first"]);
    fails(&unborn, &["--restore"], &[]);
}

/// git can be told of a repository by the environment; what is restored for a proof must not end up there.
#[test]
fn a_state_is_never_restored_into_the_repository_that_is_verified() {
    let scene = kept();
    scene.write("file", "not kept anywhere\n");
    scene.write("other/place", "elsewhere\n");
    let git_dir = scene.path().join(".git");
    let index = git_dir.join("index");
    let look = || {
        let file = fs_err::read_to_string(scene.path().join("file")).unwrap();
        let state = [
            &["for-each-ref"][..],
            &["status", "--porcelain"],
            &["ls-files", "-s", "-v"],
        ];
        (
            file,
            state.map(|words| scene.git(words)),
            fs_err::read(&index).unwrap(),
        )
    };
    let before = look();
    let top = scene.path().to_owned();
    let settings: [&[(&str, &std::path::Path)]; 4] = [
        &[("GIT_DIR", &git_dir)],
        &[("GIT_DIR", &git_dir), ("GIT_WORK_TREE", &top)],
        &[("GIT_INDEX_FILE", &index)],
        &[
            ("GIT_DIR", &git_dir),
            ("GIT_COMMON_DIR", &git_dir),
            ("GIT_INDEX_FILE", &index),
        ],
    ];
    for env in settings {
        for cwd in [top.clone(), top.join("other")] {
            let mut command = scene.checkpoint(&["verify", "--restore", "--json"]);
            let output = command
                .current_dir(&cwd)
                .envs(env.iter().copied())
                .output()
                .unwrap();
            let document: Value =
                serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
            assert_eq!(
                checks(&document, "failed"),
                [""; 0],
                "{env:?}: {document:#}"
            );
            assert!(
                checks(&document, "passed").contains(&"restorable".to_owned()),
                "{env:?}"
            );
            assert!(
                look() == before,
                "{env:?} in {}: something has changed",
                cwd.display()
            );
            assert!(!git_dir.join("checkpoint/restore.lock").exists(), "{env:?}");
        }
    }
}

#[test]
fn verifying_changes_nothing() {
    let scene = kept();
    let look = || {
        (
            scene.git(&["for-each-ref"]),
            scene.git(&["count-objects", "-v"]),
            scene.git(&["status", "--porcelain"]),
        )
    };
    let before = look();
    scene.done(&["verify", "--restore", "--secrets", "--range", "HEAD"]);
    assert_eq!(look(), before);
}
