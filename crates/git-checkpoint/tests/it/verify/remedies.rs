//! What a failing check proposes can be pasted: it runs nothing of others, loses nothing, and tells no password.

use serde_json::Value;

use super::{kept, verified};
use crate::scene::Scene;

fn remedies(document: &Value) -> Vec<String> {
    let subjects = document["subjects"].as_array().unwrap().iter();
    let checks = subjects.flat_map(|subject| subject["checks"].as_array().unwrap());
    let remedies = checks.filter_map(|check| check["remedy"].as_str());
    remedies.map(str::to_owned).collect()
}

fn with_mirror(scene: &Scene) {
    let mirror = scene.beside("mirror.git");
    scene.git(&["clone", "-q", "--mirror", ".", &mirror]);
    scene.git(&["remote", "add", "origin", &mirror]);
}

#[test]
fn a_name_in_a_remedy_is_no_command() {
    let scene = kept();
    with_mirror(&scene);
    scene.git(&["tag", "checkpoint/$(touch${IFS}pwned)", "HEAD"]);
    let (_, document) = verified(&scene, &["--remote", "origin"]);
    let remedies = remedies(&document);
    assert!(
        remedies.iter().any(|remedy| remedy.contains("pwned")),
        "{remedies:?}"
    );
    for remedy in remedies {
        // A shell that has no such programs, and reads the words all the same.
        let pasted = format!("git() {{ :; }}; {remedy}");
        let _said = scene.command("sh", &["-c", &pasted]).output().unwrap();
        assert!(!scene.path().join("pwned").exists(), "{remedy}");
    }
}

#[test]
fn a_remedy_loses_nothing() {
    let scene = kept();
    with_mirror(&scene);
    scene.done(&["create", "-q", "safe", "--replace"]);
    scene.git(&["tag", "checkpoint/light", "HEAD"]);
    scene.git(&["push", "-q", "origin", "HEAD:refs/tags/checkpoint/there"]);
    scene.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "Agent\n\nAgent-Task: 1",
    ]);
    scene.git(&[
        "config",
        "alias.checkpoint",
        &format!("!'{}'", env!("CARGO_BIN_EXE_git-checkpoint")),
    ]);
    let range = ["--remote", "origin", "--range", "HEAD~1..HEAD"];
    let (_, document) = verified(&scene, &range);
    let told = document.to_string();
    let tag = |at: &str| scene.git(&["ls-remote", at, "refs/tags/checkpoint/safe"]);
    for at in [".", "origin"] {
        assert!(
            told.contains(tag(at).split_whitespace().next().unwrap()),
            "{document:#}"
        );
    }
    let refs = || scene.git(&["for-each-ref", "refs/tags", "refs/checkpoints"]);
    let keys = || {
        scene
            .git(&["notes", "--ref=checkpoints", "list"])
            .lines()
            .count()
    };
    let before = (refs(), keys());
    let remedies = remedies(&document);
    assert!(remedies.len() > 3, "{remedies:?}");
    for remedy in remedies {
        let words = remedy.contains("--force") || remedy.contains("+refs/");
        assert!(!words, "{remedy}");
        let _said = scene.command("sh", &["-c", &remedy]).output().unwrap();
        let now = refs();
        for line in before.0.lines() {
            assert!(now.contains(line), "{remedy}: {line} is gone");
        }
        assert!(keys() >= before.1, "{remedy}");
    }
}

#[test]
fn a_remedy_names_what_is_there() {
    let scene = kept();
    let mirror = scene.beside("mirror.git");
    scene.git(&["clone", "-q", "--mirror", ".", &mirror]);
    scene.git(&["tag", "checkpoint/light", "HEAD"]);
    let damage = || {
        let snapshot = scene.json(&["show", "safe"])["checkpoint"]["snapshot"].clone();
        scene.git(&[
            "notes",
            "--ref=checkpoints",
            "remove",
            snapshot.as_str().unwrap(),
        ]);
        scene.write(
            ".git-checkpoint.toml",
            "[checkpoint]\nsign = true\nsigners = \"who\"\n",
        );
    };
    damage();
    // With no remote there is nothing to fetch from.
    let (_, document) = verified(&scene, &[]);
    for remedy in remedies(&document) {
        assert!(
            !remedy.contains("fetch") && !remedy.contains("origin"),
            "{remedy}"
        );
    }
    assert!(!document.to_string().contains("--remote"), "{document:#}");
    assert!(
        remedies(&document).contains(&"git checkpoint doctor --fix".to_owned()),
        "{document:#}"
    );
    // Whatever it is called, it is called by its name.
    scene.git(&["remote", "add", "up$stream", &mirror]);
    let (_, document) = verified(&scene, &[]);
    let remedies = remedies(&document);
    assert!(
        remedies.contains(&"git checkpoint fetch 'up$stream'".to_owned()),
        "{remedies:?}"
    );
    let told = document.to_string();
    assert!(told.contains("--remote 'up$stream' compares it"), "{told}");
    for remedy in remedies {
        assert!(!remedy.contains(['<', '>', '…']), "{remedy}");
        assert!(!remedy.contains("origin"), "{remedy}");
    }
    let said = scene.run(&["verify", "--range", "nosuch..HEAD"]);
    assert_eq!(said.code, 128);
    assert!(
        said.err.contains("git rev-list --max-count=1 nosuch..HEAD"),
        "{}",
        said.err
    );
}

#[test]
fn a_password_in_the_address_of_a_remote_is_told_nowhere() {
    let scene = kept();
    for address in [
        "https://ada:changeme-word@127.0.0.1:1/x.git",
        "https://127.0.0.1:1/x.git?access_token=changeme-word",
    ] {
        for json in [&[][..], &["--json"]] {
            let said = scene.run(&[&["verify", "--remote", address], json].concat());
            assert_eq!(said.code, 128, "{}", said.err);
            let told = said.out + &said.err;
            assert!(!told.contains("changeme-word"), "{told}");
            assert!(told.contains("127.0.0.1"), "{told}");
        }
    }
    // Where it answers, too.
    let clone = scene.beside("clone.git");
    scene.git(&["clone", "-q", "--bare", ".", &clone]);
    scene.git(&[
        "config",
        &format!("url.{clone}.insteadOf"),
        "https://ada:changeme-word@example.org/x.git",
    ]);
    scene.git(&["tag", "-d", "checkpoint/safe"]);
    let said = scene.run(&[
        "verify",
        "--remote",
        "https://ada:changeme-word@example.org/x.git",
    ]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        said.err
            .contains("git checkpoint fetch https://example.org/x.git"),
        "{}",
        said.err
    );
    assert!(!(said.out + &said.err).contains("changeme-word"));
}
