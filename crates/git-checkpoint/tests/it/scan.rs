//! `scan`.

use serde_json::Value;

use crate::scene::Scene;

/// A key as AWS gives them out, of no account; put together here, so that this file holds none.
fn key() -> String {
    ["AK", "IA", "Q7XW5T2NZKD", "JVR3M"].concat()
}

fn scanned(scene: &Scene, args: &[&str]) -> (i32, Value) {
    let said = scene.run(&[&["scan", "--json"], args].concat());
    (said.code, serde_json::from_str(&said.out).unwrap())
}

#[test]
fn what_a_state_would_publish_is_looked_at() {
    let scene = Scene::new();
    scene.write("src/a.py", format!("x = 1\nKEY = '{}'\n", key()));
    scene.write(".env", "PORT=80\n");
    scene.keep_named(1, "safe");
    let said = scene.run(&["scan", "safe"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert_eq!(
        said.out,
        ".env:1      env-file           PORT…\nsrc/a.py:2  aws-access-key-id  AKIA… (20 characters)\n"
    );
    assert!(
        said.err.starts_with("2 secrets found (2 files, "),
        "{}",
        said.err
    );
    assert!(
        !(said.out.clone() + &said.err).contains(&key()),
        "nothing tells the secret"
    );
    assert!(!(said.out.clone() + &said.err).contains("sha256:"));
    let document = scanned(&scene, &[]).1;
    for finding in document["findings"].as_array().unwrap() {
        let hashes = [&finding["secret"], &finding["blob"]];
        assert_eq!(hashes, [&Value::Null; 2], "only where they are asked for");
    }
    let (code, document) = scanned(&scene, &["--hashes", "--allow-secret", "env-file"]);
    assert_eq!((code, document["clean"].as_bool()), (1, Some(false)));
    let finding = &document["findings"][0];
    assert_eq!(
        (&finding["path"], &finding["line"]),
        (&"src/a.py".into(), &2.into())
    );
    let policy = format!(
        "[push]\nallow-rules = ['env-file', 'later']\nallow-hashes = [{}]\n",
        finding["secret"]
    );
    scene.write(".git-checkpoint.toml", policy);
    let said = scene.run(&["scan", "safe"]);
    assert_eq!(said.code, 1, "an edit is no agreement: {}", said.err);
    let warned = "warning: push.allow-hashes, push.allow-rules of the copy in the working tree lets nothing out before it is committed to the protected branch\n";
    assert!(said.err.starts_with(warned), "{}", said.err);
    scene.git(&["add", ".git-checkpoint.toml"]);
    scene.git(&["commit", "-q", "-m", "agreed"]);
    let said = scene.done(&["scan"]);
    assert_eq!(said.out, "");
    let warned = "warning: push.allow-rules: no rule 'later' is known\n";
    assert!(said.err.starts_with(warned), "{}", said.err);
    assert!(
        said.err
            .ends_with("; 2 findings passed over, as the policy allows)\n"),
        "{}",
        said.err
    );
}

#[test]
fn what_is_committed_or_published_is_not_looked_at_again() {
    let scene = Scene::new();
    scene.write("old", format!("{}\n", key()));
    scene.git(&["add", "."]);
    scene.git(&["commit", "-q", "-m", "old"]);
    scene.keep(1);
    let said = scene.done(&["scan"]);
    assert!(
        said.err.starts_with("No secrets found (0 files, "),
        "{}",
        said.err
    );
    // Once there is a remote that does not have it, it would be published.
    scene.git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    assert_eq!(scanned(&scene, &[]).1["findings"][0]["path"], "old");
}

#[test]
fn all_states_are_looked_at_where_that_is_asked_for() {
    let scene = Scene::new();
    scene.write("key", format!("{}\n", key()));
    scene.keep(2);
    fs_err::remove_file(scene.path().join("key")).unwrap();
    scene.keep(1);
    assert_eq!(scanned(&scene, &[]).0, 0, "the newest is clean");
    let (code, document) = scanned(&scene, &["--all"]);
    assert_eq!((code, &document["findings"][0]["path"]), (1, &"key".into()));
    assert_eq!(scene.run(&["scan", "--all", "latest"]).code, 129);
}

#[test]
fn the_rules_are_listed() {
    let scene = Scene::new();
    let listed = scene.done(&["scan", "--rules"]).out;
    assert!(listed.contains("github-token"), "{listed}");
    let document = scene.json(&["scan", "--rules"]);
    assert_eq!(
        document["rules"].as_array().unwrap().len(),
        listed.lines().count()
    );
    scene.keep(1);
    assert_eq!(
        scene.failure(&["scan", "--allow-secret", "nothing"]),
        (129, "scan::rule_unknown".to_owned())
    );
    assert_eq!(
        scene.failure(&["scan", "gone"]),
        (128, "checkpoint::unknown".to_owned())
    );
}

#[test]
fn what_is_not_here_is_not_called_clean() {
    let scene = Scene::new();
    scene.write("src/lost.rs", "fn lost() {}\n");
    scene.keep_named(1, "safe");
    let blob = scene.git(&["hash-object", "src/lost.rs"]);
    fs_err::remove_file(
        scene
            .path()
            .join(format!(".git/objects/{}/{}", &blob[..2], &blob[2..])),
    )
    .unwrap();
    let said = scene.run(&["scan", "safe"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert_eq!(said.out, "src/lost.rs  not here  could not be looked at\n");
    let (code, document) = scanned(&scene, &["safe"]);
    assert_eq!((code, &document["clean"]), (1, &false.into()));
    assert_eq!(document["missing"][0], "src/lost.rs");
    let said = scene.run(&["verify", "safe", "--secrets"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(
        said.out
            .contains("no-secret: safe: src/lost.rs is not here, and cannot be looked at"),
        "{}",
        said.out
    );
    let bare = scene.beside("bare.git");
    scene.git(&["init", "-q", "--bare", &bare]);
    scene.git(&["remote", "add", "origin", &bare]);
    assert_eq!(
        scene.failure(&["push", "safe", "--with-state"]),
        (1, "share::unscanned".to_owned())
    );
    assert_eq!(scene.git(&["ls-remote", "origin"]), "", "nothing went");
}

#[test]
fn a_content_is_told_under_each_of_its_paths_and_with_its_checkpoint() {
    let scene = Scene::new();
    scene.keep_named(2, "clean");
    scene.write("a.py", format!("KEY = '{}'\n", key()));
    scene.write("b/c.py", format!("KEY = '{}'\n", key()));
    scene.keep_named(1, "the$(x)");
    let out = scene.run(&["scan", "latest"]).out;
    assert!(out.contains("a.py:1") && out.contains("b/c.py:1"), "{out}");
    let said = scene.run(&["verify", "--secrets"]);
    assert!(
        said.out
            .contains("no-secret: the$(x): a.py:1: aws-access-key-id")
            && said.out.contains("also as b/c.py"),
        "{}",
        said.out
    );
    assert!(
        said.err.contains("git checkpoint scan 'the$(x)'"),
        "{}",
        said.err
    );
}
