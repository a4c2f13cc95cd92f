//! `gh` and `glab` as carriers: scripts that note what they are given.

use checkpoint_model::policy::{
    ForgeKind::{self, Github, Gitlab},
    PullRequest,
};
use serde_json::{Value, json};

use crate::{
    fake::Fake,
    scene::{SECRET, Scene},
};

/// A program that is logged in, notes its arguments and its input, and gives the answers in turn.
fn logged_in(fake: &Fake, kind: ForgeKind, name: &str, answers: &[(u16, Value)]) -> Scene {
    let mut scene = Scene::without_token(fake, kind);
    scene.request.way = PullRequest::Auto;
    for (n, (status, body)) in answers.iter().enumerate() {
        let text = format!("HTTP/2.0 {status} Said\nContent-Type: application/json\n\n{body}");
        fs_err::write(scene.path().join(format!("answer-{n}")), text).unwrap();
    }
    scene.script(
        name,
        r#"test "$1" = auth && { echo s3cr3t-t0k3n; exit 0; }
n=0; while test -e "$HOME/asked-$n"; do n=$((n+1)); done
printf '%s\n' "$@" >"$HOME/asked-$n"
case "$*" in *--input=-*) /bin/cat >"$HOME/input-$n";; esac
/bin/cat "$HOME/answer-$n"
grep -q ' 20' "$HOME/answer-$n" || { echo "token s3cr3t-t0k3n: HTTP error" >&2; exit 1; }
"#,
    );
    scene.env.insert(
        "PATH".into(),
        format!("{}:/usr/bin:/bin", scene.path().join("bin").display()).into(),
    );
    scene
}

fn asked(scene: &Scene, n: usize) -> Vec<String> {
    let text = fs_err::read_to_string(scene.path().join(format!("asked-{n}"))).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn input(scene: &Scene, n: usize) -> Value {
    let text = fs_err::read(scene.path().join(format!("input-{n}"))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

#[test]
fn gh_carries_the_questions() {
    let fake = Fake::start();
    let answers = [(200, json!([])), (201, crate::github::pull(&fake, 7))];
    let scene = logged_in(&fake, Github, "gh", &answers);
    let opened = scene.opened();
    assert_eq!(
        (opened.number, opened.via, opened.existed),
        (7, PullRequest::Gh, false)
    );
    let host = format!("--hostname={}", fake.host);
    let want = [
        "api",
        "--include",
        &host,
        "--method=GET",
        "repos/ada/engine/pulls?state=open&head=ada%3Aagent%2Fadd-mill%2Frun-1&base=main",
    ];
    assert_eq!(asked(&scene, 0), want);
    let want = [
        "api",
        "--include",
        &host,
        "--method=POST",
        "--header=Content-Type: application/json",
        "--input=-",
        "repos/ada/engine/pulls",
    ];
    assert_eq!(
        asked(&scene, 1),
        want,
        "title and text are in no argument, where others see them"
    );
    assert_eq!(input(&scene, 1)["draft"], true);
    assert_eq!(input(&scene, 1)["title"], "Add the mill");
    assert_eq!(
        fake.questions().len(),
        0,
        "nobody but gh speaks with the host"
    );
}

#[test]
fn glab_carries_the_questions() {
    let fake = Fake::start();
    let request =
        json!({ "iid": 4, "web_url": "http://gitlab.example/ada/engine/-/merge_requests/4" });
    let scene = logged_in(&fake, Gitlab, "glab", &[(200, json!([])), (201, request)]);
    let opened = scene.opened();
    assert_eq!((opened.number, opened.via), (4, PullRequest::Glab));
    assert_eq!(
        opened.url,
        "http://gitlab.example/ada/engine/-/merge_requests/4"
    );
    assert_eq!(
        asked(&scene, 1).last().unwrap(),
        "projects/ada%2Fengine/merge_requests"
    );
    assert_eq!(
        input(&scene, 1)["title"],
        "Draft: Add the mill",
        "marked once: no flag marks it again"
    );
}

#[test]
fn a_refusal_through_a_program_is_the_same_refusal() {
    let fake = Fake::start();
    let exists = (422, json!({ "message": "A pull request already exists" }));
    let there = json!([crate::github::pull(&fake, 8)]);
    let scene = logged_in(
        &fake,
        Github,
        "gh",
        &[(200, json!([])), exists, (200, there)],
    );
    let opened = scene.opened();
    assert_eq!((opened.number, opened.existed), (8, true));
    let scene = logged_in(
        &fake,
        Github,
        "gh",
        &[(404, json!({ "message": "Not Found" }))],
    );
    let (_, words) = scene.failed();
    assert!(
        words.contains("has no 'ada/engine', or none that the login of 'gh' may see"),
        "{words}"
    );
}

#[test]
fn a_program_that_breaks_is_told_in_its_words_but_for_secrets() {
    let fake = Fake::start();
    let mut scene = Scene::on(&fake, Github);
    scene.script(
        "gh",
        "test \"$1\" = auth && exit 0\nprintf 'cannot dial \\033[31m%s' s3cr3t-t0k3n >&2; exit 4",
    );
    let (_, words) = scene.failed();
    assert!(
        words.contains("'gh' failed: cannot dial \\u{1b}[31m***"),
        "{words}"
    );
    scene.script("gh", "test \"$1\" = auth && exit 0\nexec /bin/sleep 60");
    scene.request.time_limit = std::time::Duration::from_secs(1);
    let (_, words) = scene.failed();
    assert!(
        words.contains("no answer from 'gh' within 1 seconds"),
        "{words}"
    );
}

#[test]
fn a_program_that_leaves_a_child_behind_does_not_hold_us() {
    let fake = Fake::start();
    let mut scene = Scene::on(&fake, Github);
    scene.script("gh", "/bin/sleep 60 & echo $! >\"$HOME/child\"; exit 0");
    scene.request.time_limit = std::time::Duration::from_secs(1);
    scene.open().ok();
    let child = fs_err::read_to_string(scene.path().join("child")).unwrap();
    let is_there = || {
        let words = ["-o", "stat=", "-p", child.trim()];
        match fs_err::read_to_string(format!("/proc/{}/stat", child.trim())) {
            Ok(stat) => !stat.contains(") Z"),
            Err(_) if std::path::Path::new("/proc/self").exists() => false,
            // Not on Linux.
            Err(_) => {
                let stat = std::process::Command::new("ps")
                    .args(words)
                    .output()
                    .unwrap();
                stat.status.success() && !stat.stdout.starts_with(b"Z")
            }
        }
    };
    for _ in 0..100 {
        if !is_there() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("what the program started still runs");
}

#[test]
fn a_token_of_the_environment_is_what_the_program_uses_at_home() {
    let mut scene = Scene::new("git@github.com:ada/engine");
    scene.env("GH_TOKEN", SECRET).env("GH_DEBUG", "api");
    scene.script(
        "gh",
        "echo \"$GH_TOKEN $GH_DEBUG\" >>\"$HOME/seen\"; exit 1",
    );
    scene.request.way = PullRequest::Gh;
    let (_, words) = scene.failed();
    assert!(
        words.contains("help: gh auth login --hostname github.com"),
        "{words}"
    );
    let seen = fs_err::read_to_string(scene.path().join("seen")).unwrap();
    assert_eq!(
        seen,
        format!("{SECRET} \n"),
        "with the token, without what would print it"
    );
}
