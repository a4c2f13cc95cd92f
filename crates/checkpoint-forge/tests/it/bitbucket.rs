//! Bitbucket Cloud's interface.

use checkpoint_model::policy::ForgeKind::Bitbucket;
use serde_json::{Value, json};

use crate::{fake::Fake, scene::Scene};

const LIST: &str = "GET /2.0/repositories/ada/engine/pullrequests";
const MAKE: &str = "POST /2.0/repositories/ada/engine/pullrequests";

fn request(fake: &Fake, number: u64) -> Value {
    let repository = json!({ "full_name": "ada/engine" });
    json!({
        "id": number,
        "links": { "html": { "href": format!("http://{}/ada/engine/pull-requests/{number}", fake.host) } },
        "source": { "branch": { "name": "agent/add-mill/run-1" }, "repository": repository },
        "destination": { "branch": { "name": "main" }, "repository": repository },
    })
}

#[test]
fn a_draft_is_opened() {
    let fake = Fake::start();
    fake.json(LIST, 200, json!({ "values": [] }))
        .json(MAKE, 201, request(&fake, 7));
    let opened = Scene::on(&fake, Bitbucket).opened();
    assert_eq!(
        opened.url,
        format!("http://{}/ada/engine/pull-requests/7", fake.host)
    );
    let made = fake.only(MAKE);
    assert!(
        made.headers["authorization"].starts_with("Basic "),
        "a name and a password"
    );
    assert_eq!(made.body["title"], "Add the mill");
    assert_eq!(made.body["draft"], true);
    assert_eq!(
        made.body["source"]["branch"]["name"],
        "agent/add-mill/run-1"
    );
    assert_eq!(made.body["destination"]["branch"]["name"], "main");
}

#[test]
fn one_that_is_there_is_found_and_no_second_made() {
    let fake = Fake::start();
    fake.json(LIST, 200, json!({ "values": [request(&fake, 6)] }));
    let mut scene = Scene::on(&fake, Bitbucket);
    let opened = scene.opened();
    assert_eq!((opened.number, opened.existed), (6, true));
    assert_eq!(fake.questions(), [LIST]);
    scene.request.head = "a\"b".to_owned();
    let (_, words) = scene.failed();
    assert!(words.contains("forge::not_found"), "{words}");
    assert!(
        fake.seen()[1].question.contains("a%5C%22b"),
        "a quote in a branch stays inside of the query's text"
    );
}
