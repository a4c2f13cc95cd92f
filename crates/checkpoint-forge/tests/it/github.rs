//! GitHub's interface.

use checkpoint_forge::{ForgeError, Opened};
use checkpoint_model::policy::{ForgeKind::Github, PullRequest};
use serde_json::{Value, json};

use crate::{
    fake::{Answer, Fake},
    scene::{SECRET, Scene},
};

const LIST: &str = "GET /api/v3/repos/ada/engine/pulls";
const MAKE: &str = "POST /api/v3/repos/ada/engine/pulls";

pub(crate) fn pull(fake: &Fake, number: u64) -> Value {
    json!({
        "number": number,
        "html_url": format!("http://{}/ada/engine/pull/{number}", fake.host),
        "head": { "ref": "agent/add-mill/run-1" },
        "base": { "ref": "main" },
    })
}

#[test]
fn a_draft_is_opened() {
    let fake = Fake::start();
    fake.json(LIST, 200, json!([]))
        .json(MAKE, 201, pull(&fake, 7));
    let scene = Scene::on(&fake, Github);
    let want = Opened {
        url: format!("http://{}/ada/engine/pull/7", fake.host),
        number: 7,
        forge: Some(Github),
        via: PullRequest::Api,
        existed: false,
    };
    assert_eq!(scene.opened(), want);
    let asked = fake.only(LIST);
    assert_eq!(
        asked.question,
        "GET /api/v3/repos/ada/engine/pulls?state=open&head=ada%3Aagent%2Fadd-mill%2Frun-1&base=main"
    );
    let made = fake.only(MAKE);
    assert_eq!(made.headers["authorization"], format!("Bearer {SECRET}"));
    assert_eq!(made.headers["content-type"], "application/json");
    assert!(made.headers["user-agent"].starts_with("git-checkpoint/"));
    let body = json!({
        "title": "Add the mill",
        "body": "It grinds.\n\n- numbers\n",
        "head": "agent/add-mill/run-1",
        "base": "main",
        "draft": true,
    });
    assert_eq!(
        made.body, body,
        "a draft has its own field, no mark in the title"
    );
}

#[test]
fn one_that_is_there_is_found_and_no_second_made() {
    let fake = Fake::start();
    // A forge may answer with more than was asked for.
    let mut other = pull(&fake, 3);
    other["base"]["ref"] = json!("release");
    fake.json(LIST, 200, json!([other, pull(&fake, 7)]));
    let opened = Scene::on(&fake, Github).opened();
    assert_eq!((opened.number, opened.existed), (7, true));
    assert_eq!(fake.questions(), [LIST], "nothing is made");
}

#[test]
fn one_that_somebody_faster_made_is_found() {
    let fake = Fake::start();
    fake.json(LIST, 200, json!([]))
        .json(LIST, 200, json!([pull(&fake, 8)]));
    let error = json!({
        "message": "Validation Failed",
        "errors": [{ "message": "A pull request already exists for ada:agent/add-mill/run-1." }],
    });
    fake.json(MAKE, 422, error);
    let opened = Scene::on(&fake, Github).opened();
    assert_eq!((opened.number, opened.existed), (8, true));
}

#[test]
fn one_whose_answer_was_lost_is_found() {
    for lost in [
        Answer::Raw("HTTP/1.1 201 Created\r\ncontent-length: 999\r\n\r\n{\"numb".to_owned()),
        Answer::Raw(String::new()),
        Answer::Json(502, json!({})),
        Answer::Json(201, json!("?")),
        Answer::Silence,
    ] {
        let fake = Fake::start();
        fake.json(LIST, 200, json!([]))
            .json(LIST, 200, json!([pull(&fake, 9)]));
        fake.on(MAKE, lost);
        let mut scene = Scene::on(&fake, Github);
        scene.request.time_limit = std::time::Duration::from_secs(1);
        let opened = scene.opened();
        assert_eq!((opened.number, opened.existed), (9, false), "it is ours");
        assert_eq!(fake.questions().iter().filter(|it| *it == MAKE).count(), 1);
    }
}

#[test]
fn no_drafts_is_told_and_not_got_around() {
    let fake = Fake::start();
    let error = json!({
        "message": "Validation Failed",
        "errors": ["Draft pull requests are not supported in this repository."],
    });
    fake.json(LIST, 200, json!([])).json(MAKE, 422, error);
    let (error, words) = Scene::on(&fake, Github).failed();
    assert!(matches!(error, ForgeError::NoDrafts { .. }), "{words}");
    assert!(
        words.contains("forge::no_drafts") && words.contains("draft = false"),
        "{words}"
    );
}

#[test]
fn a_refusal_tells_why() {
    let fake = Fake::start();
    let error = json!({
        "message": "Validation Failed",
        "errors": [{ "resource": "PullRequest", "field": "base", "code": "invalid" }, { "message": "No commits between main and x" }],
        "documentation_url": "https://docs.github.com/rest",
    });
    fake.json(LIST, 200, json!([])).json(MAKE, 422, error);
    let (_, words) = Scene::on(&fake, Github).failed();
    assert!(
        words.contains(
            "refused with status 422: Validation Failed; base; No commits between main and x"
        ),
        "{words}"
    );
}

#[test]
fn a_page_that_is_no_address_is_not_passed_on() {
    for url in ["javascript:alert(1)", "http://\u{1b}[2J", "", "ftp://a/b"] {
        let fake = Fake::start();
        let mut made = pull(&fake, 7);
        made["html_url"] = json!(url);
        fake.json(LIST, 200, json!([])).json(MAKE, 201, made);
        let opened = Scene::on(&fake, Github).opened();
        assert_eq!(
            opened.url,
            format!("http://{}/ada/engine/pull/7", fake.host),
            "{url:?}"
        );
    }
}

#[test]
fn a_renamed_repository_is_followed_on_the_same_server() {
    let fake = Fake::start();
    let there = "POST /api/v3/repositories/5/pulls";
    fake.on(
        LIST,
        Answer::Text(301, "location: /api/v3/repositories/5/pulls", String::new()),
    );
    fake.json("GET /api/v3/repositories/5/pulls", 200, json!([]));
    fake.on(
        MAKE,
        Answer::Text(307, "location: /api/v3/repositories/5/pulls", String::new()),
    );
    fake.json(there, 201, pull(&fake, 7));
    assert_eq!(Scene::on(&fake, Github).opened().number, 7);
    assert_eq!(fake.only(there).body["title"], "Add the mill");
}
