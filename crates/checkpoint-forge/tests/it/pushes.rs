//! Requests that a push opens, against bare repositories with the hooks of such a forge and the real git.

use std::process::Command;

use checkpoint_forge::{Outcome, Plan, Why, has_it_already, refuses_options};
use checkpoint_model::policy::{ForgeKind, PullRequest};

use crate::scene::Scene;

/// AGit: speaks pkt-line with receive-pack, notes what it is given, and answers with the ref of a request.
const PROC_RECEIVE: &str = r##"#!/bin/sh
pkt() { printf '%04x%s' $((${#1} + 4)) "$1"; }
flush() { printf 0000; }
get() {
	length=$(dd bs=1 count=4 2>/dev/null)
	test "$length" = 0000 && return 1
	line=$(dd bs=1 count=$((0x$length - 4)) 2>/dev/null | tr '\000' ' ')
}
while get; do :; done
printf '%04xversion=1\000push-options' 26; flush
while get; do command=$line; done
while get; do printf '%s\n' "$line" >>push-options; done
ref=${command##* }
printf '%s\n' "$command" >>commands
for word in $command; do test ${#word} -eq 40 && new=$word; done
old=$(git rev-parse -q --verify refs/pull/7/head || echo 0000000000000000000000000000000000000000)
if test "$old" = "$new"; then
	pkt "ng $ref new commit is same with old commit"
	flush
	exit 0
fi
git update-ref refs/pull/7/head "$new"
case $SAYS in
url) printf '\nVisit the existing pull request:\n  %s merges into main\n\n' "$URL" >&2 ;;
esac
pkt "ok $ref"
pkt "option refname refs/pull/7/head"
pkt "option old-oid $old"
flush
"##;

/// GitLab: notes the options, and says what GitLab says.
const PRE_RECEIVE: &str = r##"#!/bin/sh
n=0
while test "$n" -lt "${GIT_PUSH_OPTION_COUNT:-0}"; do
	eval "printf '%s\n' \"\$GIT_PUSH_OPTION_$n\"" >>push-options
	n=$((n + 1))
done
test -z "$URL" || printf '\nView merge request for agent/add-mill/run-1:\n  %s\n\n' "$URL" >&2
test -z "$NEW" || printf '\nTo create a merge request for agent/add-mill/run-1, visit:\n  %s\n\n' "$NEW" >&2
"##;

/// A clone with one commit on the branch, and the bare repository it is pushed to.
fn scene(hook: &str, text: &str, way: PullRequest) -> Scene {
    use std::os::unix::fs::PermissionsExt as _;
    let mut scene = Scene::new("/nowhere");
    let path = format!("{}:/usr/bin:/bin", scene.path().join("bin").display());
    scene.env("PATH", path);
    let bare = scene.path().join("server.git");
    scene.git(&["init", "-q", "--bare", "-b", "main", "server.git"]);
    scene.git(&["init", "-q", "-b", "main", "."]);
    scene.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    scene.git(&["push", "-q", "server.git", "main"]);
    scene.git(&["checkout", "-q", "-b", "agent/add-mill/run-1"]);
    scene.git(&["commit", "-q", "--allow-empty", "-m", "two"]);
    let git_dir = "--git-dir=server.git";
    scene.git(&[git_dir, "config", "receive.advertisePushOptions", "true"]);
    scene.git(&[git_dir, "config", "receive.procReceiveRefs", "refs/for/"]);
    let hook = bare.join("hooks").join(hook);
    fs_err::write(&hook, text).unwrap();
    fs_err::set_permissions(hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    scene.request.remote = bare.to_str().unwrap().parse().unwrap();
    scene.request.way = way;
    scene
}

/// Pushes as the plan wants, and gives what git printed with what came of it.
fn push(scene: &Scene) -> (bool, Vec<u8>, Outcome) {
    let surroundings = scene.surroundings();
    let plan = Plan::of(&scene.request, &surroundings).unwrap();
    let options = plan.push_options();
    let to = plan
        .push_to()
        .unwrap_or("refs/heads/agent/add-mill/run-1".to_owned());
    let output = Command::new("git")
        .arg("push")
        .args(
            options
                .iter()
                .map(|option| format!("--push-option={option}")),
        )
        .args(["server.git", &format!("HEAD:{to}")])
        .current_dir(scene.path())
        .env_clear()
        .envs(&scene.env)
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let outcome = plan.open(&printed).unwrap();
    (output.status.success(), printed, outcome)
}

fn options(scene: &Scene) -> String {
    fs_err::read_to_string(scene.path().join("server.git/push-options")).unwrap_or_default()
}

#[test]
fn agit_opens_one_and_finds_it_again() {
    let mut scene = scene("proc-receive", PROC_RECEIVE, PullRequest::Agit);
    scene
        .env("SAYS", "url")
        .env("URL", "https://code.example.org/ada/engine/pulls/7");
    let (pushed, printed, outcome) = push(&scene);
    assert!(pushed, "{}", String::from_utf8_lossy(&printed));
    let Outcome::Opened(opened) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(opened.url, "https://code.example.org/ada/engine/pulls/7");
    assert_eq!(
        (opened.number, opened.via, opened.existed),
        (7, PullRequest::Agit, false)
    );
    assert_eq!(
        options(&scene),
        "topic=agent/add-mill/run-1\ntitle=WIP: Add the mill\ndescription={base64}SXQgZ3JpbmRzLgoKLSBudW1iZXJz\n"
    );
    let commands = fs_err::read_to_string(scene.path().join("server.git/commands")).unwrap();
    assert!(commands.trim_end().ends_with("refs/for/main"), "{commands}");
    let heads = scene
        .git(&["--git-dir=server.git", "for-each-ref", "refs/heads"])
        .stdout;
    assert_eq!(
        String::from_utf8(heads).unwrap().lines().count(),
        1,
        "the branch itself is not there"
    );

    scene.git(&["commit", "-q", "--allow-empty", "-m", "three"]);
    let (_, _, outcome) = push(&scene);
    let Outcome::Opened(opened) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(opened.existed, "the second push goes to the same one");

    let (pushed, printed, _) = push(&scene);
    assert!(
        !pushed && has_it_already(&printed),
        "{}",
        String::from_utf8_lossy(&printed)
    );
}

#[test]
fn agit_without_an_address_is_found_by_its_ref() {
    let mut scene = scene("proc-receive", PROC_RECEIVE, PullRequest::Agit);
    let (pushed, printed, outcome) = push(&scene);
    assert!(pushed, "{}", String::from_utf8_lossy(&printed));
    let Outcome::NotOpened(not) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(not.why, Why::NotTold, "a directory has no pages");

    // The same words of the same git, from a server that is known.
    scene.request.remote = "git@git.example.org:ada/engine".parse().unwrap();
    scene.request.forges = [("git.example.org".to_owned(), ForgeKind::Gitea)].into();
    let surroundings = scene.surroundings();
    let outcome = Plan::of(&scene.request, &surroundings)
        .unwrap()
        .open(&printed)
        .unwrap();
    let Outcome::Opened(opened) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(opened.url, "https://git.example.org/ada/engine/pulls/7");
}

#[test]
fn gitlab_opens_one_by_push_options() {
    let mut scene = scene("pre-receive", PRE_RECEIVE, PullRequest::PushOptions);
    scene.request.body = "## Why\nIt grinds.\n\n- numbers\n".to_owned();
    scene.env(
        "URL",
        "https://gitlab.example.org/ada/engine/-/merge_requests/12",
    );
    let (pushed, printed, outcome) = push(&scene);
    assert!(pushed, "{}", String::from_utf8_lossy(&printed));
    let Outcome::Opened(opened) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        opened.url,
        "https://gitlab.example.org/ada/engine/-/merge_requests/12"
    );
    assert_eq!((opened.number, opened.via), (12, PullRequest::PushOptions));
    assert_eq!(
        options(&scene),
        "merge_request.create\nmerge_request.target=main\nmerge_request.title=Add the mill\nmerge_request.draft\nmerge_request.description=**Why**<br>It grinds.<br><br>- numbers\n",
        "marked by its own option, so the title is not"
    );
}

#[test]
fn a_server_that_only_offers_a_page_leaves_it_to_the_person() {
    let mut scene = scene("pre-receive", PRE_RECEIVE, PullRequest::PushOptions);
    let page = "https://gitlab.example.org/ada/engine/-/merge_requests/new?merge_request%5Bsource_branch%5D=x";
    scene.env("NEW", page);
    let (_, _, outcome) = push(&scene);
    let Outcome::NotOpened(not) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (not.why, not.compare_url.as_deref()),
        (Why::NotTold, Some(page))
    );
}

#[test]
fn a_request_that_the_server_tells_of_by_itself_is_taken() {
    let mut scene = scene("pre-receive", PRE_RECEIVE, PullRequest::Auto);
    scene.env("URL", "https://git.example.org/ada/engine/pulls/3");
    let (_, _, outcome) = push(&scene);
    let Outcome::Opened(opened) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (opened.number, opened.via, opened.existed),
        (3, PullRequest::Url, true)
    );
    assert_eq!(options(&scene), "", "nothing was asked for");
    scene.request.way = PullRequest::Never;
    scene.git(&["commit", "-q", "--allow-empty", "-m", "three"]);
    let (_, _, outcome) = push(&scene);
    assert!(
        matches!(outcome, Outcome::NotOpened(_)),
        "never is never: {outcome:?}"
    );
}

#[test]
fn a_server_that_takes_no_options_is_known_by_its_words() {
    let scene = scene("pre-receive", PRE_RECEIVE, PullRequest::PushOptions);
    scene.git(&[
        "--git-dir=server.git",
        "config",
        "receive.advertisePushOptions",
        "false",
    ]);
    let (pushed, printed, outcome) = push(&scene);
    assert!(
        !pushed && refuses_options(&printed),
        "{}",
        String::from_utf8_lossy(&printed)
    );
    assert!(matches!(outcome, Outcome::NotOpened(_)));
    assert!(!refuses_options(b"remote: rejected") && !has_it_already(&printed));
}

#[test]
fn title_and_text_stay_in_their_option() {
    for way in [PullRequest::PushOptions, PullRequest::Agit] {
        let mut scene = Scene::new("/srv/a.git");
        scene.request.way = way;
        scene.request.title = "one\nmerge_request.target=evil\0x".to_owned();
        scene.request.body = "one\r\ntwo\0three\n".repeat(10_000);
        let surroundings = scene.surroundings();
        let plan = Plan::of(&scene.request, &surroundings).unwrap();
        for option in plan.push_options() {
            assert!(
                !option.contains(['\n', '\r', '\0']),
                "git would refuse {option:?}"
            );
            assert!(option.len() < 20_000, "one packet holds it");
        }
        assert!(
            plan.push_options()
                .iter()
                .any(|it| it.contains("one merge_request.target=evil x"))
        );
    }
}
