//! Which token goes where, and that none is shown.

use checkpoint_forge::Why;
use checkpoint_model::policy::{
    ForgeKind::{self, Bitbucket, Forgejo, Gitea, Github, Gitlab},
    PullRequest,
};
use serde_json::json;

use crate::{
    fake::Fake,
    scene::{SECRET, Scene},
};

const VARIABLES: [&str; 9] = [
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GITLAB_TOKEN",
    "GITEA_TOKEN",
    "FORGEJO_TOKEN",
    "BITBUCKET_TOKEN",
    "OAUTH_TOKEN",
];

#[test]
fn a_host_that_only_the_repository_names_gets_no_token_of_the_environment() {
    for kind in ForgeKind::ALL {
        let fake = Fake::start();
        let mut scene = Scene::without_token(&fake, *kind);
        for variable in VARIABLES {
            scene.env(variable, SECRET);
        }
        let why = match kind {
            Gitlab => Why::NotTold,
            _ => Why::NoLogin,
        };
        assert_eq!(scene.not_opened().why, why, "{kind}");
        assert_eq!(
            fake.questions().len(),
            0,
            "{kind}: the host is not even asked"
        );
    }
}

#[test]
fn a_program_gets_no_token_for_a_host_that_only_the_repository_names() {
    for (kind, name) in [(Github, "gh"), (Gitlab, "glab")] {
        let fake = Fake::start();
        let mut scene = Scene::without_token(&fake, kind);
        for variable in VARIABLES {
            scene.env(variable, SECRET);
        }
        scene.script(name, "/usr/bin/env >>\"$HOME/seen\"; exit 1");
        scene.not_opened();
        let seen = fs_err::read_to_string(scene.path().join("seen")).unwrap();
        assert!(
            seen.contains("GH_PROMPT_DISABLED=1") && seen.contains("NO_PROMPT=1"),
            "{seen}"
        );
        let given = seen.lines().filter(|line| line.ends_with(SECRET));
        let not_ours = given.filter(|line| {
            !line.starts_with("GITEA")
                && !line.starts_with("FORGEJO")
                && !line.starts_with("BITBUCKET")
        });
        assert_eq!(not_ours.count(), 0, "{name} got a token: {seen}");
    }
}

#[test]
fn a_host_that_the_environment_names_gets_its_token() {
    let check = |kind: ForgeKind, variable: &str, host: &str, gets: bool| {
        let fake = Fake::start();
        let mut scene = Scene::without_token(&fake, kind);
        scene.env(variable, SECRET);
        scene.env(host, format!("http://{}/", fake.host));
        scene.open().ok();
        assert_eq!(
            !fake.questions().is_empty(),
            gets,
            "{kind}: {variable} with {host}"
        );
    };
    check(Github, "GH_ENTERPRISE_TOKEN", "GH_HOST", true);
    check(Github, "GITHUB_ENTERPRISE_TOKEN", "GITHUB_SERVER_URL", true);
    check(Github, "GITHUB_TOKEN", "GITHUB_SERVER_URL", true);
    // As gh has it: this one is for github.com, whatever host is the usual one.
    check(Github, "GH_TOKEN", "GH_HOST", false);
    check(Gitlab, "GITLAB_TOKEN", "GL_HOST", true);
    check(Gitlab, "GITLAB_TOKEN", "CI_SERVER_URL", true);
    check(Gitea, "GITEA_TOKEN", "GITEA_SERVER_URL", true);
    check(Forgejo, "GITEA_TOKEN", "FORGEJO_SERVER_URL", true);
    check(Gitea, "GITHUB_TOKEN", "GITHUB_SERVER_URL", false);
    check(Bitbucket, "BITBUCKET_TOKEN", "GITHUB_SERVER_URL", false);
}

#[test]
fn a_token_for_https_does_not_travel_in_the_clear() {
    for value in ["HOST", "https://HOST"] {
        let fake = Fake::start();
        let mut scene = Scene::without_token(&fake, Gitea);
        scene.env("GITEA_TOKEN", SECRET);
        scene.env("GITEA_SERVER_URL", value.replace("HOST", &fake.host));
        assert_eq!(scene.not_opened().why, Why::NoLogin, "{value}");
        assert_eq!(
            fake.questions().len(),
            0,
            "{value}: the remote is http, the token is not for that"
        );
    }
}

/// A credential helper that notes what it is asked and gives a name and the secret.
fn helper(scene: &mut Scene, answer: &str) {
    let log = scene.path().join("asked");
    let value = format!(
        "!f() {{ echo \"$1\" >>'{0}'; /bin/cat >>'{0}'; {answer}; }}; f",
        log.display()
    );
    scene.env("GIT_CONFIG_COUNT", "1");
    scene.env("GIT_CONFIG_KEY_0", "credential.helper");
    scene.env("GIT_CONFIG_VALUE_0", value);
}

