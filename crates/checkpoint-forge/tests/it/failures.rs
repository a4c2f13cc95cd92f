//! What a forge may answer instead of yes.

use std::time::Duration;

use checkpoint_forge::ForgeError;
use checkpoint_model::policy::ForgeKind::{self, Bitbucket, Gitea, Github, Gitlab};
use serde_json::json;

use crate::{
    fake::{Answer, Fake},
    scene::{SECRET, Scene, everything},
};

/// The question that lists requests, for each forge.
fn list(kind: ForgeKind) -> &'static str {
    match kind {
        Github => "GET /api/v3/repos/ada/engine/pulls",
        Gitlab => "GET /api/v4/projects/ada%2Fengine/merge_requests",
        Gitea | ForgeKind::Forgejo => "GET /api/v1/repos/ada/engine/pulls",
        Bitbucket => "GET /2.0/repositories/ada/engine/pullrequests",
    }
}

/// Every forge gives this answer; the words of the error are `want`.
fn check(answer: &Answer, want: &str) {
    for kind in ForgeKind::ALL {
        let fake = Fake::start();
        fake.on(list(*kind), answer.clone());
        let mut scene = Scene::on(&fake, *kind);
        scene.request.time_limit = Duration::from_secs(1);
        let (_, words) = scene.failed();
        let words = words.replace(&fake.host, "HOST");
        assert!(words.contains(want), "{kind}: wanted {want:?} in {words}");
        assert_eq!(
            fake.questions().len(),
            1,
            "{kind}: nothing else is asked after that"
        );
    }
}

fn text(status: u16, headers: &'static str, body: &str) -> Answer {
    Answer::Text(status, headers, body.to_owned())
}

