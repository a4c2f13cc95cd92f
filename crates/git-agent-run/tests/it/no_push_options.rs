//! Servers that take no push options, where the pull request needs them.

use crate::scene::Scene;

#[test]
fn the_branch_is_pushed_alone_and_why_is_told() {
    for way in ["agit", "push-options"] {
        let scene = Scene::new();
        scene.policy(&format!("[runs]\npull-request = \"{way}\"\n"));
        let bare = scene.beside("origin.git");
        scene.git_at(&bare, &["config", "receive.advertisePushOptions", "false"]);
        let (branch, dir) = scene.start("x");
        scene.write_at(&dir, "file", "two\n");
        let said = scene.run_at(&dir, &["finish"]);
        assert_eq!(said.code, 3, "{way}: {said:?}");
        let told = "pushed, but there is no pull request: the server takes no push options";
        assert!(said.err.contains(told), "{way}: {said:?}");
        let next = "hint: to go on: git agent-run finish x/run-1 --no-pull-request\n";
        assert!(said.err.contains(next), "{way}: {said:?}");
        let refs = scene.git_at(&bare, &["for-each-ref", "--format=%(refname)"]);
        assert_eq!(
            refs,
            format!("refs/heads/{branch}\nrefs/heads/main"),
            "{way}"
        );
        scene.done_at(&dir, &["finish", "--no-pull-request"]);
    }
}
