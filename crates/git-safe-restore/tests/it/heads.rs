//! HEAD, branches and operations in progress.

use crate::scene::Scene;

/// A state on `main`, and a commit after it.
fn moved_on() -> Scene {
    let scene = Scene::new();
    scene.write("file", "work\n");
    scene.keep("before");
    scene.write("other", "other\n");
    scene.commit("two");
    scene
}

#[test]
fn a_moved_head_is_refused_and_both_choices_told() {
    let scene = moved_on();
    assert_eq!(
        scene.failure(&["before", "--force"]),
        (1, "restore::head_moved".to_owned())
    );
    assert_eq!(
        scene.failure(&["before", "-n"]),
        (1, "restore::head_moved".to_owned())
    );
    let said = scene.run(&["before"]);
    assert!(
        said.err.contains(" --files ") && said.err.contains(" --exact "),
        "{}",
        said.err
    );
}

#[test]
fn a_moved_head_is_asked_about_on_a_terminal() {
    let check = |answers: &str, code: i32, told: &str, is_back: bool| {
        let scene = moved_on();
        let head = scene.git(&["rev-parse", "HEAD"]);
        let (exit, seen) = scene.on_terminal(&["before"], answers);
        assert_eq!(exit, code, "{seen}");
        assert!(seen.contains("HEAD has moved since checkpoint "), "{seen}");
        assert!(seen.contains("[f/e/N] "), "{seen}");
        assert!(seen.contains(told), "{seen}");
        assert_eq!(scene.git(&["rev-parse", "HEAD"]) != head, is_back, "{seen}");
        scene
    };
    let scene = check("f\ny\n", 0, ": files only\n", false);
    assert_eq!(scene.read("other"), None, "the checkpoint does not have it");
    let scene = check("e\ny\n", 0, "branch main: ", true);
    assert_eq!(scene.git(&["status", "--porcelain"]), " M file");
    check("\n", 1, "nothing was changed\n", false);
    check("e\nn\n", 1, "nothing was changed\n", false);
}

#[test]
fn exact_moves_the_branch_back_with_a_line_in_its_reflog() {
    let scene = moved_on();
    let said = scene.done(&["before", "--exact", "--force"]);
    assert!(said.out.contains("main at "), "{}", said.out);
    assert_eq!(scene.git(&["log", "--format=%s"]), "one");
    let reflog = scene.git(&["reflog", "-1", "--format=%gs", "main"]);
    assert!(reflog.starts_with("git safe-restore: "), "{reflog}");
}

#[test]
fn soft_and_mixed_do_what_git_reset_does() {
    for how in ["--soft", "--mixed"] {
        let (ours, gits) = (moved_on(), moved_on());
        ours.done(&["before", how, "--force"]);
        gits.git(&["reset", "-q", how, "HEAD~1"]);
        assert_eq!(ours.state(), gits.state(), "{how}");
    }
}

#[test]
fn another_branch_and_a_detached_head_come_back() {
    let scene = Scene::new();
    let before = scene.state();
    scene.keep("on-main");
    scene.git(&["switch", "-q", "-c", "topic"]);
    scene.write("file", "topic\n");
    scene.commit("two");
    let said = scene.done(&["on-main", "--exact", "-n"]);
    assert!(said.out.contains("HEAD: topic at "), "{}", said.out);
    scene.done(&["on-main", "--exact", "-f"]);
    assert_eq!(scene.git(&["symbolic-ref", "HEAD"]), "refs/heads/main");
    assert_eq!(scene.read("file").as_deref(), Some("one\n"));
    scene.git(&["branch", "-q", "-D", "topic"]);
    assert_eq!(scene.state(), before);

    scene.git(&["switch", "-q", "--detach"]);
    let detached = scene.state();
    scene.keep("detached");
    scene.git(&["switch", "-q", "main"]);
    scene.done(&["detached", "--exact", "-f"]);
    assert_eq!(scene.state(), detached);
}

#[test]
fn a_merge_in_progress_comes_back_and_one_begun_since_goes() {
    let scene = Scene::new();
    scene.git(&["switch", "-q", "-c", "side"]);
    scene.write("file", "side\n");
    scene.commit("side");
    scene.git(&["switch", "-q", "main"]);
    scene.write("file", "main\n");
    scene.commit("main");
    scene.keep("before-merge");
    let before = scene.state();
    assert_eq!(
        scene.try_git(&["merge", "side"]).code,
        1,
        "there is a conflict"
    );
    scene.keep("in-merge");
    let during = scene.state();

    let said = scene.done(&["before-merge", "-f"]);
    assert!(said.out.contains("merge ended"), "{}", said.out);
    assert_eq!(scene.state(), before);
    let said = scene.done(&["in-merge", "-n"]);
    assert!(
        said.out.contains("operation in progress: none -> merge\n"),
        "{}",
        said.out
    );
    scene.done(&["in-merge", "-f"]);
    assert_eq!(scene.state(), during);
    scene.write("file", "both\n");
    scene.git(&["commit", "-q", "-a", "-m", "merged"]);
    assert_eq!(scene.git(&["rev-list", "--count", "--merges", "HEAD"]), "1");
}

#[test]
fn a_protected_branch_does_not_move() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[branches]\nprotected = [\"main\"]\n",
    );
    scene.commit("policy");
    scene.keep("before");
    scene.write("file", "two\n");
    scene.commit("two");
    assert_eq!(
        scene.failure(&["before", "--exact", "-f"]),
        (1, "restore::protected".to_owned())
    );
    scene.done(&["before", "--files", "-f"]);
    assert_eq!(scene.read("file").as_deref(), Some("one\n"));
}
