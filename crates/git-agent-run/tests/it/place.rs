//! Where the working tree of a run is: nothing that lies there is written over, and nothing else is taken for it.

use crate::scene::Scene;

#[test]
fn a_place_behind_a_folder_that_is_not_there_yet_is_looked_at_before_anything_is_made() {
    let scene = Scene::new();
    let full = scene.beside("full");
    scene.write_at(&full, "file", "precious\n");
    std::os::unix::fs::symlink(&full, scene.beside("link")).unwrap();
    let before = scene.picture();
    let places = [
        "../full/new/..",
        "../full/new/deep/../..",
        "../new/../full",
        "../new/../link",
        "../link/new/..",
    ];
    for place in places {
        let words = ["start", "--task", "x", "--worktree", place];
        let refused = (1, "run::worktree_occupied".to_owned());
        assert_eq!(scene.failure(&words), refused, "{place}");
        let text = fs_err::read_to_string(full.join("file")).unwrap();
        assert_eq!(text, "precious\n", "{place}");
        assert_eq!(fs_err::read_dir(&full).unwrap().count(), 1, "{place}");
        assert!(!scene.beside("new").exists(), "{place}");
    }
    assert_eq!(scene.picture(), before);

    scene.done(&["start", "--task", "x", "--worktree", "../new/../free"]);
    let free = scene.beside("free");
    let top = scene.git_at(&free, &["rev-parse", "--show-toplevel"]);
    assert_eq!(top, free.to_str().unwrap());
    assert_eq!(
        scene.shown("x/run-1")["worktree"],
        free.to_str().unwrap(),
        "the record has the place as git lists it"
    );
}

/// What is said of a working tree that is not where it was, by all that would change the run.
fn refused(scene: &Scene, hints: &[String]) {
    let before = (scene.picture(), scene.events());
    for words in [
        &["finish", "x/run-1", "--no-pull-request", "--cleanup=all"][..],
        &["abandon", "x/run-1"],
        &["resume", "x/run-1"],
    ] {
        let said = scene.run(words);
        assert_eq!(said.code, 1, "{words:?}: {said:?}");
        assert!(said.err.contains("is not where it was: '"), "{said:?}");
        for hint in hints {
            assert!(said.err.contains(hint), "{hint}: {said:?}");
        }
    }
    assert_eq!((scene.picture(), scene.events()), before);
}

/// The lines of git that say where working trees are.
fn git_worktree(scene: &Scene, words: &str) -> String {
    format!("git -C {} worktree {words}", scene.path().display())
}

#[test]
fn a_working_tree_that_was_moved_by_hand_is_followed_by_whoever_stands_in_it() {
    for word in ["finish", "abandon", "resume"] {
        let scene = Scene::new();
        let (branch, dir) = scene.start("x");
        scene.write_at(&dir, "file", "two\n");
        let moved = scene.beside("moved");
        fs_err::rename(&dir, &moved).unwrap();
        refused(&scene, &[git_worktree(&scene, "repair <its place now>")]);

        let words: &[&str] = match word {
            "finish" => &["finish", "--no-pull-request", "--cleanup"],
            word => &[word],
        };
        scene.done_at(&moved, words);
        assert!(!dir.exists(), "no second one, {word}");
        assert!(scene.git(&["worktree", "list"]).lines().count() <= 2);
        match word {
            "finish" => {
                let text = scene.git(&["show", &format!("origin/{branch}:file")]);
                assert_eq!(text, "two");
                assert!(!moved.exists(), "it is still the run's own");
            }
            "abandon" => {
                assert!(!moved.exists(), "it is still the run's own");
                scene.done(&["resume", "x/run-1"]);
                let text = fs_err::read_to_string(dir.join("file")).unwrap();
                assert_eq!(text, "two\n", "what was not committed was kept");
            }
            _ => {
                let run = scene.shown("x/run-1");
                assert_eq!(run["worktree"], moved.to_str().unwrap());
                assert_eq!(scene.git_at(&moved, &["status", "--porcelain"]), " M file");
                assert!(scene.git(&["worktree", "list"]).contains("moved "));
            }
        }
        assert_eq!(scene.git(&["fsck", "--no-dangling"]), "", "{word}");
    }
}

