//! What is proposed next can be typed as it stands.

use crate::scene::Scene;

fn begun(scene: &Scene) -> std::path::PathBuf {
    let (_, dir) = scene.start("x");
    scene.write_at(&dir, "file", "two\n");
    dir
}

#[test]
fn a_finish_that_goes_on_has_the_options_of_the_first() {
    let scene = Scene::new();
    let dir = begun(&scene);
    scene.script(&scene.beside("origin.git/hooks/pre-receive"), "exit 1");
    let check = |words: &[&str], want: &str| {
        let said = scene.run_at(&dir, &[&["finish"], words].concat());
        let hint = format!("hint: to go on: git agent-run finish x/run-1{want}\n");
        assert!(said.err.contains(&hint), "{words:?}: {said:?}");
    };
    check(&["--no-pull-request"], " --no-pull-request");
    check(
        &["--merge", "--cleanup", "-m", "It is done"],
        " --merge --cleanup=worktree",
    );
    check(
        &[
            "--push",
            "--no-pull-request",
            "--cleanup=all",
            "--discard-ignored",
        ],
        " --push --no-pull-request --cleanup=all --discard-ignored",
    );
    fs_err::remove_file(scene.beside("origin.git/hooks/pre-receive")).unwrap();
    // Nobody knows which forge that is: a person has to open the request.
    check(
        &["--pull-request", "--cleanup"],
        " --no-pull-request --cleanup=worktree",
    );
}

#[test]
fn a_start_in_several_repositories_names_them_again() {
    let scene = Scene::new();
    let other = scene.beside("the other");
    let url = scene.git(&["remote", "get-url", "origin"]);
    scene.git(&["clone", "-q", &url, other.to_str().unwrap()]);
    scene.git_at(&other, &["branch", "agent"]);
    let repos = ["--repo", ".", "--repo", "../the other"];
    let said = scene.run(&[&["start", "--task", "x"], &repos[..]].concat());
    assert_eq!(said.code, 1, "{said:?}");
    let want =
        "git agent-run start --repo . --repo '../the other' --prefix <prefix> --task <task>\n";
    assert!(said.err.contains(want), "{said:?}");

    scene.git_at(&other, &["branch", "-D", "agent"]);
    let words = ["start", "--task", "x", "--base", "nothing"];
    scene.git(&["branch", "nothing"]);
    let said = scene.run(&[&words, &repos[..]].concat());
    let want = format!("hint: git -C '{}' branch --all\n", other.display());
    assert!(said.err.contains(&want), "{said:?}");
}

#[test]
fn a_branch_where_the_prefix_is_to_be_is_named() {
    let scene = Scene::new();
    let said = scene.run(&["start", "--task", "x", "--prefix", "main"]);
    assert_eq!(said.code, 1, "{said:?}");
    let told = "error: cannot make the branch 'main/x/run-1': there is a branch 'main'\n";
    assert!(said.err.contains(told), "{said:?}");
    assert!(said.err.contains("start --prefix <prefix>"), "{said:?}");
}

#[test]
fn a_hook_that_says_no_leads_back_to_the_finish() {
    let scene = Scene::new();
    let dir = begun(&scene);
    let hook = scene.path().join(".git/hooks/pre-commit");
    scene.script(&hook, "echo 'not like this' >&2; exit 1");
    let said = scene.run_at(&dir, &["finish"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("git agent-run finish x/run-1\n"),
        "{said:?}"
    );
    let (code, error) = scene.failure(&["finish", "x/run-1"]);
    assert_eq!((code, error.as_str()), (1, "commit::refused"));
}

#[test]
fn a_step_that_signs_off_is_no_subject() {
    let scene = Scene::new();
    let dir = begun(&scene);
    scene.done_at(&dir, &["progress", "--step", "Mend it"]);
    let sign_off = "Signed-off-by: Ada <ada@example.com>";
    scene.done_at(&dir, &["progress", "--step", sign_off]);
    scene.done_at(&dir, &["finish", "--no-push"]);
    let message = scene.git_at(&dir, &["log", "-1", "--format=%B"]);
    assert!(message.starts_with("[james] x: Mend it\n"), "{message}");
    assert!(!message.contains("Signed-off-by"), "{message}");
}

#[test]
fn what_was_handed_in_is_told_after_the_branch_is_gone() {
    let scene = Scene::new();
    let dir = begun(&scene);
    scene.done_at(&dir, &["finish", "--no-pull-request", "--cleanup=all"]);
    let said = scene.done(&["finish", "x/run-1", "--no-pull-request"]);
    assert_eq!(said.err, "agent/x/run-1 is at origin already\n");
}

#[test]
fn a_working_tree_that_git_has_moved_stays_and_that_is_told() {
    let scene = Scene::new();
    let dir = begun(&scene);
    let moved = scene.beside("moved");
    let [from, to] = [&dir, &moved].map(|dir| dir.to_str().unwrap());
    scene.git(&["worktree", "move", from, to]);
    let said = scene.done_at(&moved, &["finish", "--no-pull-request", "--cleanup=all"]);
    let told =
        format!("working tree '{to}' stays: it is not where it was made for the run, '{from}'\n");
    assert!(said.err.contains(&told), "{said:?}");
    assert!(moved.exists());
}

#[test]
fn machines_are_told_which_option_is_missing() {
    let scene = Scene::new();
    let told = scene.json(&["start"], 129);
    let message = told["error"]["message"].as_str().unwrap();
    let want = "the following required arguments were not provided: --task <name>";
    assert_eq!(message, want);
}

#[test]
fn a_hook_that_fails_a_checkout_without_a_word_is_thought_of() {
    let scene = Scene::new();
    let hook = scene.path().join(".git/hooks/post-checkout");
    scene.script(&hook, "exit 1");
    let said = scene.run(&["start", "--task", "x", "--worktree"]);
    assert_eq!(said.code, 128, "{said:?}");
    let told = "failed with exit status 1: git does not say why; a post-checkout hook may have";
    assert!(said.err.contains(told), "{said:?}");
}
