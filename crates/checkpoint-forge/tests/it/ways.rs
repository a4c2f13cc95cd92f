//! Which way is taken.

use checkpoint_forge::{Plan, Why};
use checkpoint_model::policy::{
    ForgeKind::{Gitea, Github, Gitlab},
    PullRequest,
};
use serde_json::json;

use crate::{
    fake::Fake,
    scene::{SECRET, Scene},
};

fn via(scene: &Scene) -> PullRequest {
    let surroundings = scene.surroundings();
    let plan = Plan::of(&scene.request, &surroundings).unwrap();
    plan.via()
}

#[test]
fn the_program_comes_before_the_token_before_the_push_before_the_person() {
    let cases = [
        (
            "git@github.com:a/b",
            "gh",
            "GH_TOKEN",
            PullRequest::Gh,
            PullRequest::Url,
        ),
        (
            "git@gitlab.com:a/b",
            "glab",
            "GITLAB_TOKEN",
            PullRequest::Glab,
            PullRequest::PushOptions,
        ),
        (
            "git@codeberg.org:a/b",
            "tea",
            "FORGEJO_TOKEN",
            PullRequest::Api,
            PullRequest::Url,
        ),
        (
            "git@gitea.com:a/b",
            "tea",
            "GITEA_TOKEN",
            PullRequest::Api,
            PullRequest::Url,
        ),
        (
            "git@bitbucket.org:a/b",
            "bb",
            "BITBUCKET_TOKEN",
            PullRequest::Api,
            PullRequest::Url,
        ),
    ];
    for (url, program, variable, with_program, without) in cases {
        let mut scene = Scene::new(url);
        assert_eq!(via(&scene), without, "{url}: with nothing");
        let surroundings = scene.surroundings();
        let page = Plan::of(&scene.request, &surroundings)
            .unwrap()
            .compare_url();
        assert!(
            page.is_some_and(|page| page.contains("/a/b/")),
            "a person can do it"
        );
        scene.script(program, "exit 1");
        assert_eq!(via(&scene), without, "{url}: {program} is not logged in");
        scene.env(variable, SECRET);
        assert_eq!(via(&scene), PullRequest::Api, "{url}: with a token");
        scene.script(program, "exit 0");
        assert_eq!(via(&scene), with_program, "{url}: {program} is logged in");
    }
}

#[test]
fn a_program_that_hangs_is_none() {
    let mut scene = Scene::new("git@github.com:a/b");
    scene.script("gh", "exec /bin/sleep 60");
    scene.request.time_limit = std::time::Duration::from_secs(1);
    assert_eq!(via(&scene), PullRequest::Url);
}

#[test]
fn what_lies_in_the_working_tree_is_not_run() {
    let mut scene = Scene::new("git@github.com:a/b");
    let git = scene.path().join("bin");
    let away = Scene::new("git@github.com:a/b");
    away.script("gh", "exit 0");
    let away = away.path().join("bin");
    scene.env("PATH", format!("{}:{}", away.display(), git.display()));
    assert_eq!(via(&scene), PullRequest::Gh, "it would be found");
    // The same place, as seen from where we are.
    let relative = format!("{}{}", "../".repeat(20), away.display());
    assert!(std::path::Path::new(&relative).join("gh").is_file());
    scene.env("PATH", format!("{relative}::.:{}", git.display()));
    assert_eq!(via(&scene), PullRequest::Url);
}