#[test]
fn whoever_stands_in_a_copy_of_a_working_tree_does_not_take_its_place() {
    let scene = Scene::new();
    let (_, dir) = scene.start("x");
    let copy = scene.beside("copy");
    let words = ["-a", dir.to_str().unwrap(), copy.to_str().unwrap()];
    scene.command("cp", scene.path(), &words).status().unwrap();
    let before = scene.git(&["worktree", "list", "--porcelain"]);
    scene.done_at(&copy, &["resume", "x/run-1"]);
    let now = scene.git(&["worktree", "list", "--porcelain"]);
    assert_eq!(now, before);
}

#[test]
fn a_working_tree_that_was_removed_by_hand_is_missed_until_git_is_told() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    scene.git_at(&dir, &["commit", "-q", "--allow-empty", "-m", "two"]);
    fs_err::remove_dir_all(&dir).unwrap();
    refused(&scene, &[git_worktree(&scene, "prune")]);
    // Nor does another run take its place, and with it its index.
    let place = dir.to_str().unwrap();
    let said = scene.run(&["start", "--task", "y", "--worktree", place]);
    assert_ne!(said.code, 0, "{said:?}");
    scene.git(&["worktree", "lock", place]);
    let unlock = git_worktree(&scene, &format!("unlock {place} && git -C"));
    refused(&scene, &[unlock]);
    scene.git(&["worktree", "unlock", place]);
    scene.git(&["worktree", "prune"]);
    scene.done(&["finish", "x/run-1", "--no-pull-request", "--cleanup=all"]);
    let gone = scene.try_git_at(scene.path(), &["rev-parse", "-q", "--verify", &branch]);
    assert_ne!(gone.code, 0);
}

#[test]
fn a_clone_in_the_place_of_a_working_tree_is_not_committed_to() {
    let scene = Scene::new();
    let (branch, dir) = scene.start("x");
    fs_err::remove_dir_all(&dir).unwrap();
    let bare = scene.beside("origin.git");
    let place = dir.to_str().unwrap();
    scene.git(&["clone", "-q", bare.to_str().unwrap(), place]);
    scene.git_at(&dir, &["switch", "-q", "-c", &branch]);
    scene.write_at(&dir, "precious", "mine\n");
    let head = scene.git_at(&dir, &["rev-parse", "HEAD"]);
    let aside = format!("mv {place} {place}.other\n");
    refused(&scene, &[aside, git_worktree(&scene, "prune")]);
    assert_eq!(scene.git_at(&dir, &["rev-parse", "HEAD"]), head);
    let status = scene.git_at(&dir, &["status", "--porcelain"]);
    assert_eq!(status, "?? precious");

    fs_err::rename(&dir, format!("{place}.other")).unwrap();
    scene.git(&["worktree", "prune"]);
    scene.done(&["resume", "x/run-1"]);
    assert!(dir.join("file").exists());
}

#[test]
fn an_ordinary_directory_in_the_place_of_a_working_tree_keeps_no_run() {
    for is_empty in [true, false] {
        let scene = Scene::new();
        let (branch, dir) = scene.start("x");
        fs_err::remove_dir_all(&dir).unwrap();
        fs_err::create_dir(&dir).unwrap();
        if !is_empty {
            scene.write_at(&dir, "precious", "mine\n");
        }
        refused(&scene, &[git_worktree(&scene, "prune")]);
        scene.git(&["worktree", "prune"]);
        scene.done(&["abandon", "x/run-1"]);
        let gone = scene.try_git_at(scene.path(), &["rev-parse", "-q", "--verify", &branch]);
        assert_ne!(gone.code, 0, "it is given up");
        assert_eq!(dir.join("precious").exists(), !is_empty);
    }
}
