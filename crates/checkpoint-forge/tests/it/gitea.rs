//! The interface of Gitea and Forgejo.

use checkpoint_model::policy::ForgeKind::{Forgejo, Gitea};
use serde_json::{Value, json};

use crate::{
    fake::Fake,
    scene::{SECRET, Scene},
};

const LIST: &str = "GET /api/v1/repos/ada/engine/pulls";
const MAKE: &str = "POST /api/v1/repos/ada/engine/pulls";

fn pull(fake: &Fake, number: u64) -> Value {
    json!({
        "id": 4711,
        "number": number,
        "html_url": format!("http://{}/ada/engine/pulls/{number}", fake.host),
        "head": { "ref": "agent/add-mill/run-1", "repo_id": 1 },
        "base": { "ref": "main", "repo_id": 1 },
    })
}

#[test]
fn a_draft_is_opened() {
    for kind in [Gitea, Forgejo] {
        let fake = Fake::start();
        fake.json(LIST, 200, json!([]))
            .json(MAKE, 201, pull(&fake, 7));
        let opened = Scene::on(&fake, kind).opened();
        assert_eq!((opened.number, opened.forge), (7, Some(kind)));
        let made = fake.only(MAKE);
        assert_eq!(made.headers["authorization"], format!("token {SECRET}"));
        assert_eq!(
            made.body["title"], "WIP: Add the mill",
            "a draft is known by its title"
        );
        assert_eq!(made.body["head"], "agent/add-mill/run-1");
        assert_eq!(made.body["base"], "main");
    }
}

#[test]
fn one_that_is_not_a_draft_keeps_its_title() {
    let fake = Fake::start();
    fake.json(LIST, 200, json!([]))
        .json(MAKE, 201, pull(&fake, 7));
    let mut scene = Scene::on(&fake, Gitea);
    scene.request.draft = false;
    assert_eq!(scene.opened().number, 7);
    assert_eq!(fake.only(MAKE).body["title"], "Add the mill");
}

#[test]
fn it_is_looked_for_page_by_page() {
    let fake = Fake::start();
    let mut other = pull(&fake, 1);
    other["head"]["ref"] = json!("other");
    let mut of_fork = pull(&fake, 2);
    of_fork["head"]["repo_id"] = json!(2);
    fake.json(LIST, 200, json!([other, of_fork]))
        .json(LIST, 200, json!([pull(&fake, 5)]));
    let opened = Scene::on(&fake, Gitea).opened();
    assert_eq!((opened.number, opened.existed), (5, true));
    let asked: Vec<String> = fake.seen().into_iter().map(|seen| seen.question).collect();
    assert!(
        asked[0].ends_with("page=1") && asked[1].ends_with("page=2"),
        "{asked:?}"
    );
}

#[test]
fn one_that_somebody_faster_made_is_found() {
    let fake = Fake::start();
    fake.json(LIST, 200, json!([]))
        .json(LIST, 200, json!([pull(&fake, 8)]));
    let said = "pull request already exists for these targets [id: 5, issue_id: 12]";
    fake.json(MAKE, 409, json!({ "message": said }));
    let opened = Scene::on(&fake, Forgejo).opened();
    assert_eq!((opened.number, opened.existed), (8, true));
}

#[test]
fn the_pages_may_begin_in_a_folder() {
    let fake = Fake::start();
    fake.json(
        "GET /forge/api/v1/repos/ada/engine/pulls",
        200,
        json!([pull(&fake, 8)]),
    );
    let mut scene = Scene::on(&fake, Gitea);
    scene.request.remote = format!("http://{}/forge/ada/engine.git", fake.host)
        .parse()
        .unwrap();
    assert_eq!(scene.opened().number, 8);
}
