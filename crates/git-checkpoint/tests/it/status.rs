//! `status`, and the command alone.

use serde_json::json;

use crate::scene::Scene;

#[test]
fn a_fresh_repository_says_how_to_begin() {
    let scene = Scene::unborn();
    let said = scene.done(&[]);
    assert_eq!(
        said.out,
        "On branch main, protected, no commits yet\nChanges: none\n\nNo checkpoints yet\n"
    );
    assert_eq!(
        said.err,
        "hint: use \"git checkpoint create <name>\" to keep this state\n"
    );
}

#[test]
fn where_the_work_stands_and_what_is_kept_of_it() {
    let scene = Scene::new();
    scene.git(&["switch", "-qc", "feature/api"]);
    let kept = scene.keep_named(2, "before-api-work");
    scene.write("file", "two\n");
    scene.write("untracked", "x");
    let said = scene.done(&["status"]);
    let id = kept.id.short();
    let head = scene.git(&["rev-parse", "--short", "HEAD"]);
    let (text, disk) = said.out.trim_end().rsplit_once(", ").unwrap();
    assert_eq!(
        text,
        format!(
            "On branch feature/api\n\
             Changes: 1 changed, 1 untracked\n\
             \n\
             Recent commits:\n\
             \x20 {head}  0 seconds ago  one\n\
             \n\
             Recent checkpoints:\n\
             \x20 {id}  2 hours ago  manual  before-api-work\n\
             \n\
             1 checkpoint, 1 named"
        )
    );
    assert!(disk.ends_with("on disk"), "{disk}");
    assert_eq!(
        scene.done(&[]).out,
        said.out,
        "without a subcommand it is the same"
    );
}

#[test]
fn machines_get_the_same() {
    let scene = Scene::new();
    let kept = scene.keep(1);
    scene.write("new", "x");
    scene.git(&["add", "new"]);
    let status = scene.json(&["status"]);
    assert_eq!(status["command"], "checkpoint status");
    assert_eq!(status["branch"], "main");
    assert_eq!(status["protected"], true);
    assert_eq!(status["operations"], json!([]));
    assert_eq!(
        status["changes"],
        json!({"staged": 1, "changed": 0, "untracked": 0, "conflicts": 0})
    );
    assert_eq!(status["checkpoints"], 1);
    assert_eq!(status["named"], 0);
    assert_eq!(status["recent_checkpoints"][0]["id"], kept.id());
    assert_eq!(status["recent_commits"][0]["subject"], "one");
    assert!(status["bytes"].as_u64().unwrap() > 0);
}

#[test]
fn what_is_in_progress_is_told() {
    let scene = Scene::new();
    scene.git(&["switch", "-q", "--detach"]);
    scene.git(&["bisect", "start", "-q"]);
    let said = scene.done(&[]);
    let head = scene.git(&["rev-parse", "HEAD"]);
    let want = format!(
        "HEAD detached at {}\nIn the middle of: bisect\nChanges: none\n",
        &head[..7]
    );
    assert!(said.out.starts_with(&want), "{}", said.out);
}

#[test]
fn the_policy_says_which_branches_are_protected() {
    let scene = Scene::new();
    scene.write(
        ".git-checkpoint.toml",
        "[branches]\nprotected = [\"trunk\"]\n",
    );
    assert_eq!(scene.json(&["status"])["protected"], false);
    scene.write(".git-checkpoint.toml", "[branches\n");
    assert_eq!(
        scene.failure(&["status"]),
        (128, "policy::invalid".to_owned())
    );
}

#[test]
fn a_bare_repository_has_no_files_but_may_have_checkpoints() {
    let scene = Scene::new();
    scene.git(&["config", "core.bare", "true"]);
    let said = scene.done(&[]);
    assert!(
        said.out.contains("Bare repository: no files to keep\n"),
        "{}",
        said.out
    );
}
