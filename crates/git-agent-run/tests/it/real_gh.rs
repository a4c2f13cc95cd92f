//! From a task to a merged pull request with the real `gh`: a forge of ours answers it behind the socket that its
//! setting `http_unix_socket` names.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{fake::Fake, scene::Scene};

const REPO: &str = "GET /repos/ada/engine";
const LIST: &str = "GET /repos/ada/engine/pulls";
const MAKE: &str = "POST /repos/ada/engine/pulls";
const MERGE: &str = "PUT /repos/ada/engine/pulls/7/merge";
const PAGE: &str = "https://github.com/ada/engine/pull/7";

/// A repository at the forge with a login there, a run with a change in it, and the forge. None, loudly, where the
/// machine has no `gh`.
fn begun() -> Option<(Scene, Fake, PathBuf)> {
    let scene = Scene::new();
    if scene
        .try_git_at(scene.path(), &["-c", "alias.x=!command -v gh", "x"])
        .code
        != 0
    {
        use std::io::Write as _;
        let what = "runs with the real gh: there is no 'gh' on PATH (apt-get install gh)";
        writeln!(std::io::stderr(), "\nNOT TESTED: {what}").ok();
        return None;
    }
    scene.move_remote("git@github.com:ada/engine.git");
    let socket = scene.beside("forge.sock");
    let config = format!(
        "version: 1\nprompt: enabled\nhttp_unix_socket: {}\n",
        socket.display()
    );
    scene.write_at(&scene.beside("gh"), "config.yml", &config);
    scene.set("GH_CONFIG_DIR", scene.beside("gh").to_str().unwrap());
    scene.set("GH_TOKEN", "s3cr3t");
    let fake = Fake::on_socket(&socket);
    let (_, dir) = scene.start("Fix it");
    scene.write_at(&dir, "file", "two\n");
    Some((scene, fake, dir))
}

/// Commits what is there, and lets the forge know of a request for it that stands like this.
fn stands(scene: &Scene, fake: &Fake, dir: &Path, draft: bool, checks: &Value) -> String {
    scene.git_at(dir, &["commit", "-q", "-a", "-m", "two"]);
    let tip = scene.git_at(dir, &["rev-parse", "HEAD"]);
    let pull = json!({
        "number": 7, "html_url": PAGE, "state": "open", "merged": false, "draft": draft,
        "mergeable": true, "mergeable_state": "clean",
        "head": { "ref": "agent/fix-it/run-1", "sha": tip }, "base": { "ref": "main" },
    });
    let commit = format!("GET /repos/ada/engine/commits/{tip}");
    fake.json(LIST, 200, json!([]))
        .json(MAKE, 201, pull.clone())
        .json("GET /repos/ada/engine/pulls/7", 200, pull)
        .json(
            &format!("{commit}/check-runs"),
            200,
            json!({ "check_runs": checks }),
        )
        .json(&format!("{commit}/status"), 200, json!({ "statuses": [] }))
        .json(REPO, 200, json!({ "allow_merge_commit": true }))
        .json(MERGE, 200, json!({ "sha": tip, "merged": true }));
    tip
}

fn check(status: &str, conclusion: &Value) -> Value {
    json!([{ "name": "build", "status": status, "conclusion": conclusion }])
}

fn passed() -> Value {
    check("completed", &json!("success"))
}

