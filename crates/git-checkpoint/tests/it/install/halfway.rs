//! What a killed or failing `init` leaves.

use super::scene;
use crate::scene::Scene;

fn over_a_script() -> Scene {
    let scene = scene();
    scene.hook("pre-commit", &scene.telling("theirs"), 0o755);
    scene.hook("pre-push", &scene.telling("theirs"), 0o755);
    scene
}

#[test]
fn a_failure_takes_everything_back() {
    let scene = over_a_script();
    let before = scene.setup();
    scene.write(".git/config.lock", "");
    let locked = (1, "setup::config_locked".to_owned());
    assert_eq!(scene.failure(&["init"]), locked);
    assert_eq!(
        scene.setup(),
        before,
        "files came before it, and went again"
    );
    fs_err::remove_file(scene.path().join(".git/config.lock")).unwrap();

    scene.done(&["init"]);
    let installed = scene.setup();
    scene.write(".git/config.lock", "");
    assert_eq!(scene.failure(&["uninstall"]), locked);
    assert_eq!(scene.setup(), installed, "the same on the way back");
}

#[test]
fn wherever_it_was_killed_a_second_one_repairs_and_uninstall_gives_back() {
    let hooks = ".git/hooks";
    let check = |where_: &str, kill: &dyn Fn(&Scene)| {
        for repairs in [true, false] {
            let scene = over_a_script();
            let before = scene.setup();
            scene.done(&["init", "--no-policy"]);
            let installed = scene.setup();
            kill(&scene);
            if repairs {
                scene.done(&["init", "--no-policy"]);
                assert!(scene.setup() == installed, "{where_}");
                assert!(scene.guards_main(), "{where_}");
            }
            scene.done(&["uninstall"]);
            assert!(scene.setup() == before, "{where_}, repaired: {repairs}");
        }
    };
    let at = |scene: &Scene, name: &str| scene.path().join(hooks).join(name);
    check("after the note of it", &|scene| {
        for name in ["pre-commit", "pre-push"] {
            let kept = at(scene, &format!("{name}.checkpoint-chained"));
            fs_err::rename(kept, at(scene, name)).unwrap();
        }
        for name in ["pre-rebase", "post-commit"] {
            fs_err::remove_file(at(scene, name)).unwrap();
        }
    });
    check("when theirs had two names", &|scene| {
        let kept = at(scene, "pre-commit.checkpoint-chained");
        fs_err::remove_file(at(scene, "pre-commit")).unwrap();
        fs_err::hard_link(kept, at(scene, "pre-commit")).unwrap();
    });
    check("when theirs had only the second name", &|scene| {
        fs_err::remove_file(at(scene, "pre-commit")).unwrap();
    });
}

#[test]
fn hooks_are_known_without_the_note() {
    let scene = over_a_script();
    let mut before = scene.setup();
    scene.done(&["init", "--no-policy"]);
    fs_err::remove_file(scene.path().join(".git/checkpoint/installed.json")).unwrap();
    scene.done(&["uninstall"]);
    let mut after = scene.setup();
    assert!(
        before.remove("config") != after.remove("config"),
        "whose values these are is not known"
    );
    assert!(after == before, "{:?}", after.keys());
}

#[test]
fn several_at_once_do_it_once() {
    let scene = over_a_script();
    let before = scene.setup();
    for words in [&["init", "--no-policy"][..], &["uninstall"]] {
        let children: Vec<_> = (0..6)
            .map(|_| {
                let mut command = scene.checkpoint(words);
                command.stdout(std::process::Stdio::null());
                command
                    .stderr(std::process::Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        let mut n_done = 0;
        for child in children {
            let said = child.wait_with_output().unwrap();
            let err = String::from_utf8_lossy(&said.stderr);
            let is_refused = err.contains("another 'git checkpoint init'");
            assert!(said.status.success() || is_refused, "{err}");
            n_done += usize::from(said.status.success());
        }
        assert!(n_done > 0, "one has its turn");
        let said = scene.json(words);
        assert_eq!(said["unchanged"], true, "all of it was done: {said}");
    }
    assert!(scene.setup() == before);
}