#[test]
fn every_failure_has_its_words_and_the_next_command() {
    check(
        &text(401, "", r#"{"message":"Bad credentials"}"#),
        "forge::token_refused",
    );
    check(
        &text(403, "", r#"{"message":"Not for you"}"#),
        "forge::forbidden",
    );
    check(
        &text(404, "", "{}"),
        "'HOST' has no 'ada/engine', or none that",
    );
    check(&text(410, "", "Gone"), "refused with status 410: Gone");
    check(
        &text(500, "", "<html>oops"),
        "failed with status 500: <html>oops",
    );
    check(
        &text(503, "", ""),
        "failed with status 503: nothing\nhelp: git agent-run finish",
    );
    check(
        &text(200, "", "<html>Sign in"),
        "cannot understand the answer of 'HOST': it is not JSON",
    );
    check(&text(200, "", r#"{"surprise":1}"#), "it is no list");
    check(&text(200, "", ""), "it is not JSON");
}

#[test]
fn an_answer_that_does_not_come_is_told() {
    check(&Answer::Silence, "no answer from 'HOST' within 1 seconds");
    check(
        &Answer::Raw("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n[".to_owned()),
        "cannot",
    );
    check(&Answer::Raw("SSH-2.0-OpenSSH_9\r\n".to_owned()), "cannot");
    check(&Answer::Raw(String::new()), "cannot");
}

#[test]
fn nobody_there_is_told() {
    let fake = Fake::start();
    let mut scene = Scene::on(&fake, Github);
    // Port 9 of this machine: nobody listens.
    scene.request.remote = "http://127.0.0.1:9/ada/engine".parse().unwrap();
    scene.request.forges = [("127.0.0.1:9".to_owned(), Github)].into();
    scene.env("GITHUB_SERVER_URL", "http://127.0.0.1:9");
    let (error, words) = scene.failed();
    assert!(matches!(error, ForgeError::Unreachable { .. }), "{words}");
}

#[test]
fn a_forge_that_wants_to_be_left_alone_says_how_long() {
    check(
        &text(429, "retry-after: 17", "{}"),
        "for 17 seconds\nhelp: sleep 17 && git agent-run finish",
    );
    check(&text(403, "retry-after: 3", "{}"), "for 3 seconds");
    check(
        &text(429, "retry-after: Fri, 15 Jan 2027 08:00:30 GMT", ""),
        "for 30 seconds",
    );
    check(&text(429, "retry-after: soon", ""), "for 60 seconds");
    check(&text(429, "", ""), "for 60 seconds");
    check(
        &text(
            403,
            "",
            r#"{"message":"You have exceeded a secondary rate limit."}"#,
        ),
        "for 60 seconds",
    );
    let both = "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1800000090";
    check(&text(403, both, "{}"), "for 90 seconds");
    check(
        &text(429, "ratelimit-reset: 1800000005", ""),
        "for 5 seconds",
    );
    check(&text(429, "x-ratelimit-reset: 5", ""), "for 1 seconds");
    check(&text(429, "retry-after: 99999999", ""), "for 86400 seconds");
}

#[test]
fn the_token_does_not_follow_to_another_host() {
    for status in [301, 302, 307, 308] {
        for kind in ForgeKind::ALL {
            let (fake, other) = (Fake::start(), Fake::start());
            let location = format!("location: http://{}/elsewhere", other.host);
            let location: &'static str = location.leak();
            fake.on(list(*kind), text(status, location, ""));
            let (error, words) = Scene::on(&fake, *kind).failed();
            assert!(
                matches!(error, ForgeError::Redirected { .. }),
                "{kind}: {words}"
            );
            assert!(
                words.contains(&other.host),
                "{kind}: it says where to: {words}"
            );
            assert_eq!(other.questions().len(), 0, "{kind}: nobody went there");
        }
    }
    let fake = Fake::start();
    fake.on(
        list(Github),
        text(301, "location: /api/v3/repos/ada/engine/pulls", ""),
    );
    let (_, words) = Scene::on(&fake, Github).failed();
    assert!(words.contains("in circles"), "{words}");
}

#[test]
fn what_a_forge_says_is_shortened_and_harmless() {
    let long = "é".repeat(5000);
    let body = json!({ "message": format!("\u{1b}[2Jline\none \u{202e}{long} {SECRET}") });
    check(
        &Answer::Json(403, body),
        "\\u{1b}[2Jline\\none \\u{202e}ééé",
    );
    let fake = Fake::start();
    fake.on(
        list(Github),
        text(500, "", &format!("{}\u{7}", "x".repeat(100_000))),
    );
    let (_, words) = Scene::on(&fake, Github).failed();
    assert!(words.len() < 1500, "{} bytes", words.len());
}

#[test]
fn a_forge_that_says_the_token_again_does_not_get_it_shown() {
    for kind in ForgeKind::ALL {
        let fake = Fake::start();
        let body = json!({ "message": format!("bad token {SECRET}, go away") });
        fake.json(list(*kind), 401, body);
        let (_, words) = Scene::on(&fake, *kind).failed();
        assert!(words.contains("bad token ***, go away"), "{kind}: {words}");
    }
}

#[test]
fn an_answer_without_end_is_not_read_to_its_end() {
    let fake = Fake::start();
    fake.on(list(Github), text(200, "", &"[".repeat(17 << 20)));
    let (_, words) = Scene::on(&fake, Github).failed();
    assert!(words.contains("it does not end"), "{words}");
}

#[test]
fn a_way_that_cannot_be_gone_is_refused_before_the_push() {
    use checkpoint_model::policy::PullRequest;
    let check = |url: &str, way: PullRequest, want: &str| {
        let mut scene = Scene::new(url);
        scene.request.way = way;
        let surroundings = scene.surroundings();
        let error = checkpoint_forge::Plan::of(&scene.request, &surroundings).err();
        let words = everything(&error.unwrap_or_else(|| panic!("{way} with {url}")));
        assert!(words.contains(want), "{way} with {url}: {words}");
    };
    check(
        "git@github.com:a/b",
        PullRequest::Gh,
        "there is no 'gh' on PATH",
    );
    check(
        "git@gitlab.com:a/b",
        PullRequest::Gh,
        "'gh' does not work with gitlab",
    );
    check(
        "git@gitlab.com:a/b",
        PullRequest::Glab,
        "there is no 'glab' on PATH",
    );
    check(
        "git@github.com:a/b",
        PullRequest::Api,
        "help: export GH_TOKEN=<token>",
    );
    check(
        "git@codeberg.org:a/b",
        PullRequest::Api,
        "help: export FORGEJO_TOKEN=<token>",
    );
    check(
        "git@git.example.org:a/b",
        PullRequest::Api,
        "nobody has said which forge runs on 'git.example.org'",
    );
    check(
        "git@git.example.org:a/b",
        PullRequest::Gh,
        "forge::host_unknown",
    );
    check("/srv/a", PullRequest::Api, "forge::host_unknown");
    check(
        "git@github.com:a/b",
        PullRequest::PushOptions,
        "'push-options' does not work with github",
    );
    check(
        "git@gitlab.com:a/b",
        PullRequest::Agit,
        "'agit' does not work with gitlab",
    );
    check(
        "git@github.com:a",
        PullRequest::Auto,
        "'ssh://github.com/a' names no repository of github",
    );
}
