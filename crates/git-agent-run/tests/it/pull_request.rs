//! From a task to its draft pull request: git goes to a directory by an ssh of ours, and `gh` is a script that remembers
//! what it has opened.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::scene::Scene;

/// A scene whose remote is at a forge, and what the `gh` of it remembers.
fn at_forge() -> (Scene, PathBuf) {
    let scene = Scene::new();
    let state = scene.beside("forge");
    fs_err::create_dir(&state).unwrap();
    scene.move_remote("git@github.com:ada/engine.git");
    let pull = json!({
        "number": 7,
        "html_url": "https://github.com/ada/engine/pull/7",
        "head": { "ref": "agent/fix-it/run-1" },
        "base": { "ref": "main" },
    });
    let answer = |name: &str, body: &Value| {
        let text = format!("HTTP/2.0 200 OK\nContent-Type: application/json\n\n{body}");
        fs_err::write(state.join(name), text).unwrap();
    };
    answer("none", &json!([]));
    answer("all", &json!([pull]));
    answer("pull", &pull);
    let gh = scene.beside("bin/gh");
    scene.script(
        &gh,
        &format!(
            "cd '{}' || exit 1\n\
             test \"$1\" = auth && {{ echo s3cr3t; exit 0; }}\n\
             case \"$*\" in\n\
             *--method=GET*) if test -e made; then cat all; else cat none; fi;;\n\
             *--method=POST*) cat >input; echo made >>made; test -e deadly && {{ rm deadly; kill -9 $PPID; }}; cat pull;;\n\
             *--method=PATCH*) cat >closed; cat pull;;\n\
             esac",
            state.display()
        ),
    );
    let path = format!(
        "{}:{}",
        gh.parent().unwrap().display(),
        crate::scene::path()
    );
    scene.set("PATH", &path);
    (scene, state)
}

fn begun(scene: &Scene) -> PathBuf {
    let (_, dir) = scene.start("Fix it");
    scene.write_at(&dir, "file", "two\n");
    scene.done_at(&dir, &["progress", "--step", "Mend </details> the parser"]);
    dir
}

#[test]
fn a_task_ends_in_a_draft_with_its_record() {
    let (scene, state) = at_forge();
    let dir = begun(&scene);
    let said = scene.done_at(&dir, &["finish"]);
    assert_eq!(
        said.out, "https://github.com/ada/engine/pull/7\n",
        "{said:?}"
    );
    assert!(said.err.contains("opened a pull request"), "{said:?}");
    let asked: Value = serde_json::from_slice(&fs_err::read(state.join("input")).unwrap()).unwrap();
    assert_eq!(asked["title"], "Fix it");
    assert_eq!(
        (&asked["head"], &asked["base"]),
        (&json!("agent/fix-it/run-1"), &json!("main"))
    );
    assert_eq!(asked["draft"], true);
    let body = asked["body"].as_str().unwrap();
    assert_eq!(
        body.matches("</details>").count(),
        1,
        "no value ends the block: {body}"
    );
    let run = scene.shown("fix-it/run-1");
    assert!(body.contains(&run["id"].as_str().unwrap()[..8]), "{body}");
    assert!(
        body.contains(&run["commits"][0].as_str().unwrap()[..12]),
        "{body}"
    );
    assert_eq!(run["status"], "pr_opened");
    assert_eq!(run["pr_url"], "https://github.com/ada/engine/pull/7");
    let log = scene.done(&["log", "--json"]).out;
    assert!(!log.contains("s3cr3t"), "no token is on record");
}

#[test]
fn no_second_request_is_opened_whatever_happens() {
    let (scene, state) = at_forge();
    let dir = begun(&scene);
    fs_err::write(state.join("deadly"), "").unwrap();
    let killed = scene.run_at(&dir, &["finish"]);
    assert_eq!(
        killed.code, -1,
        "killed when the forge had opened it: {killed:?}"
    );
    assert_eq!(scene.count("pull_request_opened"), 0);

    let said = scene.done_at(&dir, &["finish"]);
    assert!(
        said.err.contains("the pull request is there already"),
        "{said:?}"
    );
    scene.done_at(&dir, &["finish"]);
    assert_eq!(
        fs_err::read_to_string(state.join("made")).unwrap(),
        "made\n",
        "once"
    );
    assert_eq!(scene.count("pull_request_opened"), 1);
    assert_eq!(scene.count("git_push_success"), 1);
    assert_eq!(scene.count("git_commit_created"), 1);
    assert_eq!(scene.count("task_completed"), 1);
}

