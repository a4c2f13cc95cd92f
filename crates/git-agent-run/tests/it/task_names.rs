//! What commits and processes call the task of a run.

use crate::scene::Scene;

#[test]
fn an_id_that_was_made_up_is_in_no_message() {
    let scene = Scene::new();
    let other = scene.beside("other");
    let url = scene.git(&["remote", "get-url", "origin"]);
    scene.git(&["clone", "-q", &url, other.to_str().unwrap()]);
    let repos = ["--repo", ".", "--repo", other.to_str().unwrap()];
    let said = scene.done(&[&["start", "--task", "Mend both"], &repos[..]].concat());
    assert!(
        said.out.contains("export GIT_AGENT_TASK='Mend both'\n"),
        "{said:?}"
    );
    for dir in [scene.path(), &other] {
        scene.write_at(dir, "file", "two\n");
        scene.done_at(dir, &["finish", "--no-push", "-m", "It is mended"]);
        let subject = scene.git_at(dir, &["log", "-1", "--format=%s"]);
        assert_eq!(subject, "[james] Mend both: It is mended");
    }
}

#[test]
fn a_task_that_is_too_long_for_a_commit_is_cut_and_that_is_told() {
    let scene = Scene::new();
    let task = "Mend the parser é ".repeat(16);
    let said = scene.done(&["start", "--task", task.trim()]);
    let want = format!("{}Mend…", "Mend the parser é ".repeat(10));
    assert!(want.len() <= 200 && want.len() > 190, "{}", want.len());
    let export = format!("export GIT_AGENT_TASK='{want}'\n");
    assert!(said.out.contains(&export), "{said:?}");
    let told = format!(
        "warning: the task is longer than commits can name it; they, and GIT_AGENT_TASK, say: {want}\n"
    );
    assert!(said.err.contains(&told), "{said:?}");
    scene.write("file", "two\n");
    scene.done(&["finish", "--no-push", "-m", "All of it"]);
    let subject = scene.git(&["log", "-1", "--format=%s"]);
    assert_eq!(subject, format!("[james] {want}: All of it"));
}
