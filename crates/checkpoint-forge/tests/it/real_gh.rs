//! The real `gh`, with our table behind the socket that its setting `http_unix_socket` names.

use checkpoint_model::policy::PullRequest;
use serde_json::{Value, json};

use crate::{
    fake::Fake,
    scene::{SECRET, Scene, not_tested, real},
};

const LIST: &str = "GET /repos/ada/engine/pulls";
const MAKE: &str = "POST /repos/ada/engine/pulls";

/// A scene with the real `gh`, a token and a forge for it; none, loudly, where the machine has no `gh`.
fn scene() -> Option<(Scene, Fake)> {
    let Some(gh) = real("gh") else {
        not_tested("pull requests by the real gh: there is no 'gh' on PATH (apt-get install gh)");
        return None;
    };
    let mut scene = Scene::new("git@github.com:ada/engine.git");
    std::os::unix::fs::symlink(gh, scene.path().join("bin/gh")).unwrap();
    let socket = scene.path().join("forge.sock");
    let config = scene.path().join("gh");
    fs_err::create_dir(&config).unwrap();
    let text = format!(
        "version: 1\nprompt: enabled\nhttp_unix_socket: {}\n",
        socket.display()
    );
    fs_err::write(config.join("config.yml"), text).unwrap();
    scene.env("GH_CONFIG_DIR", config).env("GH_TOKEN", SECRET);
    Some((scene, Fake::on_socket(&socket)))
}

fn pull(number: u64) -> Value {
    json!({
        "number": number,
        "html_url": format!("https://github.com/ada/engine/pull/{number}"),
        "head": { "ref": "agent/add-mill/run-1" },
        "base": { "ref": "main" },
    })
}

#[test]
fn it_opens_a_draft() {
    let Some((scene, fake)) = scene() else { return };
    fake.json(LIST, 200, json!([])).json(MAKE, 201, pull(7));
    let opened = scene.opened();
    assert_eq!(
        (opened.number, opened.via, opened.existed),
        (7, PullRequest::Gh, false)
    );
    assert_eq!(opened.url, "https://github.com/ada/engine/pull/7");
    let asked = fake.only(LIST);
    assert!(
        asked
            .question
            .ends_with("head=ada%3Aagent%2Fadd-mill%2Frun-1&base=main"),
        "{asked:?}"
    );
    assert_eq!(asked.headers["authorization"], format!("token {SECRET}"));
    let made = fake.only(MAKE);
    assert_eq!(made.body["draft"], true);
    assert_eq!(made.body["body"], "It grinds.\n\n- numbers\n");
}

#[test]
fn it_says_what_the_forge_says() {
    let Some((scene, fake)) = scene() else { return };
    fake.json(LIST, 200, json!([]))
        .json(LIST, 200, json!([pull(8)]));
    let said = json!({ "message": "Validation Failed", "errors": [{ "message": "A pull request already exists" }] });
    fake.json(MAKE, 422, said);
    let opened = scene.opened();
    assert_eq!((opened.number, opened.existed), (8, true));

    let (mut scene, fake) = self::scene().unwrap();
    scene.request.way = PullRequest::Gh;
    fake.json(LIST, 401, json!({ "message": "Bad credentials" }));
    let (_, words) = scene.failed();
    assert!(
        words.contains("does not accept the login of 'gh': Bad credentials"),
        "{words}"
    );

    let (scene, fake) = self::scene().unwrap();
    fake.on(
        LIST,
        crate::fake::Answer::Text(403, "retry-after: 9", "{}".to_owned()),
    );
    let (_, words) = scene.failed();
    assert!(words.contains("for 9 seconds"), "{words}");
}

#[test]
fn without_a_login_it_is_not_the_way() {
    let Some((mut scene, fake)) = scene() else {
        return;
    };
    scene.env.remove(std::ffi::OsStr::new("GH_TOKEN"));
    assert_eq!(scene.not_opened().why, checkpoint_forge::Why::NoLogin);
    scene.request.way = PullRequest::Gh;
    let (_, words) = scene.failed();
    assert!(
        words.contains("'gh' is not logged in at 'github.com'"),
        "{words}"
    );
    assert_eq!(
        fake.questions().len(),
        0,
        "whether it is logged in is asked of nobody else"
    );
}

#[test]
fn one_that_nobody_answers_has_a_limit() {
    let Some((mut scene, fake)) = scene() else {
        return;
    };
    fake.on(LIST, crate::fake::Answer::Silence);
    scene.request.time_limit = std::time::Duration::from_secs(2);
    let (_, words) = scene.failed();
    assert!(
        words.contains("no answer from 'gh' within 2 seconds"),
        "{words}"
    );
}
