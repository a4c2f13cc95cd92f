//! GitLab's interface.

use checkpoint_model::policy::{ForgeKind::Gitlab, PullRequest};
use serde_json::{Value, json};

use crate::{
    fake::Fake,
    scene::{SECRET, Scene},
};

const LIST: &str = "GET /api/v4/projects/ada%2Fengine/merge_requests";
const MAKE: &str = "POST /api/v4/projects/ada%2Fengine/merge_requests";

fn request(fake: &Fake, number: u64) -> Value {
    json!({
        "id": 4711,
        "iid": number,
        "web_url": format!("http://{}/ada/engine/-/merge_requests/{number}", fake.host),
        "source_branch": "agent/add-mill/run-1",
        "target_branch": "main",
        "source_project_id": 1,
        "target_project_id": 1,
    })
}

#[test]
fn a_draft_is_opened() {
    let fake = Fake::start();
    fake.json(LIST, 200, json!([]))
        .json(MAKE, 201, request(&fake, 7));
    let opened = Scene::on(&fake, Gitlab).opened();
    assert_eq!(
        opened.url,
        format!("http://{}/ada/engine/-/merge_requests/7", fake.host)
    );
    assert_eq!(
        (opened.number, opened.via, opened.existed),
        (7, PullRequest::Api, false)
    );
    let made = fake.only(MAKE);
    assert_eq!(made.headers["authorization"], format!("Bearer {SECRET}"));
    assert_eq!(
        made.body["title"], "Draft: Add the mill",
        "a draft is known by its title"
    );
    assert_eq!(made.body["source_branch"], "agent/add-mill/run-1");
    assert_eq!(made.body["target_branch"], "main");
    assert_eq!(made.body["description"], "It grinds.\n\n- numbers\n");
}

#[test]
fn a_request_from_a_fork_is_another_one() {
    let fake = Fake::start();
    let mut of_fork = request(&fake, 3);
    of_fork["source_project_id"] = json!(2);
    fake.json(LIST, 200, json!([of_fork, request(&fake, 5)]));
    let opened = Scene::on(&fake, Gitlab).opened();
    assert_eq!((opened.number, opened.existed), (5, true));
}

#[test]
fn one_that_somebody_faster_made_is_found() {
    let fake = Fake::start();
    fake.json(LIST, 200, json!([]))
        .json(LIST, 200, json!([request(&fake, 8)]));
    let said = "Another open merge request already exists for this source branch: !8";
    fake.json(MAKE, 409, json!({ "message": [said] }));
    let opened = Scene::on(&fake, Gitlab).opened();
    assert_eq!((opened.number, opened.existed), (8, true));
}

#[test]
fn a_project_may_lie_in_groups() {
    let fake = Fake::start();
    let list = "GET /api/v4/projects/ada%2Fsub%2Fengine/merge_requests";
    fake.json(list, 200, json!([request(&fake, 8)]));
    let mut scene = Scene::on(&fake, Gitlab);
    scene.request.remote = format!("http://{}/ada/sub/engine.git", fake.host)
        .parse()
        .unwrap();
    assert_eq!(scene.opened().number, 8);
}