#[test]
fn a_task_ends_in_a_draft_that_nobody_merges_unasked() {
    let Some((scene, fake, dir)) = begun() else {
        return;
    };
    stands(&scene, &fake, &dir, true, &passed());
    let said = scene.done_at(&dir, &["finish"]);
    assert_eq!(said.out, format!("{PAGE}\n"), "{said:?}");
    assert_eq!(fake.only(MAKE).body["draft"], true);
    assert!(
        !fake.questions().iter().any(|it| it == MERGE),
        "off by default"
    );

    let said = scene.run_at(&dir, &["finish", "--merge"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.err
            .contains("the pull request is not merged: it is a draft"),
        "{said:?}"
    );
    assert!(
        said.err
            .contains("hint: to go on: git agent-run finish fix-it/run-1 --merge"),
        "{said:?}"
    );
    assert!(
        !fake.questions().iter().any(|it| it == MERGE),
        "a draft is not merged"
    );
    assert_eq!(scene.shown("fix-it/run-1")["is_merged"], false);
}

#[test]
fn it_is_merged_as_it_was_pushed_when_its_checks_have_passed() {
    let Some((scene, fake, dir)) = begun() else {
        return;
    };
    let tip = stands(&scene, &fake, &dir, false, &passed());
    let said = scene.done_at(&dir, &["finish", "--merge"]);
    assert_eq!(said.out, format!("{PAGE}\n"), "{said:?}");
    assert!(said.err.contains(&format!("merged {PAGE}")), "{said:?}");
    assert_eq!(fake.only(MAKE).body["draft"], false, "opened to be merged");
    let asked = fake.only(MERGE);
    assert_eq!(asked.body, json!({ "sha": tip, "merge_method": "merge" }));
    assert_eq!(asked.headers["authorization"], "token s3cr3t");
    let run = scene.shown("fix-it/run-1");
    assert_eq!(
        (&run["is_merged"], &run["state"]),
        (&json!(true), &json!("completed"))
    );
    assert_eq!(scene.count("pull_request_merged"), 1);
    assert!(
        !scene.done(&["log", "--json"]).out.contains("s3cr3t"),
        "no token is on record"
    );
}

#[test]
fn it_is_left_alone_until_its_checks_have_passed() {
    let cases = [
        (
            check("in_progress", &Value::Null),
            "checks are running: build",
        ),
        (
            check("completed", &json!("failure")),
            "checks have failed: build",
        ),
        (json!([]), "no check has passed"),
    ];
    for (checks, why) in cases {
        let Some((scene, fake, dir)) = begun() else {
            return;
        };
        let tip = stands(&scene, &fake, &dir, false, &checks);
        let document = scene.json(&["finish", "fix-it/run-1", "--merge"], 3);
        assert_eq!(document["trouble"]["step"], "merge", "{document}");
        assert_eq!(document["trouble"]["message"], why);
        assert_eq!(document["run"]["pr_url"], PAGE, "it is opened all the same");
        assert!(!fake.questions().iter().any(|it| it == MERGE), "{why}");
        assert_eq!(document["run"]["state"], "running", "{why}");

        // The checks come to their end when that was said once more, and the same command to its own.
        let runs = format!("GET /repos/ada/engine/commits/{tip}/check-runs");
        fake.json(&runs, 200, json!({ "check_runs": passed() }));
        scene.json(&["finish", "fix-it/run-1", "--merge"], 3);
        scene.done_at(&dir, &["finish", "--merge"]);
        fake.only(MAKE);
        fake.only(MERGE);
        assert_eq!(scene.count("pull_request_merged"), 1, "{why}");
        assert_eq!(scene.shown("fix-it/run-1")["state"], "completed", "{why}");
    }
}

/// Lets the request come to its end, and the run go on with another commit.
fn go_on(fake: &Fake, scene: &Scene, dir: &Path, is_merged: bool) {
    let tip = scene.git_at(dir, &["rev-parse", "HEAD"]);
    let ended =
        json!({ "number": 7, "state": "closed", "merged": is_merged, "head": { "sha": tip } });
    fake.json("GET /repos/ada/engine/pulls/7", 200, ended);
    let said = scene.run_at(dir, &["finish"]);
    assert_eq!(
        said.code,
        if is_merged { 0 } else { 3 },
        "without news: {said:?}"
    );
    scene.write_at(dir, "file", "three\n");
}

/// A run whose draft is opened; how it stands is not known to the forge yet.
fn opened() -> Option<(Scene, Fake, PathBuf)> {
    let (scene, fake, dir) = begun()?;
    let pull = |number: u64| {
        json!({
            "number": number,
            "html_url": format!("https://github.com/ada/engine/pull/{number}"),
        })
    };
    fake.json(LIST, 200, json!([]))
        .json(MAKE, 201, pull(7))
        .json(MAKE, 201, pull(8));
    scene.done_at(&dir, &["finish"]);
    let commit = scene.git_at(&dir, &["rev-parse", "HEAD"]);
    let commit = format!("GET /repos/ada/engine/commits/{commit}");
    fake.json(
        &format!("{commit}/check-runs"),
        200,
        json!({ "check_runs": [] }),
    )
    .json(&format!("{commit}/status"), 200, json!({ "statuses": [] }));
    Some((scene, fake, dir))
}

#[test]
fn what_comes_after_a_merge_gets_a_request_of_its_own() {
    let Some((scene, fake, dir)) = opened() else {
        return;
    };
    go_on(&fake, &scene, &dir, true);
    let said = scene.done_at(&dir, &["finish"]);
    assert_eq!(
        said.out, "https://github.com/ada/engine/pull/8\n",
        "{said:?}"
    );
    let run = scene.shown("fix-it/run-1");
    assert_eq!(run["pr_url"], "https://github.com/ada/engine/pull/8");
    scene.done_at(&dir, &["finish"]);
    assert_eq!(scene.count("pull_request_opened"), 2);
}

#[test]
fn one_that_a_person_has_closed_is_not_opened_again() {
    let Some((scene, fake, dir)) = opened() else {
        return;
    };
    go_on(&fake, &scene, &dir, false);
    let said = scene.run_at(&dir, &["finish"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.err.contains(&format!("{PAGE} is closed")), "{said:?}");
    fake.only(MAKE);
    scene.done_at(&dir, &["finish", "--no-pull-request"]);
    assert_eq!(scene.shown("fix-it/run-1")["status"], "pr_opened");
}

#[test]
fn a_forge_that_does_not_say_is_not_waited_for() {
    let Some((scene, fake, dir)) = opened() else {
        return;
    };
    scene.write_at(&dir, "file", "three\n");
    let said = scene.done_at(&dir, &["finish"]);
    assert_eq!(said.out, format!("{PAGE}\n"), "{said:?}");
    fake.only(MAKE);
}
