//! Pull requests that the push itself opens, against bare repositories with the hooks of such forges.

use std::path::PathBuf;

use serde_json::json;

use crate::scene::Scene;

/// AGit: speaks pkt-line with receive-pack, notes what it is given, and answers with the ref of a request. As Gitea, it
/// takes no commit twice, and does not say then which request has it.
const PROC_RECEIVE: &str = r##"
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
set -- $command
if test "$(git rev-parse -q --verify refs/pull/7/head)" = "$2"; then
	pkt "ng $3 new commit is same with old commit"; flush; exit 0
fi
old=$(git rev-parse -q --verify refs/pull/7/head || echo "$1")
git update-ref refs/pull/7/head "$2"
echo "$3" >>refs-asked-for
printf '\nVisit the existing pull request:\n  https://code.example.org/ada/engine/pulls/7\n\n' >&2
pkt "ok $3"
pkt "option refname refs/pull/7/head"
pkt "option old-oid $old"
flush
"##;

/// GitLab: notes the options, and says what GitLab says.
const PRE_RECEIVE: &str = r##"
cat >>commands
n=0
while test "$n" -lt "${GIT_PUSH_OPTION_COUNT:-0}"; do
	eval "printf '%s\n' \"\$GIT_PUSH_OPTION_$n\"" >>push-options
	n=$((n + 1))
done
printf '\nView merge request for agent/fix-it/run-1:\n  https://gitlab.com/ada/engine/-/merge_requests/7\n\n' >&2
"##;

/// A run with a change in it, whose remote takes requests with the push, by this hook.
fn begun(way: &str, hook: &str, text: &str) -> (Scene, PathBuf) {
    let scene = Scene::new();
    scene.policy(&format!("[runs]\npull-request = \"{way}\"\n"));
    let bare = scene.beside("origin.git");
    scene.git_at(&bare, &["config", "receive.advertisePushOptions", "true"]);
    scene.git_at(&bare, &["config", "receive.procReceiveRefs", "refs/for/"]);
    scene.script(&bare.join("hooks").join(hook), text);
    let (_, dir) = scene.start("Fix it");
    scene.write_at(&dir, "file", "two\n");
    (scene, dir)
}

fn told(scene: &Scene, file: &str) -> String {
    fs_err::read_to_string(scene.beside("origin.git").join(file)).unwrap_or_default()
}

/// The branches at the remote.
fn heads(scene: &Scene) -> String {
    let words = ["for-each-ref", "--format=%(refname:short)", "refs/heads"];
    scene.git_at(&scene.beside("origin.git"), &words)
}

#[test]
fn agit_opens_a_request_and_makes_no_branch() {
    let (scene, dir) = begun("agit", "proc-receive", PROC_RECEIVE);
    let said = scene.done_at(&dir, &["finish"]);
    assert_eq!(
        said.out, "https://code.example.org/ada/engine/pulls/7\n",
        "{said:?}"
    );
    assert!(said.err.contains("opened a pull request"), "{said:?}");
    let tip = scene.git_at(&dir, &["rev-parse", "HEAD"]);
    let bare = scene.beside("origin.git");
    assert_eq!(scene.git_at(&bare, &["rev-parse", "refs/pull/7/head"]), tip);
    assert_eq!(told(&scene, "refs-asked-for"), "refs/for/main\n");
    assert_eq!(heads(&scene), "main");
    let options = told(&scene, "push-options");
    assert!(options.contains("topic=agent/fix-it/run-1\n"), "{options}");
    assert!(options.contains("title=WIP: Fix it\n"), "{options}");
    let run = scene.shown("fix-it/run-1");
    assert_eq!(
        (&run["status"], &run["state"]),
        (&json!("pr_opened"), &json!("completed"))
    );

    scene.done_at(&dir, &["finish"]);
    assert_eq!(scene.count("pull_request_opened"), 1);
    assert_eq!(told(&scene, "refs-asked-for").lines().count(), 1, "once");
}

