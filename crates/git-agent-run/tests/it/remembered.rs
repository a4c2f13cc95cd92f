//! Which run a branch is of is written down in the configuration, and the record counts.

use crate::scene::Scene;

fn written(scene: &Scene, branch: &str) -> String {
    let key = format!("branch.{branch}.agentRun");
    let said = scene.try_git_at(scene.path(), &["config", "--get-all", &key]);
    said.out.trim_end().to_owned()
}

#[test]
fn the_run_of_a_branch_is_written_down_until_the_branch_is_gone() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    let id = scene.shown(&branch)["id"].as_str().unwrap().to_owned();
    assert_eq!(written(&scene, &branch), id);
    scene.done_at(&dir, &["progress", "--percent", "7"]);
    scene.done(&["progress", &branch, "--step", "read"]);
    let run = scene.shown(&branch);
    assert_eq!(
        (&run["percent"], &run["steps"][0]["step"]),
        (&7.into(), &"read".into())
    );
    scene.done(&["abandon", &branch]);
    assert_eq!(written(&scene, &branch), "");
    scene.done(&["resume", &branch]);
    assert_eq!(written(&scene, &branch), id);
}

#[test]
fn what_is_written_wrong_or_not_at_all_is_found_in_the_records() {
    let scene = Scene::new();
    let (one, dir) = scene.start("one");
    let (two, _) = scene.start("two");
    let other = written(&scene, &two);
    let key = format!("branch.{one}.agentRun");
    for wrong in [
        other.as_str(),
        "nonsense",
        "",
        "01a1fab2-7203-7091-a394-ae0289ac19e3",
    ] {
        scene.git(&["config", "--replace-all", &key, wrong]);
        scene.done_at(&dir, &["progress", "--step", "read"]);
    }
    scene.git(&["config", "--unset", &key]);
    scene.done_at(&dir, &["progress", "--step", "read"]);
    let n_steps = |branch: &str| scene.shown(branch)["steps"].as_array().unwrap().len();
    assert_eq!((n_steps(&one), n_steps(&two)), (5, 0));
}

#[test]
fn a_lock_that_somebody_left_stops_no_run() {
    let scene = Scene::new();
    scene.write(".git/config.lock", "");
    let (branch, dir) = scene.start("x");
    assert_eq!(written(&scene, &branch), "");
    scene.done_at(&dir, &["progress", "--percent", "7"]);
}
