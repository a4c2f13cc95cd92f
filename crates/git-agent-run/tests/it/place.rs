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