#[test]
fn the_credential_helper_is_asked_for_the_host_and_told_nothing() {
    for (kind, want) in [
        (Github, format!("Bearer {SECRET}")),
        (Gitlab, format!("Bearer {SECRET}")),
        (Gitea, ["Basic ", "YWRhOnMzY3IzdC10MGszbg=="].concat()),
        (Bitbucket, ["Basic ", "YWRhOnMzY3IzdC10MGszbg=="].concat()),
    ] {
        let fake = Fake::start();
        let mut scene = Scene::without_token(&fake, kind);
        helper(
            &mut scene,
            &format!("echo username=ada; echo password={SECRET}"),
        );
        let (_, words) = scene.failed();
        assert!(
            words.contains("or none that what git's credential helper gave may see"),
            "{words}"
        );
        assert_eq!(fake.seen()[0].headers["authorization"], want, "{kind}");
        let asked = fs_err::read_to_string(scene.path().join("asked")).unwrap();
        assert!(asked.starts_with("get\n"), "{asked}");
        assert!(asked.contains(&format!("host={}\n", fake.host)), "{asked}");
        assert!(!asked.contains("username="), "{asked}");
        assert!(
            !asked.contains("store") && !asked.contains("erase"),
            "what a forge answers is no judgement: {asked}"
        );
    }
}

#[test]
fn the_helper_is_asked_as_git_would_ask_for_a_push() {
    let ask = |url: &str| {
        let mut scene = Scene::new(url);
        helper(&mut scene, "exit 1");
        scene.git(&[
            "config",
            "--file",
            "config",
            "credential.useHttpPath",
            "true",
        ]);
        scene.env("GIT_CONFIG_GLOBAL", scene.path().join("config"));
        scene.not_opened();
        fs_err::read_to_string(scene.path().join("asked")).unwrap()
    };
    let asked = ask("https://ada@github.com/ada/engine.git");
    for line in [
        "protocol=https",
        "host=github.com",
        "path=ada/engine.git",
        "username=ada",
    ] {
        assert!(asked.lines().any(|it| it == line), "{line} in {asked}");
    }
    let asked = ask("forge@github.com:ada/engine.git");
    assert!(
        !asked.contains("username"),
        "whom ssh logs in as is nobody on the web: {asked}"
    );
}

#[test]
fn no_helper_and_no_answer_is_no_token_and_nobody_is_asked() {
    for answer in [
        "exit 1",
        "echo password=",
        "echo quit=1",
        "echo username=ada",
    ] {
        let fake = Fake::start();
        let mut scene = Scene::without_token(&fake, Github);
        // Would be run if git were allowed to ask.
        scene.script("ask", ": >\"$HOME/was-asked\"; echo word");
        let ask = scene.path().join("bin/ask");
        scene
            .env("GIT_ASKPASS", &ask)
            .env("SSH_ASKPASS", &ask)
            .env("DISPLAY", ":0");
        helper(&mut scene, answer);
        assert_eq!(scene.not_opened().why, Why::NoLogin, "{answer}");
        assert!(
            !scene.path().join("was-asked").exists(),
            "{answer}: a window was opened"
        );
    }
}

#[test]
fn a_helper_that_hangs_has_a_limit() {
    let fake = Fake::start();
    let mut scene = Scene::without_token(&fake, Github);
    scene.request.time_limit = std::time::Duration::from_secs(1);
    helper(&mut scene, "/bin/sleep 60");
    let (_, words) = scene.failed();
    assert!(
        words.contains("no answer from 'git credential fill' within 1 seconds"),
        "{words}"
    );
}

#[test]
fn a_password_in_the_address_of_the_remote_is_used_and_never_shown() {
    let fake = Fake::start();
    let list = "GET /api/v3/repos/ada/engine/pulls";
    fake.json(list, 200, json!([crate::github::pull(&fake, 7)]));
    let mut scene = Scene::without_token(&fake, Github);
    let url = format!("http://x-access-token:{SECRET}@{}/ada/engine", fake.host);
    scene.request.remote = url.parse().unwrap();
    let opened = scene.opened();
    assert_eq!((opened.number, opened.via), (7, PullRequest::Api));
    assert_eq!(
        fake.only(list).headers["authorization"],
        format!("Bearer {SECRET}")
    );
    let page = scene.request.remote.to_string();
    assert_eq!(page, format!("http://{}/ada/engine", fake.host));
}

#[test]
fn credentials_in_an_address_that_the_forge_gives_are_taken_out() {
    let fake = Fake::start();
    let mut pull = crate::github::pull(&fake, 7);
    pull["html_url"] = json!(format!("https://ada:{SECRET}@github.com/ada/engine/pull/7"));
    fake.json("GET /api/v3/repos/ada/engine/pulls", 200, json!([pull]));
    assert_eq!(
        Scene::on(&fake, Github).opened().url,
        "https://github.com/ada/engine/pull/7"
    );
}

#[test]
fn a_token_with_a_line_end_does_not_become_a_header() {
    let fake = Fake::start();
    let mut scene = Scene::on(&fake, Github);
    scene.env("GH_TOKEN", format!("{SECRET}\r\nx-evil: 1"));
    let (_, words) = scene.failed();
    assert_eq!(fake.seen().len(), 0, "nothing was sent: {words}");
}