#[test]
fn one_that_somebody_has_opened_is_found() {
    let (scene, state) = at_forge();
    let dir = begun(&scene);
    fs_err::write(state.join("made"), "").unwrap();
    scene.done_at(&dir, &["finish"]);
    assert!(!state.join("input").exists(), "none was asked for");
    assert_eq!(scene.shown("fix-it/run-1")["status"], "pr_opened");
}

#[test]
fn giving_up_closes_it_only_when_asked() {
    let (scene, state) = at_forge();
    let dir = begun(&scene);
    scene.done_at(&dir, &["finish"]);
    scene.done(&["abandon", "fix-it/run-1"]);
    assert!(!state.join("closed").exists());
    scene.done(&["resume", "fix-it/run-1"]);
    let said = scene.done(&["abandon", "fix-it/run-1", "--close"]);
    assert!(
        said.err
            .contains("closed https://github.com/ada/engine/pull/7"),
        "{said:?}"
    );
    let asked = fs_err::read_to_string(state.join("closed")).unwrap();
    assert!(asked.contains("closed"), "{asked}");
}

#[test]
fn without_a_login_the_page_is_printed_and_the_work_is_pushed() {
    let (scene, state) = at_forge();
    let dir = begun(&scene);
    scene.script(&scene.beside("bin/gh"), "exit 1");
    let said = scene.run_at(&dir, &["finish"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert_eq!(
        said.out,
        "https://github.com/ada/engine/compare/main...agent/fix-it/run-1?expand=1\n"
    );
    assert!(
        said.err.contains("there is no login for the forge"),
        "{said:?}"
    );
    assert!(!state.join("made").exists());
    let tip = scene.git_at(
        &scene.beside("origin.git"),
        &["rev-parse", "agent/fix-it/run-1"],
    );
    assert_eq!(tip, scene.git_at(&dir, &["rev-parse", "HEAD"]));
}

#[test]
fn the_text_follows_the_template_of_the_repository() {
    let (scene, state) = at_forge();
    scene.write("agent.md", "By {{agent}}: {{task}}\n");
    scene.policy("[runs]\nbody = \"agent.md\"\ndraft = false\n");
    let dir = begun(&scene);
    scene.done_at(&dir, &["finish"]);
    let asked: Value = serde_json::from_slice(&fs_err::read(state.join("input")).unwrap()).unwrap();
    assert_eq!(
        asked["body"].as_str().unwrap().trim_end(),
        "By james: Fix it"
    );
    assert_eq!(asked["draft"], false);
}

#[test]
fn a_template_that_cannot_be_filled_keeps_no_work_back() {
    let (scene, state) = at_forge();
    scene.write("agent.md", "# {{task}}\n\nBy {{agnt}}\n");
    scene.policy("[runs]\nbody = \"agent.md\"\n");
    let dir = begun(&scene);
    let said = scene.run_at(&dir, &["finish"]);
    assert_eq!(said.code, 3, "{said:?}");
    let told =
        "pushed, but there is no pull request: the template of the pull request has a field 'agnt'";
    assert!(said.err.contains(told), "{said:?}");
    assert!(said.err.contains(",-[agent.md:3:6]\n"), "{said:?}");
    assert!(
        said.err
            .contains("hint: to go on: git agent-run finish fix-it/run-1"),
        "{said:?}"
    );
    assert_eq!(scene.shown("fix-it/run-1")["status"], "pushed");

    scene.write_at(&dir, "agent.md", "By {{agent}}\n");
    scene.done_at(&dir, &["finish"]);
    let made = fs_err::read_to_string(state.join("made")).unwrap();
    assert_eq!(made, "made\n");
    // It is open, and its text nobody's matter any more.
    scene.git_at(&dir, &["rm", "-q", "agent.md"]);
    scene.done_at(&dir, &["finish"]);
}

#[test]
fn a_policy_that_only_prints_the_page_opens_none_on_demand() {
    let (scene, state) = at_forge();
    scene.policy("[runs]\npull-request = \"url\"\n");
    let dir = begun(&scene);
    for word in ["--pull-request", "--merge"] {
        let said = scene.run_at(&dir, &["finish", word]);
        assert_eq!(said.code, 3, "{word}: {said:?}");
        assert!(said.out.contains("/compare/main..."), "{word}: {said:?}");
    }
    scene.done_at(&dir, &["finish"]);
    assert!(!state.join("made").exists());
}
