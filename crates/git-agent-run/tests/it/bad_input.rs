use crate::scene::Scene;

#[test]
fn what_makes_no_sense_is_refused_and_nothing_changed() {
    let scene = Scene::new();
    scene.write("file", "two\n");
    let before = scene.picture();
    let check = |words: &[&str], code: i32, error: &str| {
        assert_eq!(scene.failure(words), (code, error.to_owned()), "{words:?}");
        assert_eq!(scene.picture(), before, "{words:?}");
    };
    let start = |task: &'static str| ["start", "--task", task];
    check(&start(""), 129, "run::text_invalid");
    check(
        &start("a\nSigned-off-by: x <y@z>"),
        129,
        "run::text_invalid",
    );
    check(&start("a\u{1b}[2J"), 129, "run::text_invalid");
    check(&start("a\u{202e}b"), 129, "run::text_invalid");
    check(
        &["start", "--task", "x", "--id", "a\nb"],
        129,
        "run::text_invalid",
    );
    check(
        &["start", "--task", "x", "--agent", "a\nb"],
        129,
        "who::invalid",
    );
    check(
        &["start", "--task", "x", "--session", "a\tb"],
        129,
        "who::invalid",
    );
    for prefix in [
        "a b",
        "-a",
        "a..b",
        "a.lock",
        "refs/heads",
        "a~1",
        "",
        "a@{b",
    ] {
        let prefix = format!("--prefix={prefix}");
        check(
            &["start", "--task", "x", &prefix],
            129,
            "policy::prefix_invalid",
        );
    }
    check(
        &["start", "--task", "x", "--template", "{agent} {what}"],
        129,
        "template::invalid",
    );
    check(
        &["start", "--task", "x", "--base", "no-such"],
        1,
        "run::base_unknown",
    );
    check(
        &["start", "--task", "x", "--base=--help"],
        1,
        "run::base_unknown",
    );
    check(
        &["start", "--task", "x", "--worktree", "."],
        1,
        "run::worktree_occupied",
    );
    check(&["progress", "--percent", "10"], 1, "run::none");
    check(
        &["progress", "nothing", "--percent", "10"],
        1,
        "run::unknown",
    );
    check(
        &["progress", "--percent", "101"],
        129,
        "run::percent_invalid",
    );
    check(
        &["progress", "--percent", "-1"],
        129,
        "run::percent_invalid",
    );
    check(&["progress", "--step", "a\nb"], 129, "run::text_invalid");
    check(&["finish", "nothing"], 1, "run::unknown");
    check(&["abandon", "nothing"], 1, "run::unknown");
    check(&["resume", "nothing"], 1, "run::unknown");
    check(&["show", "nothing"], 1, "run::unknown");
    check(&["show"], 1, "run::none");
    check(&["log", "nothing"], 1, "run::unknown");
    assert_eq!(scene.events().len(), 0, "nothing is on record either");
}

#[test]
fn an_unknown_field_of_a_template_is_underlined() {
    let scene = Scene::new();
    let said = scene.run(&["start", "--task", "x", "--template", "{agent} {what}"]);
    assert!(said.err.contains("unknown field 'what'"), "{said:?}");
    assert!(said.err.contains("{agent} {what}"), "{said:?}");
}

#[test]
fn a_branch_in_the_way_of_the_prefix_is_named() {
    let scene = Scene::new();
    scene.git(&["branch", "agent"]);
    let before = scene.picture();
    let (code, error) = scene.failure(&["start", "--task", "x"]);
    assert_eq!((code, error.as_str()), (1, "run::prefix_taken"));
    assert_eq!(scene.picture(), before);
}

#[test]
fn a_run_of_another_clone_is_shown_and_not_touched() {
    let scene = Scene::new();
    let (branch, _) = scene.start("x");
    let other = scene.beside("other");
    let url = scene.path().to_str().unwrap().to_owned();
    scene.git(&["clone", "-q", &url, other.to_str().unwrap()]);
    scene.git_at(
        &other,
        &[
            "fetch",
            "-q",
            "origin",
            "refs/notes/agents:refs/notes/agents",
        ],
    );
    let list = scene.done_at(&other, &["list"]);
    assert!(list.out.contains("of another clone"), "{list:?}");
    scene.done_at(&other, &["show", &branch]);
    scene.done_at(&other, &["log", &branch]);
    for words in [
        ["progress", &branch, "--percent", "1"].as_slice(),
        &["finish", &branch],
        &["abandon", &branch],
        &["resume", &branch],
    ] {
        let said = scene.run_at(&other, words);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.contains("is of another clone"), "{said:?}");
    }
    let clone_has = scene.git_at(
        &other,
        &["for-each-ref", "--format=%(refname)", "refs/heads"],
    );
    assert_eq!(clone_has, "refs/heads/main");
}

#[test]
fn a_run_is_known_by_its_id_its_branch_and_the_end_of_it() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    let id = scene.shown(&branch)["id"].as_str().unwrap().to_owned();
    for typed in [
        &branch,
        &id,
        &id[..13].to_owned(),
        &"x/run-1".to_owned(),
        &format!("refs/heads/{branch}"),
    ] {
        assert_eq!(
            scene.shown(typed)["id"].as_str(),
            Some(id.as_str()),
            "{typed}"
        );
    }
    let here = scene.done_at(&dir, &["show"]);
    assert!(
        here.out.contains(&id),
        "the branch says which one: {here:?}"
    );
    scene.set("GIT_AGENT_RUN", &id);
    let here = scene.done(&["show"]);
    assert!(here.out.contains(&id), "so does the environment: {here:?}");
}

#[test]
fn the_hint_of_a_bad_name_is_about_this_command() {
    let scene = Scene::new();
    let said = scene.run(&["start", "--task", "x", "--agent", ""]);
    assert_eq!(said.code, 129, "{said:?}");
    assert!(
        said.err
            .contains("hint: git agent-run start --agent <agent> --task <task>"),
        "{said:?}"
    );
}