#[test]
fn a_person_gets_the_page_and_the_reason() {
    let check = |url: &str, way: PullRequest, why: Why, page: Option<&str>| {
        let mut scene = Scene::new(url);
        scene.request.way = way;
        let not = scene.not_opened();
        assert_eq!(
            (not.why, not.compare_url.as_deref()),
            (why, page),
            "{way} with {url}"
        );
    };
    let page = Some("https://github.com/a/b/compare/main...agent/add-mill/run-1?expand=1");
    check("git@github.com:a/b", PullRequest::Auto, Why::NoLogin, page);
    check("git@github.com:a/b", PullRequest::Url, Why::OnlyUrl, page);
    check("git@github.com:a/b", PullRequest::Never, Why::Never, page);
    check(
        "https://git.example.org/a/b",
        PullRequest::Auto,
        Why::HostUnknown,
        None,
    );
    check("/srv/a.git", PullRequest::Auto, Why::HostUnknown, None);
    check("/srv/a.git", PullRequest::Agit, Why::NotTold, None);
    check(
        "git@gitlab.com:a/b",
        PullRequest::Auto,
        Why::NotTold,
        Some(
            "https://gitlab.com/a/b/-/merge_requests/new?merge_request%5Bsource_branch%5D=agent%2Fadd-mill%2Frun-1&merge_request%5Btarget_branch%5D=main",
        ),
    );
}

#[test]
fn a_name_that_only_ssh_knows_is_looked_up_with_ssh() {
    let page = |url: &str| {
        let scene = Scene::new(url);
        scene.script("ssh", r#"echo "$*" >>"$HOME/asked"; test "$2" = work && printf 'user git\nhostname github.com\nport 22\n'"#);
        let page = scene.not_opened().compare_url;
        (
            page,
            fs_err::read_to_string(scene.path().join("asked")).ok(),
        )
    };
    let (found, asked) = page("git@work:a/b.git");
    let want = "https://github.com/a/b/compare/main...agent/add-mill/run-1?expand=1";
    assert_eq!(
        (found.as_deref(), asked.as_deref()),
        (Some(want), Some("-G work\n"))
    );
    let (found, asked) = page("git@play:a/b.git");
    assert_eq!((found, asked.as_deref()), (None, Some("-G play\n")));
    for url in ["git@github.com:a/b.git", "https://work/a/b", "/srv/work"] {
        assert_eq!(page(url).1, None, "{url}: ssh has nothing to say");
    }
}

#[test]
fn no_host_is_asked_what_it_is() {
    let fake = Fake::start();
    let mut scene = Scene::on(&fake, Gitea);
    scene.request.forges.clear();
    assert_eq!(scene.not_opened().why, Why::HostUnknown);
    assert_eq!(fake.questions().len(), 0);
}

#[test]
fn a_login_that_has_ended_gives_way_to_a_token() {
    let fake = Fake::start();
    fake.json(
        "GET /api/v3/repos/ada/engine/pulls",
        200,
        json!([crate::github::pull(&fake, 7)]),
    );
    let mut scene = Scene::on(&fake, Github);
    scene.script(
        "gh",
        "test \"$1\" = auth && exit 0\nprintf 'HTTP/1.1 401 Unauthorized\\r\\n\\r\\n{\"message\":\"Bad credentials\"}'; exit 1",
    );
    assert_eq!(scene.opened().via, PullRequest::Api);
    scene.request.way = PullRequest::Gh;
    let (_, words) = scene.failed();
    assert!(
        words.contains("does not accept the login of 'gh': Bad credentials"),
        "asked for gh, it is gh that fails: {words}"
    );
}

#[test]
fn a_proxy_is_taken_as_git_takes_it() {
    let (forge, proxy) = (Fake::start(), Fake::start());
    let list = "GET /api/v4/projects/ada%2Fengine/merge_requests";
    let mut scene = Scene::on(&forge, Gitlab);
    scene.request.time_limit = std::time::Duration::from_secs(2);
    scene.env("http_proxy", format!("http://{}", proxy.host));
    let (_, words) = scene.failed();
    assert!(
        words.contains("cannot"),
        "the proxy of this test lets nobody through: {words}"
    );
    let asked = proxy.questions();
    assert_eq!(asked.len(), 1, "the proxy was asked: {asked:?}");
    scene.env("http_proxy", "http://");
    let (_, words) = scene.failed();
    assert!(
        words.contains("it is not the address of a proxy"),
        "nobody goes past it: {words}"
    );
    scene.env("NO_PROXY", "127.0.0.1");
    forge.json(list, 200, json!([]));
    scene.failed();
    assert_eq!(forge.questions()[0], list, "nobody stands between");
    assert_eq!(proxy.questions().len(), 1);
}