#[test]
fn what_comes_after_the_request_goes_into_it() {
    let (scene, dir) = begun("agit", "proc-receive", PROC_RECEIVE);
    scene.done_at(&dir, &["finish"]);
    scene.write_at(&dir, "file", "three\n");
    let said = scene.done_at(&dir, &["finish"]);
    let tip = scene.git_at(&dir, &["rev-parse", "HEAD"]);
    let bare = scene.beside("origin.git");
    assert_eq!(
        scene.git_at(&bare, &["rev-parse", "refs/pull/7/head"]),
        tip,
        "{said:?}"
    );
    assert_eq!(heads(&scene), "main", "still no branch");
    assert_eq!(scene.count("pull_request_opened"), 1);
}

#[test]
fn whoever_is_killed_behind_an_agit_push_does_not_push_in_vain_for_ever() {
    let (scene, dir) = begun("agit", "proc-receive", PROC_RECEIVE);
    let real = scene.git(&["--exec-path"]);
    let kill = "case \" $* \" in *\" push \"*) kill -9 $PPID;; esac";
    let deadly = scene.beside("deadly");
    scene.script(
        &deadly.join("git"),
        &format!("{real}/git \"$@\" || exit $?\n{kill}"),
    );
    let mut command = scene.agent_run(&dir, &["finish"]);
    let path = format!("{}:{}", deadly.display(), crate::scene::path());
    let killed = command.env("PATH", path).output().unwrap();
    assert_eq!(killed.status.code(), None, "{killed:?}");
    assert_eq!(scene.count("git_push_success"), 0);

    let said = scene.run_at(&dir, &["finish"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.err
            .contains("there is one for these commits, and the server does not say which"),
        "{said:?}"
    );
    assert_eq!(scene.shown("fix-it/run-1")["status"], "pushed");
    let next = "git agent-run finish fix-it/run-1 --no-pull-request";
    assert!(
        said.err.contains(&format!("hint: to go on: {next}")),
        "{said:?}"
    );
    let words: Vec<_> = next.split(' ').skip(2).collect();
    scene.done(&words);
    assert_eq!(told(&scene, "refs-asked-for").lines().count(), 1, "once");
    assert_eq!(heads(&scene), "main");
}

#[test]
fn push_options_open_a_request_with_the_push_that_brings_the_branch() {
    let (scene, dir) = begun("push-options", "pre-receive", PRE_RECEIVE);
    scene.move_remote("git@gitlab.com:ada/engine.git");
    let said = scene.done_at(&dir, &["finish"]);
    assert_eq!(
        said.out, "https://gitlab.com/ada/engine/-/merge_requests/7\n",
        "{said:?}"
    );
    let options = told(&scene, "push-options");
    for option in ["create", "target=main", "title=Fix it", "draft"] {
        let line = format!("merge_request.{option}\n");
        assert!(options.contains(&line), "{line} in {options}");
    }
    assert_eq!(heads(&scene), "agent/fix-it/run-1\nmain");
    assert_eq!(scene.shown("fix-it/run-1")["status"], "pr_opened");

    // Commits that come later belong to it, and ask for no other one.
    scene.write_at(&dir, "file", "three\n");
    scene.done_at(&dir, &["finish"]);
    assert_eq!(told(&scene, "push-options"), options);
    assert_eq!(scene.count("git_push_success"), 2);
    assert_eq!(scene.count("pull_request_opened"), 1);
}

#[test]
fn a_server_without_push_options_gets_the_branch_all_the_same() {
    let (scene, dir) = begun("push-options", "pre-receive", "exit 0");
    scene.move_remote("git@gitlab.com:ada/engine.git");
    let bare = scene.beside("origin.git");
    scene.git_at(&bare, &["config", "receive.advertisePushOptions", "false"]);
    let said = scene.run_at(&dir, &["finish"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.out
            .starts_with("https://gitlab.com/ada/engine/-/merge_requests/new?"),
        "{said:?}"
    );
    assert_eq!(heads(&scene), "agent/fix-it/run-1\nmain");
}
